-- The statements that the functions of db send, written by tests/queries/printed-statements.test.ts.
-- After a change: npx vitest run tests/queries/printed-statements.test.ts --update

-- editionsByDates
select /* prepared */ "date"
from "edition"
where "date" = any($1);

-- latestEdition
select /* prepared */ max("edition_date") as "date"
from "listing";

-- neighboursOf
select /* prepared */ "k"."key" as "date", (select max("edition_date") as "date"
  from "listing"
  where "edition_date" < "k"."key") as "previous", (select min("edition_date") as "date"
  from "listing"
  where "edition_date" > "k"."key") as "next"
from unnest($1::date[]) as k (key);

-- progressOf
/* prepared */ select k.key as date, (select count(*)::integer from listing l where l.edition_date = k.key) as seen,
c.expected, whole.listed_at,
coalesce(whole.listed_at >= (k.key + 1)::timestamp at time zone 'UTC'
  + 24 * interval '1 hour', false) as closed
from unnest($1::date[]) as k (key)
left join lateral (
  select expected, counted_at from edition_count where edition_date = k.key order by counted_at desc limit 1
) c on true
cross join lateral (
  select greatest(c.counted_at, max(r.read_at)) as listed_at
  from edition_reading r where r.edition_date = k.key and r.source <> 'page'
) whole;

-- readingsOf
select /* prepared */ "edition_date", "source", "read_at"
from "edition_reading"
where "edition_date" = any($1)
and (source <> 'page' or cardinality(paper_ids) >= (
    select count(*) from listing l
    where l.edition_date = edition_reading.edition_date
    and l.first_observed_at <= edition_reading.read_at))
order by "edition_date", "read_at" desc, "source";

-- submittersOf
select k.number::integer - 1 as span, s.*
from unnest($1::date[], $2::date[])
with ordinality as k (from_day, to_day, number)
cross join lateral (
  select l.submitter_name, count(*)::integer as papers from listing l
  where l.edition_date between k.from_day and k.to_day and l.submitter_name is not null
  group by l.submitter_name order by papers desc, l.submitter_name limit $3
) s order by k.number, s.papers desc, s.submitter_name;

-- readListPage of editions
select e.date, e.date as key_0 from edition e where e.date >= $1::date and e.date <= $2::date
order by e.date desc limit $3;

-- readListPage of editions by arrival
select e.date, e.arrived_at as key_0, e.date as key_1 from (
  select edition.date, (select max(recorded_at) from listing where edition_date = edition.date) as arrived_at
  from edition) e where e.arrived_at is not null
order by e.arrived_at desc, e.date desc limit $1;

-- countList of editions
select count(*)::integer as amount
from (select from edition e where e.date >= $1::date limit $2) counted;

-- sitemapMonths
select to_char(month, 'YYYY-MM') as month, max(changed_at) as changed_at from (
  select date_trunc('month', published_on::timestamp) as month, max(coalesce(text_changed_at, ingested_at)) as changed_at
  from paper group by 1
  union all
  select date_trunc('month', edition_date::timestamp), max(recorded_at) from listing group by 1) parts
group by 1 order by 1 desc limit 50000;

-- sitemapPapers, of a month
select id, arxiv_id, coalesce(text_changed_at, ingested_at) as changed_at from paper
where published_at >= $1::date::timestamp at time zone 'UTC'
and published_at < ($2::date + 1)::timestamp at time zone 'UTC'
order by published_at desc, id desc limit 49969;

-- sitemapEditions, of a month
select edition_date as date, max(recorded_at) as changed_at from listing
where edition_date between $1::date and $2::date
group by edition_date order by edition_date desc;

-- statsBetween
select start::date as start, coalesce(papers, 0)::integer as papers, coalesce(upvotes, 0)::integer as upvotes,
coalesce(comments, 0)::integer as comments
from generate_series($1::timestamp, $2::timestamp, ('1 ' || $3)::interval) as start
left join (
  select date_trunc($4, p.first_listed_on::timestamp) as start, count(*) as papers, sum(p.upvotes) as upvotes,
  sum(p.comment_count) as comments
  from paper p where p.first_listed_on between $5::date and $6::date group by 1
) counted using (start) order by start;

-- topKeywords
with now as materialized (
  select k.key, count(*)::integer as papers from paper p, unnest(p.keyword_keys) as k (key)
  where p.first_listed_on between $1::date and $2::date
  group by k.key order by papers desc, k.key limit $3),
before as materialized (
  select k.key, count(*)::integer as papers from paper p, unnest(p.keyword_keys) as k (key)
  where p.first_listed_on >= $4::date and p.first_listed_on < $5::date
  and k.key in (select key from now)
  group by k.key)
select now.key, now.papers, coalesce(before.papers, 0) as previous
from now left join before using (key) order by now.papers desc, now.key;
