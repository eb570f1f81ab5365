-- The statements that the functions of db send, written by tests/queries/printed-statements.test.ts.
-- After a change: npx vitest run tests/queries/printed-statements.test.ts --update

-- pageOfPapers, all of them
/* prepared */ select p.id, p.title, p.upvotes, p.published_at as key_0, p.id as key_1 from paper p
order by p.published_at desc, p.id desc limit 21;

-- pageOfPapers, all of them, a later page
/* prepared */ select p.id, p.title, p.upvotes, p.published_at as key_0, p.id as key_1
from paper p
where (p.published_at, p.id) < ((select $1::timestamptz), (select $2::bigint))
order by p.published_at desc, p.id desc limit 21;

-- pageOfPapers, in another order
/* prepared */ select p.id, p.title, p.upvotes, coalesce(p.last_listed_on, '0001-01-01'::date) as key_0, p.upvotes as key_1, p.id as key_2
from paper p
order by coalesce(p.last_listed_on, '0001-01-01'::date) desc, p.upvotes desc, p.id desc limit 21;

-- pageOfPapers with every criterion but a text
select p.id, p.title, p.upvotes, p.published_at as key_0, p.id as key_1
from paper p
where p.upvotes >= $1::integer
and p.published_at >= (($2::date)::timestamp at time zone 'UTC')
and p.published_at < (($3::date + 1)::timestamp at time zone 'UTC')
and (p.github_repo is not null) = $4::boolean
and (p.project_page is not null) = $5::boolean
and (p.media_urls <> '{}') = $6::boolean
and (p.withdrawn_at is not null) = $7::boolean
and p.organization_name = any($8::text[])
and (p.first_listed_on is not null
  and daterange(p.first_listed_on, p.last_listed_on, '[]') && case when $9::date > $10::date then 'empty' else daterange($11::date, $12::date, '[]') end
  and exists (select from unnest(p.listed_on) as listed (day)
    where listed.day <@ case when $13::date > $14::date then 'empty' else daterange($15::date, $16::date, '[]') end))
and p.author_names && $17::text[]
and p.keyword_keys && $18::text[]
and p.submitter_names && $19::text[]
and p.categories && $20::text[]
order by p.published_at desc, p.id desc limit $21;

-- pageOfPapers with a text that few papers match
/* prepared */ with recursive search_plan as materialized (select array[$1]::tsquery[] as parts),
span as materialized (
  select (extract(year
      from greatest($2::timestamp, min(published_at) at time zone 'UTC')) * 12 + extract(month
      from greatest($3::timestamp, min(published_at) at time zone 'UTC')) - 1)::integer as first_month,
  (extract(year
      from least($4::timestamp, max(published_at) at time zone 'UTC')) * 12 + extract(month
      from least($5::timestamp, max(published_at) at time zone 'UTC')) - 1)::integer + 1 as end_month
  from paper),
matches as (
  select end_month as month, '{}'::bigint[] as ids, '{}'::float8[] as relevances, 0::bigint as scanned,
  0::bigint as found from span
  union all
  select next.month, newest.ids, newest.relevances, matches.scanned + newest.scanned,
  matches.found + cardinality(newest.ids)
  from matches cross join span
  cross join lateral (
    select month - first_month as months_left, end_month - month as months_seen,
    (matches.scanned + 1)::float8 / greatest(end_month - month, 1) as per_month) seen
  cross join lateral (
    select make_date(matches.month / 12, matches.month % 12 + 1, 1)::timestamp at time zone 'UTC' as before, period.*
    from (values
      (first_month, null::text, months_left <= 12 * months_seen and per_month * months_left <= 5001),
      ((matches.month - 1) / 12 * 12, ((matches.month - 1) / 12)::text, months_seen > 0 and per_month * 12 <= 5001),
      (matches.month - 1, ((matches.month - 1) / 12 * 100 + (matches.month - 1) % 12 + 1)::text, true)
    ) period (month, period, is_short) where is_short limit 1) next
  cross join lateral (
    select coalesce(array_agg(p.id), '{}') as ids,
    null::float8[] as relevances, count(*) as scanned
    from (select p.* from (select p.id, p.published_at
        from (select p.*
          from paper p
          where p.search @@ (select parts[1]
            from search_plan)
          and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[next.period]
          and next.period is not null
          union all select p.*
          from paper p
          where p.search @@ (select parts[1]
            from search_plan)
          and next.period is null offset 0) p
        where p.published_at < next.before offset 0) p order by p.published_at desc, p.id desc
      limit 5001 - matches.scanned) p) newest
  where matches.scanned < 5001 and matches.found < 5001 and matches.month > first_month)
