-- The statements that the functions of db send, written by tests/queries/printed-statements.test.ts.
-- After a change: npx vitest run tests/queries/printed-statements.test.ts --update

-- papersByKeys, by ids
select /* prepared */ "id", "title", "upvotes"
from "paper"
where "id" = any($1);

-- papersByKeys, by arXiv ids and ids
select /* prepared */ "id", "title", "upvotes"
from "paper"
where ("id" = any($1) or "arxiv_id" = any($2));

-- hasPapers
select "id"
from "paper"
limit $1;

-- papersArxivLacks
select "arxiv_id"
from "paper"
where "arxiv_id" is not null and categories = '{}'
order by "published_at" desc, "id" desc
limit $1;

-- historyByPaperIds
select /* prepared */ "newest".*
from unnest($1::bigint[]) as k (key)
cross join lateral (select *
  from "paper_history" as "h"
  where "h"."paper_id" = "k"."key"
  order by "h"."observed_at" desc
  limit $2) as "newest"
order by "newest"."paper_id", "newest"."observed_at";

-- historyByPaperIds, since an instant
select /* prepared */ "newest".*
from unnest($1::bigint[]) as k (key)
cross join lateral (select *
  from "paper_history" as "h"
  where "h"."paper_id" = "k"."key" and "h"."observed_at" >= $2
  order by "h"."observed_at" desc
  limit $3) as "newest"
order by "newest"."paper_id", "newest"."observed_at";

-- revisionsByPaperIds
select /* prepared */ "newest".*
from unnest($1::bigint[]) as k (key)
cross join lateral (select *
  from "paper_revision" as "r"
  where "r"."paper_id" = "k"."key"
  order by "r"."replaced_at" desc, "r"."seen_at" desc
  limit $2) as "newest"
order by "newest"."paper_id", "newest"."replaced_at" desc, "newest"."seen_at" desc;

-- listingsByPaperIds
select /* prepared */ "newest".*
from unnest($1::bigint[]) as k (key)
cross join lateral (select "l"."edition_date", "l"."paper_id", "l"."submitter_name", "l"."submitted_at", "l"."recorded_at"
  from "listing" as "l"
  where "l"."paper_id" = "k"."key"
  order by "l"."edition_date" desc
  limit $2) as "newest"
order by "newest"."paper_id", "newest"."edition_date" desc;

-- trendsByPaperIds
select p.id, t.as_of, origin.since, trend.* from (select $1::timestamptz as as_of) t cross join paper p
cross join lateral (
  select coalesce(min(l.edition_date)::timestamp at time zone 'UTC', p.published_at) as since,
  max(l.edition_date) as last_listed_on
  from listing l
  where l.paper_id = p.id
  and l.edition_date <= (t.as_of at time zone 'UTC')::date
  and l.first_observed_at <= t.as_of) origin
cross join lateral (
  select coalesce(sum(gain * power(2, extract(epoch from dated - t.as_of)::float8 / 86400)), 0)
  as score,
  coalesce(sum(gain), 0)::integer as upvotes,
  coalesce(sum(gain) filter (where dated > t.as_of - interval '24 hours'), 0)::integer as gained
  from (
    select h.upvotes - coalesce(lag(h.upvotes) over earlier, 0) as gain,
    case when lag(h.upvotes) over earlier is not null then h.observed_at
    else least(h.observed_at, origin.since) end as dated
    from paper_history h
    where h.paper_id = p.id and h.observed_at <= t.as_of and h.upvotes is not null
    window earlier as (order by h.observed_at)
) gains) trend where p.id = any($2::bigint[]);

-- relatedByPaperIds
select k.key as paper_id, r.* from unnest($1::bigint[]) as k (key) join paper o on o.id = k.key
cross join lateral (
  select array_agg(t.lexeme) as title_words, string_agg(quote_literal(t.lexeme), ' | ')::tsquery as query,
  o.author_names[1:20] as author_names
  from unnest(ts_filter(o.search, '{a}')) t -- without compounds of two of its words
  where not exists (select from unnest(ts_filter(o.search, '{a}')) part
    where starts_with(t.lexeme, part.lexeme) and t.lexeme <> part.lexeme)
  offset 0) own -- worked out once, not for each candidate
cross join lateral (
  select string_agg(quote_literal(w.lexeme), ' & ')::tsquery as query from (
    select t.lexeme from unnest(own.title_words) as t (lexeme) order by length(t.lexeme) desc, t.lexeme limit 2) w
) longest
cross join lateral (
  select p.id as related_id, shared.keyword_keys, shared.author_names,
  coalesce(t.rank, 0) > 0 as by_text,
  cardinality(shared.keyword_keys) / sqrt(1 + cardinality(o.keyword_keys))
  + 2 * cardinality(shared.author_names) / sqrt(1 + cardinality(o.author_names))
  + 10 * coalesce(t.rank, 0) as score
  from (
    (select shared.id from (
        select pk.paper_id as id, 1 / sqrt(1 + cardinality(o.keyword_keys)) as points
        from unnest(o.keyword_keys) as what (key) cross join lateral (
          select pk.paper_id from paper_keyword pk where pk.keyword_key = what.key
          order by pk.paper_id desc limit 100) pk
        union all
        select pa.paper_id, 2 / sqrt(1 + cardinality(o.author_names))
        from unnest(own.author_names) as who (name) cross join lateral (
          select pa.paper_id from paper_author pa where pa.author_name = who.name
          order by pa.paper_id desc limit 25) pa) shared
      group by shared.id order by sum(shared.points) desc, shared.id desc limit 200 + 1)
    union
    (with recursive
      years as materialized (
        select greatest(extract(year
            from $2::date)::integer, extract(year
            from min(published_at) at time zone 'UTC')::integer)
        as first_year,
        least(extract(year
            from $3::date)::integer, extract(year
            from max(published_at) at time zone 'UTC')::integer) as last_year
        from paper),
      matches as (
        select last_year * 100 + 13 as period, '{}'::bigint[] as ids, 0::bigint as scanned from years
        union all
        select next.period, newest.ids, matches.scanned + newest.scanned
        from matches cross join years
        cross join lateral (
          select case when matches.period <= 9999 or matches.period % 100 > 1 then matches.period - 1
          when matches.period / 100 = last_year then (last_year - 1) * 100 + 12 else last_year - 2 end as period) next
        cross join lateral (
          select coalesce(array_agg(candidate.id order by candidate.published_at desc, candidate.id desc)
            filter (where candidate.is_match), '{}') as ids, count(*) as scanned from (
            select p.id, p.published_at, true as is_match
            from (select p.*
              from paper p
              where p.search @@ longest.query
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[next.period::text] offset 0) p
            where true
            order by p.published_at desc, p.id desc limit 200 - matches.scanned) candidate) newest
        where matches.scanned < 200 and next.period >= first_year)
      select newest.id from matches cross join unnest(matches.ids) as newest (id))
  ) candidate
  join paper p on p.id = candidate.id and p.id <> o.id
  cross join lateral (
    select array(select distinct theirs.key from unnest(p.keyword_keys) as theirs (key)
      where theirs.key = any(o.keyword_keys) order by 1) as keyword_keys,
    array(select distinct theirs.name from unnest(p.author_names) as theirs (name)
      where theirs.name = any(own.author_names) order by 1) as author_names) shared
  left join lateral (select ts_rank(p.search, own.query, 1)::float8 as rank) t on true
  order by score desc, p.id desc limit $4
) r order by k.key, r.score desc, r.related_id desc;
