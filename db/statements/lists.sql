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
/* prepared */ with recursive search_query as materialized (select $1::tsquery as query),
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
  select last_year * 100 + 13 as period, '{}'::bigint[] as ids, 0::bigint as scanned, 0::bigint as found from years
  union all
  select next.period, newest.ids, matches.scanned + newest.scanned, matches.found + cardinality(newest.ids)
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
        where p.search @@ (select query
          from search_query)
        and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[next.period::text] offset 0) p
      where true
      order by p.published_at desc, p.id desc limit 5001 - matches.scanned) candidate) newest
  where matches.scanned < 5001 and matches.found < 5001 and next.period >= first_year)
select max(matches.scanned) < 5001 as is_complete,
array(select newest.id from matches cross join unnest(matches.ids) as newest (id)) as ids
from matches;

select p.id, p.title, p.upvotes, p.published_at as key_0, p.id as key_1 from paper p where p.id = any($1::bigint[])
order by p.published_at desc, p.id desc limit $2;

-- pageOfPapers with a text of no words
/* prepared */ with recursive search_query as materialized (select $1::tsquery as query), search_plan as materialized (select null::tsquery as index_query),
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
  select last_year * 100 + 13 as period, '{}'::bigint[] as ids, 0::bigint as scanned, 0::bigint as found from years
  union all
  select next.period, newest.ids, matches.scanned + newest.scanned, matches.found + cardinality(newest.ids)
  from matches cross join years
  cross join lateral (
    select case when matches.period <= 9999 or matches.period % 100 > 1 then matches.period - 1
    when matches.period / 100 = last_year then (last_year - 1) * 100 + 12 else last_year - 2 end as period) next
  cross join lateral (
    select coalesce(array_agg(candidate.id order by candidate.published_at desc, candidate.id desc)
      filter (where candidate.is_match), '{}') as ids, count(*) as scanned from (
      select p.id, p.published_at, p.is_match
      from (select p.id, p.published_at, p.search @@ (select query
          from search_query) as is_match
        from (select p.*
          from paper p
          where p.search @@ (select index_query
            from search_plan)
          and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[next.period::text]
          union all select p.*
          from paper p
          where (select index_query
            from search_plan) is null
          and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[next.period::text] offset 0) p
        where true offset 0) p
      order by p.published_at desc, p.id desc limit 3001 - matches.scanned) candidate) newest
  where matches.scanned < 3001 and matches.found < 5001 and next.period >= first_year)
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
    select coalesce(sum(gain * power(2, extract(epoch from dated - t.as_of)::float8 / 86400)), 0)
    as score,
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
  select c.id, coalesce(
    (select max(e.number)
      from feed_event e
      where e.paper_id = c.id
      and (e.kind = 'ingested' or e.kind = 'listed' or e.kind = 'withdrawn' or (e.kind = 'updated'
          and e.data->'changed' ?| $1::text[]) or (e.kind = 'updated'
          and (e.data->'changed'->'upvotes'->>'before')::integer < $2
          and (e.data->'changed'->'upvotes'->>'after')::integer >= $3))),
    c.id + -281474976710656) as arrival
  from ((with recursive
      years as materialized (
        select greatest(extract(year
            from $4::date)::integer, extract(year
            from min(published_at) at time zone 'UTC')::integer)
        as first_year,
        least(extract(year
            from $5::date)::integer, extract(year
            from max(published_at) at time zone 'UTC')::integer) as last_year
        from paper),
      matches as (
        select last_year * 100 + 13 as period, '{}'::bigint[] as ids, 0::bigint as scanned, 0::bigint as found from years
        union all
        select next.period, newest.ids, matches.scanned + newest.scanned, matches.found + cardinality(newest.ids)
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
              where true
              and p.author_names && $6::text[]
              and p.keyword_keys && $7::text[]
              and p.submitter_names && $8::text[]
              and p.categories && $9::text[]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[$10::text]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[$11::text]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[$12::text]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[$13::text]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) && $14::text[]
              and edition_periods(p.listed_on) && array(
                select distinct case when date_trunc('year', month) >= first
                and date_trunc('year', month) + interval '1 year' <= last + 1
                then extract(year from month) else extract(year from month) * 100 + extract(month from month) end::integer::text
                from (select greatest($15::date, min(date)) as first, least($16::date, max(date)) as last
                  from edition) editions,
                generate_series(date_trunc('month', first::timestamp), last, interval '1 month') as month)
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[next.period::text] offset 0) p
            where true
            and p.upvotes >= $17::integer
            and p.published_at >= (($18::date)::timestamp at time zone 'UTC')
            and p.published_at < (($19::date + 1)::timestamp at time zone 'UTC')
            and (p.withdrawn_at is not null) = $20::boolean
            and (p.first_listed_on is not null
              and daterange(p.first_listed_on, p.last_listed_on, '[]') && case when $21::date > $22::date then 'empty' else daterange($23::date, $24::date, '[]') end
              and exists (select from unnest(p.listed_on) as listed (day)
                where listed.day <@ case when $25::date > $26::date then 'empty' else daterange($27::date, $28::date, '[]') end))
            order by p.published_at desc, p.id desc limit 10000 - matches.scanned) candidate) newest
        where matches.scanned < 10000 and matches.found < 10000 and next.period >= first_year)
      select newest.id from matches cross join unnest(matches.ids) as newest (id)) union select p.id from paper p
    where p.id = any(array(select e.paper_id
        from feed_event e
        where e.number <= (select head
          from feed)
        and e.number > (select head
          from feed) - 10000
        and (e.kind = 'ingested' or e.kind = 'listed' or e.kind = 'withdrawn' or (e.kind = 'updated'
            and e.data->'changed' ?| $29::text[]) or (e.kind = 'updated'
            and (e.data->'changed'->'upvotes'->>'before')::integer < $30
            and (e.data->'changed'->'upvotes'->>'after')::integer >= $31))))
    and p.upvotes >= $32::integer
    and p.published_at >= (($33::date)::timestamp at time zone 'UTC')
    and p.published_at < (($34::date + 1)::timestamp at time zone 'UTC')
    and (p.github_repo is not null) = $35::boolean
    and (p.project_page is not null) = $36::boolean
    and (p.media_urls <> '{}') = $37::boolean
    and (p.withdrawn_at is not null) = $38::boolean
    and p.organization_name = any($39::text[])
    and (p.first_listed_on is not null
      and daterange(p.first_listed_on, p.last_listed_on, '[]') && case when $40::date > $41::date then 'empty' else daterange($42::date, $43::date, '[]') end
      and exists (select from unnest(p.listed_on) as listed (day)
        where listed.day <@ case when $44::date > $45::date then 'empty' else daterange($46::date, $47::date, '[]') end))
    and p.author_names && $48::text[]
    and p.keyword_keys && $49::text[]
    and p.submitter_names && $50::text[]
    and p.categories && $51::text[]) c
) a join paper p on p.id = a.id
order by a.arrival desc limit $52;

-- pageOfPapers by arrival, all of them
select p.id, p.title, p.upvotes, a.arrival as key_0 from (
  select c.id, coalesce(
    (select max(e.number) from feed_event e where e.paper_id = c.id and (e.kind = 'ingested')),
    c.id + -281474976710656) as arrival
  from ((select p.id from paper p order by p.id desc limit 10000) union select p.id from paper p
    where p.id = any(array(select e.paper_id
        from feed_event e
        where e.number <= (select head
          from feed)
        and e.number > (select head
          from feed) - 10000
        and (e.kind = 'ingested')))) c
) a join paper p on p.id = a.id
order by a.arrival desc limit $1;

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