select max(matches.scanned) < 5001 as is_complete,
array(select newest.id from matches cross join unnest(matches.ids) as newest (id)) as ids
from matches;

select p.id, p.title, p.upvotes, p.published_at as key_0, p.id as key_1 from paper p where p.id = any($1::bigint[])
order by p.published_at desc, p.id desc limit $2;

-- pageOfPapers with a text of no words
/* prepared */ with recursive search_query as materialized (select $1::tsquery as query), search_plan as materialized (select null::tsquery[] as parts),
span as materialized (
  select (extract(year
      from greatest($2::timestamp, min(published_at) at time zone 'UTC')) * 12 + extract(month
      from greatest($3::timestamp, min(published_at) at time zone 'UTC')) - 1)::integer as first_month,
  (extract(year
      from least($4::timestamp, max(published_at) at time zone 'UTC')) * 12 + extract(month
      from least($5::timestamp, max(published_at) at time zone 'UTC')) - 1)::integer + 1 as end_month
  from paper),
matches as (
  select end_month as month, '{}'::bigint[] as ids, '{}'::float8[] as relevances, 0::bigint as scanned,
  0::bigint as found from span
  union all
  select next.month, newest.ids, newest.relevances, matches.scanned + newest.scanned,
  matches.found + cardinality(newest.ids)
  from matches cross join span
  cross join lateral (
    select month - first_month as months_left, end_month - month as months_seen,
    (matches.scanned + 1)::float8 / greatest(end_month - month, 1) as per_month) seen
  cross join lateral (
    select make_date(matches.month / 12, matches.month % 12 + 1, 1)::timestamp at time zone 'UTC' as before, period.*
    from (values
      (first_month, null::text, months_left <= 12 * months_seen and per_month * months_left <= 3001),
      ((matches.month - 1) / 12 * 12, ((matches.month - 1) / 12)::text, months_seen > 0 and per_month * 12 <= 3001),
      (matches.month - 1, ((matches.month - 1) / 12 * 100 + (matches.month - 1) % 12 + 1)::text, true)
    ) period (month, period, is_short) where is_short limit 1) next
  cross join lateral (
    select coalesce(array_agg(p.id) filter (where p.is_match), '{}') as ids,
    null::float8[] as relevances, count(*) as scanned
    from (select p.* from (select p.id, p.published_at, p.is_match
        from (select p.*, p.search @@ (select query
            from search_query) as is_match
          from (select p.*
            from paper p
            where true
            and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[next.period]
            and next.period is not null
            union all select p.* from paper p where true and next.period is null offset 0) p
          where p.published_at < next.before offset 0) p offset 0) p order by p.published_at desc, p.id desc
      limit 3001 - matches.scanned) p) newest
  where matches.scanned < 3001 and matches.found < 5001 and matches.month > first_month)
select max(matches.scanned) < 3001 as is_complete,
array(select newest.id from matches cross join unnest(matches.ids) as newest (id)) as ids
from matches;

-- pageOfPapers, those that are trending
select p.id, p.title, p.upvotes, t.as_of as key_0, t.score as key_1, p.id as key_2 from (
  select t.as_of, p.id, trend.score from (select $1::timestamptz as as_of, $2::timestamptz as known_at) t
  cross join lateral (
    select p.id from paper p where p.published_at > t.as_of - 14 * interval '1 day' and p.published_at <= t.as_of
    union
    select l.paper_id from listing l
    where l.edition_date > (t.as_of - 14 * interval '1 day')::date
    and l.edition_date <= (t.as_of at time zone 'UTC')::date
    and l.first_observed_at <= t.known_at
  ) recent
  join paper p on p.id = recent.id
  cross join lateral (
    select coalesce(min(l.edition_date)::timestamp at time zone 'UTC', p.published_at) as since,
    max(l.edition_date) as last_listed_on
    from listing l
    where l.paper_id = p.id
    and l.edition_date <= (t.as_of at time zone 'UTC')::date
    and l.first_observed_at <= t.known_at) origin
  cross join lateral (
    select coalesce(sum(gain * power(2, greatest(-1000,
            extract(epoch from dated - t.as_of)::float8 / 86400))), 0) as score,
    coalesce(sum(gain), 0)::integer as upvotes,
    coalesce(sum(gain) filter (where dated > t.as_of - interval '24 hours'), 0)::integer as gained
    from (
      select h.upvotes - coalesce(lag(h.upvotes) over earlier, 0) as gain,
      least(t.as_of, case when lag(h.upvotes) over earlier is not null then h.observed_at
        else least(h.observed_at, origin.since) end) as dated
      from paper_history h
      where h.paper_id = p.id and h.observed_at <= t.known_at and h.upvotes is not null
      window earlier as (order by h.observed_at)
  ) gains) trend
  where coalesce(origin.last_listed_on > (t.as_of - 14 * interval '1 day')::date, true)
  and exists (select
    from paper_history h
    where h.paper_id = p.id
    and h.observed_at <= t.known_at)
) t join paper p on p.id = t.id
order by t.as_of desc, t.score desc, p.id desc limit $3;

-- pageOfPapers by arrival, of every criterion
select p.id, p.title, p.upvotes, a.arrival as key_0 from (
  with newest as materialized (with recursive
    span as materialized (
      select (extract(year
          from greatest($1::timestamp, min(published_at) at time zone 'UTC')) * 12 + extract(month
          from greatest($2::timestamp, min(published_at) at time zone 'UTC')) - 1)::integer as first_month,
      (extract(year
          from least($3::timestamp, max(published_at) at time zone 'UTC')) * 12 + extract(month
          from least($4::timestamp, max(published_at) at time zone 'UTC')) - 1)::integer + 1 as end_month
      from paper),
    matches as (
      select end_month as month, '{}'::bigint[] as ids, '{}'::float8[] as relevances, 0::bigint as scanned,
      0::bigint as found from span
      union all
      select next.month, newest.ids, newest.relevances, matches.scanned + newest.scanned,
      matches.found + cardinality(newest.ids)
      from matches cross join span
      cross join lateral (
        select month - first_month as months_left, end_month - month as months_seen,
        (matches.scanned + 1)::float8 / greatest(end_month - month, 1) as per_month) seen
      cross join lateral (
        select make_date(matches.month / 12, matches.month % 12 + 1, 1)::timestamp at time zone 'UTC' as before, period.*
        from (values
          (first_month, null::text, months_left <= 12 * months_seen and per_month * months_left <= 10000),
          ((matches.month - 1) / 12 * 12, ((matches.month - 1) / 12)::text, months_seen > 0
            and per_month * 12 <= 10000),
          (matches.month - 1, ((matches.month - 1) / 12 * 100 + (matches.month - 1) % 12 + 1)::text, true)
        ) period (month, period, is_short) where is_short limit 1) next
      cross join lateral (
        select coalesce(array_agg(p.id), '{}') as ids,
        null::float8[] as relevances, count(*) as scanned
        from (select p.* from (select p.id, p.published_at
            from (select p.*
              from paper p
              where true
              and p.author_names && $5::text[]
              and p.keyword_keys && $6::text[]
              and p.submitter_names && $7::text[]
              and p.categories && $8::text[]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[$9::text]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[$10::text]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[$11::text]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[$12::text]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) && $13::text[]
              and edition_periods(p.listed_on) && array(
                select distinct case when date_trunc('year', month) >= first
                and date_trunc('year', month) + interval '1 year' <= last + 1
                then extract(year from month) else extract(year from month) * 100 + extract(month from month) end::integer::text
                from (select greatest($14::date, min(date)) as first, least($15::date, max(date)) as last
                  from edition) editions,
                generate_series(date_trunc('month', first::timestamp), last, interval '1 month') as month)
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[next.period]
              and next.period is not null
              union all select p.*
              from paper p
              where true
              and p.author_names && $16::text[]
              and p.keyword_keys && $17::text[]
              and p.submitter_names && $18::text[]
              and p.categories && $19::text[]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[$20::text]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[$21::text]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[$22::text]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[$23::text]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) && $24::text[]
              and edition_periods(p.listed_on) && array(
                select distinct case when date_trunc('year', month) >= first
                and date_trunc('year', month) + interval '1 year' <= last + 1
                then extract(year from month) else extract(year from month) * 100 + extract(month from month) end::integer::text
                from (select greatest($25::date, min(date)) as first, least($26::date, max(date)) as last
                  from edition) editions,
                generate_series(date_trunc('month', first::timestamp), last, interval '1 month') as month)
              and next.period is null offset 0) p
            where p.published_at < next.before
            and p.upvotes >= $27::integer
            and p.published_at >= (($28::date)::timestamp at time zone 'UTC')
            and p.published_at < (($29::date + 1)::timestamp at time zone 'UTC')
            and (p.withdrawn_at is not null) = $30::boolean
            and (p.first_listed_on is not null
              and daterange(p.first_listed_on, p.last_listed_on, '[]') && case when $31::date > $32::date then 'empty' else daterange($33::date, $34::date, '[]') end
              and exists (select from unnest(p.listed_on) as listed (day)
                where listed.day <@ case when $35::date > $36::date then 'empty' else daterange($37::date, $38::date, '[]') end)) offset 0) p
          order by p.published_at desc, p.id desc
          limit 10000 - matches.scanned) p) newest
      where matches.scanned < 10000 and matches.found < 10000 and matches.month > first_month)
    select newest.id from matches
    cross join unnest(matches.ids, matches.relevances) with ordinality as newest (id, relevance, position)
    order by matches.scanned, newest.position limit 10000)
  select p.id, coalesce((select max(e.number)
      from feed_event e
      where e.paper_id = p.id
      and (e.kind = 'ingested' or e.kind = 'listed' or e.kind = 'withdrawn' or (e.kind = 'updated'
          and e.data->'changed' ?| $39::text[]) or (e.kind = 'updated'
          and (e.data->'changed'->'upvotes'->>'before')::integer < $40
          and (e.data->'changed'->'upvotes'->>'after')::integer >= $41))), p.id + -281474976710656) as arrival
  from newest p
  where not (select count(*) = 10000
    from newest)
  union all (select * from (
      with first_part as materialized (
        select p.id, e.number + 0 as arrival
        from feed_event e join paper p on p.id = e.paper_id
        where (e.kind = 'ingested' or e.kind = 'listed' or e.kind = 'withdrawn' or (e.kind = 'updated'
            and e.data->'changed' ?| $42::text[]) or (e.kind = 'updated'
            and (e.data->'changed'->'upvotes'->>'before')::integer < $43
            and (e.data->'changed'->'upvotes'->>'after')::integer >= $44))
        and e.number = (select max(e.number)
          from feed_event e
          where e.paper_id = p.id
          and (e.kind = 'ingested' or e.kind = 'listed' or e.kind = 'withdrawn' or (e.kind = 'updated'
              and e.data->'changed' ?| $45::text[]) or (e.kind = 'updated'
              and (e.data->'changed'->'upvotes'->>'before')::integer < $46
              and (e.data->'changed'->'upvotes'->>'after')::integer >= $47)))
        and p.upvotes >= $48::integer
        and p.published_at >= (($49::date)::timestamp at time zone 'UTC')
        and p.published_at < (($50::date + 1)::timestamp at time zone 'UTC')
        and (p.github_repo is not null) = $51::boolean
        and (p.project_page is not null) = $52::boolean
        and (p.media_urls <> '{}') = $53::boolean
        and (p.withdrawn_at is not null) = $54::boolean
        and p.organization_name = any($55::text[])
        and (p.first_listed_on is not null
          and daterange(p.first_listed_on, p.last_listed_on, '[]') && case when $56::date > $57::date then 'empty' else daterange($58::date, $59::date, '[]') end
          and exists (select from unnest(p.listed_on) as listed (day)
            where listed.day <@ case when $60::date > $61::date then 'empty' else daterange($62::date, $63::date, '[]') end))
        and p.author_names && $64::text[]
        and p.keyword_keys && $65::text[]
        and p.submitter_names && $66::text[]
        and p.categories && $67::text[]
        order by e.number desc limit $68)
      select * from first_part union all (select * from (
          select p.id, p.id + -281474976710656 as arrival
          from paper p
          where (select pruned > 0
            from feed)
          and (select max(e.number)
            from feed_event e
            where e.paper_id = p.id
            and (e.kind = 'ingested' or e.kind = 'listed' or e.kind = 'withdrawn' or (e.kind = 'updated'
                and e.data->'changed' ?| $69::text[]) or (e.kind = 'updated'
                and (e.data->'changed'->'upvotes'->>'before')::integer < $70
                and (e.data->'changed'->'upvotes'->>'after')::integer >= $71))) is null
          and p.upvotes >= $72::integer
          and p.published_at >= (($73::date)::timestamp at time zone 'UTC')
          and p.published_at < (($74::date + 1)::timestamp at time zone 'UTC')
          and (p.github_repo is not null) = $75::boolean
          and (p.project_page is not null) = $76::boolean
          and (p.media_urls <> '{}') = $77::boolean
          and (p.withdrawn_at is not null) = $78::boolean
          and p.organization_name = any($79::text[])
          and (p.first_listed_on is not null
            and daterange(p.first_listed_on, p.last_listed_on, '[]') && case when $80::date > $81::date then 'empty' else daterange($82::date, $83::date, '[]') end
            and exists (select from unnest(p.listed_on) as listed (day)
              where listed.day <@ case when $84::date > $85::date then 'empty' else daterange($86::date, $87::date, '[]') end))
          and p.author_names && $88::text[]
          and p.keyword_keys && $89::text[]
          and p.submitter_names && $90::text[]
          and p.categories && $91::text[]
          order by p.id desc
          limit $92) second_part
        where not (select count(*) > $93
          from first_part))) walked
    where (select count(*) = 10000
      from newest))) a join paper p on p.id = a.id
order by a.arrival desc limit $94;

-- pageOfPapers by arrival, all of them
select p.id, p.title, p.upvotes, a.arrival as key_0 from (
  with first_part as materialized (
    select p.id, e.number + 0 as arrival
    from feed_event e join paper p on p.id = e.paper_id
    where (e.kind = 'ingested')
    and e.number = (select max(e.number)
      from feed_event e
      where e.paper_id = p.id
      and (e.kind = 'ingested'))
    order by e.number desc limit $1)
  select * from first_part union all (select * from (
      select p.id, p.id + -281474976710656 as arrival
      from paper p
      where (select pruned > 0
        from feed)
      and (select max(e.number)
        from feed_event e
        where e.paper_id = p.id
        and (e.kind = 'ingested')) is null
      order by p.id desc
      limit $2) second_part
    where not (select count(*) > $3
      from first_part))) a join paper p on p.id = a.id
order by a.arrival desc limit $4;

-- readListPages of the papers of one keyword
select p.id, p.title, p.upvotes, p.published_at as key_0, p.id as key_1
from paper p
where p.keyword_keys @> array[$1::text]
order by p.published_at desc, p.id desc limit $2;

-- readListPages of the papers of several keywords
select k.key as owner, x.* from unnest($1::text[]) as k (key) cross join lateral (select y.* from (
    select sqrt($2 * greatest(reltuples, 0)) as max_rows
    from pg_class where oid = 'paper'::regclass) threshold
  cross join lateral (
    select count(*) <= threshold.max_rows as is_small from (
      select from paper_keyword pk where pk.keyword_key = k.key limit threshold.max_rows::bigint + 1) counted) owner
  cross join lateral (
    (select p.id, p.title, p.upvotes, p.published_at as key_0, p.id as key_1
      from (select p.*
        from paper p
        where p.keyword_keys @> array[k.key]
        and owner.is_small offset 0) p
      order by p.published_at desc, p.id desc limit $3) union all
    (select p.id, p.title, p.upvotes, p.published_at as key_0, p.id as key_1
      from paper p
      where p.keyword_keys @> array[k.key]
      and not owner.is_small
      order by p.published_at desc, p.id desc limit $4)) y) x
order by k.key, x.key_0 desc, x.key_1 desc;

-- readListPages of the listings of several editions
/* prepared */ select k.key as owner, x.*
from unnest($1::date[]) as k (key)
cross join lateral (select l.edition_date, l.paper_id, l.submitter_name, l.submitted_at, l.recorded_at, p.id, p.title, p.upvotes, p.upvotes as key_0, l.paper_id as key_1
  from listing l join paper p on p.id = l.paper_id
  where l.edition_date = k.key
  order by p.upvotes desc, l.paper_id desc limit 21) x
order by k.key, x.key_0 desc, x.key_1 desc;

-- readListPages of the listings by several submitters
select k.key as owner, x.*
from unnest($1::text[]) as k (key)
cross join lateral (select l.edition_date, l.paper_id, l.submitter_name, l.submitted_at, l.recorded_at, p.id, p.title, p.upvotes, l.edition_date as key_0, l.paper_id as key_1
  from listing l join paper p on p.id = l.paper_id
  where l.submitter_name = k.key
  order by l.edition_date desc, l.paper_id desc limit $2) x
order by k.key, x.key_0 desc, x.key_1 desc;

-- countLists of the papers of several keywords
select k.key as owner, x.amount
from unnest($1::text[]) as k (key)
cross join lateral (select count(*)::integer as amount
  from (select from paper_keyword pk where pk.keyword_key = k.key limit $2) counted) x;
