-- The statements that the functions of db send, written by tests/queries/printed-statements.test.ts.
-- After a change: npx vitest run tests/queries/printed-statements.test.ts --update

-- searchPapers with a word
select key, long_key, acronym, long_form, (papers / defined)::float8 as share from (
  select key, long_key, (array_agg(acronym order by papers desc, acronym))[1] as acronym,
  (array_agg(long_form order by papers desc, long_form))[1] as long_form,
  sum(papers) as papers, sum(sum(papers)) over (partition by key) as defined
  from acronym where key in (
    select key from acronym where key = any($1::text[])
    union select key from acronym where long_key = any($2::text[]))
  group by key, long_key) pair
where papers >= 2 and papers >= defined * 0.5
and (key = any($3::text[]) or long_key = any($4::text[]))
order by papers desc, key, long_key;

/* prepared */ select p.id, p.title, p.upvotes, r.relevance, r.relevance as key_0, p.id as key_1 from (
  select p.id, case when p.title_key = any($1::text[]) then 2
  when strpos(' ' || p.title_key || ' ', $2) > 0 then 1 else 0 end + ts_rank('{0.1, 0.4, 0.4, 1}', p.search, $3::tsquery, 1)::float8 as relevance
  from paper p where p.id = any(array(with recursive search_query as materialized (select $4::tsquery as query),
      years as materialized (
        select greatest(extract(year
            from $5::date)::integer, extract(year
            from min(published_at) at time zone 'UTC')::integer)
        as first_year,
        least(extract(year
            from $6::date)::integer, extract(year
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
            order by p.published_at desc, p.id desc limit 1000 - matches.scanned) candidate) newest
        where matches.scanned < 1000 and matches.found < 1000 and next.period >= first_year)
      select newest.id from matches cross join unnest(matches.ids) with ordinality as newest (id, position)
      order by matches.scanned, newest.position
      limit 1000) || array(select p.id
      from paper p
      where p.title_key = any($7::text[])
      limit 100))
) r join paper p on p.id = r.id
order by r.relevance desc, p.id desc limit 21;

-- expansionsOf, a long form
insert into acronym
values ('kv', 'keyvalue', 'KV', 'key-value', 2);

select asked.key from jsonb_to_recordset($1::jsonb)
as asked (key text, query tsquery, small text)
where (
  select avg((concat_ws(' ', p.title, p.abstract) ~ asked.small)::integer) from paper p
  where p.id = any(array(with recursive
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
              where p.search @@ asked.query
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[next.period::text] offset 0) p
            where true
            order by p.published_at desc, p.id desc limit 50 - matches.scanned) candidate) newest
        where matches.scanned < 50 and matches.found < 50 and next.period >= first_year)
      select newest.id from matches cross join unnest(matches.ids) as newest (id)))) >= 0.2;

-- isAllExcluded
/* prepared */ select count(*)::integer as amount
from (with recursive search_query as materialized (select $1::tsquery as query),
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
        order by p.published_at desc, p.id desc limit 1 - matches.scanned) candidate) newest
    where matches.scanned < 1 and matches.found < 1 and next.period >= first_year)
  select newest.id from matches cross join unnest(matches.ids) with ordinality as newest (id, position)
  order by matches.scanned, newest.position limit 1) matches;

-- searchAsTyped with a phrase
/* prepared */ select p.id, p.title, p.upvotes, r.relevance, r.relevance as key_0, p.id as key_1 from (
  select p.id, case when p.title_key = any($1::text[]) then 2
  when strpos(' ' || p.title_key || ' ', $2) > 0 then 1 else 0 end + ts_rank('{0.1, 0.4, 0.4, 1}', p.search, $3::tsquery, 1)::float8 as relevance
  from paper p
  where p.id = any(array(with recursive search_query as materialized (select $4::tsquery as query), search_plan as materialized (select $5::tsquery as index_query),
      years as materialized (
        select greatest(extract(year
            from $6::date)::integer, extract(year
            from min(published_at) at time zone 'UTC')::integer)
        as first_year,
        least(extract(year
            from $7::date)::integer, extract(year
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
            order by p.published_at desc, p.id desc limit 3000 - matches.scanned) candidate) newest
        where matches.scanned < 3000 and matches.found < 1000 and next.period >= first_year)
      select newest.id from matches cross join unnest(matches.ids) with ordinality as newest (id, position)
      order by matches.scanned, newest.position
      limit 1000) || array(select p.id
      from paper p
      where p.title_key = any($8::text[])
      limit 100))
) r join paper p on p.id = r.id
order by r.relevance desc, p.id desc limit 21;

-- searchAsTyped with every criterion
select p.id, p.title, p.upvotes, r.relevance, r.relevance as key_0, p.id as key_1 from (
  select p.id, case when p.title_key = any($1::text[]) then 2
  when strpos(' ' || p.title_key || ' ', $2) > 0 then 1 else 0 end + ts_rank('{0.1, 0.4, 0.4, 1}', p.search, $3::tsquery, 1)::float8 as relevance
  from paper p where p.id = any(array(with recursive search_query as materialized (select $4::tsquery as query),
      years as materialized (
        select greatest(extract(year
            from $5::date)::integer, extract(year
            from min(published_at) at time zone 'UTC')::integer)
        as first_year,
        least(extract(year
            from $6::date)::integer, extract(year
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
              and p.author_names && $7::text[]
              and p.keyword_keys && $8::text[]
              and p.submitter_names && $9::text[]
              and p.categories && $10::text[]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[$11::text]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[$12::text]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[$13::text]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[$14::text]
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) && $15::text[]
              and edition_periods(p.listed_on) && array(
                select distinct case when date_trunc('year', month) >= first
                and date_trunc('year', month) + interval '1 year' <= last + 1
                then extract(year from month) else extract(year from month) * 100 + extract(month from month) end::integer::text
                from (select greatest($16::date, min(date)) as first, least($17::date, max(date)) as last
                  from edition) editions,
                generate_series(date_trunc('month', first::timestamp), last, interval '1 month') as month)
              and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[next.period::text] offset 0) p
            where true
            and p.upvotes >= $18::integer
            and p.published_at >= (($19::date)::timestamp at time zone 'UTC')
            and p.published_at < (($20::date + 1)::timestamp at time zone 'UTC')
            and (p.withdrawn_at is not null) = $21::boolean
            and (p.first_listed_on is not null
              and daterange(p.first_listed_on, p.last_listed_on, '[]') && case when $22::date > $23::date then 'empty' else daterange($24::date, $25::date, '[]') end
              and exists (select from unnest(p.listed_on) as listed (day)
                where listed.day <@ case when $26::date > $27::date then 'empty' else daterange($28::date, $29::date, '[]') end))
            order by p.published_at desc, p.id desc limit 1000 - matches.scanned) candidate) newest
        where matches.scanned < 1000 and matches.found < 1000 and next.period >= first_year)
      select newest.id from matches cross join unnest(matches.ids) with ordinality as newest (id, position)
      order by matches.scanned, newest.position
      limit 1000) || array(select p.id
      from paper p
      where p.title_key = any($30::text[])
      and p.upvotes >= $31::integer
      and p.published_at >= (($32::date)::timestamp at time zone 'UTC')
      and p.published_at < (($33::date + 1)::timestamp at time zone 'UTC')
      and (p.github_repo is not null) = $34::boolean
      and (p.project_page is not null) = $35::boolean
      and (p.media_urls <> '{}') = $36::boolean
      and (p.withdrawn_at is not null) = $37::boolean
      and p.organization_name = any($38::text[])
      and (p.first_listed_on is not null
        and daterange(p.first_listed_on, p.last_listed_on, '[]') && case when $39::date > $40::date then 'empty' else daterange($41::date, $42::date, '[]') end
        and exists (select from unnest(p.listed_on) as listed (day)
          where listed.day <@ case when $43::date > $44::date then 'empty' else daterange($45::date, $46::date, '[]') end))
      and p.author_names && $47::text[]
      and p.keyword_keys && $48::text[]
      and p.submitter_names && $49::text[]
      and p.categories && $50::text[]
      limit 100))
) r join paper p on p.id = r.id
order by r.relevance desc, p.id desc limit $51;

-- searchAsTyped with an arXiv id
select p.id, p.title, p.upvotes, r.relevance, r.relevance as key_0, p.id as key_1 from (
  select p.id, case when p.title_key = any($1::text[]) then 2
  when strpos(' ' || p.title_key || ' ', $2) > 0 then 1 else 0 end + ts_rank('{0.1, 0.4, 0.4, 1}', p.search, $3::tsquery, 1)::float8 as relevance
  from paper p where p.id = any(array(select p.id from paper p where p.arxiv_id = any($4::text[])
      order by p.published_at desc, p.id desc
      limit 1000) || array(select p.id
      from paper p
      where p.title_key = any($5::text[])
      and p.arxiv_id = any($6::text[])
      limit 100))
) r join paper p on p.id = r.id
order by r.relevance desc, p.id desc limit $7;

-- searchRepaired, words that no title has
select typed, coalesce((select left(typed, at) || ' ' || substr(typed, at + 1)
    from generate_series(4, length(typed) - 4) as at
    where exists (select from word w where w.word = left(typed, at))
    and exists (select from word w where w.word = substr(typed, at + 1))
    order by abs(length(typed) - 2 * at), at limit 1), (select w.word from word w where w.word % typed
    order by similarity(w.word, typed) desc, abs(length(w.word) - length(typed)), w.word
    limit 1), (select w.word
    from name_word w
    where w.word % typed
    order by similarity(w.word, typed) desc, abs(length(w.word) - length(typed)), w.word limit 1)) as correction
from unnest($1::text[]) as typed
where not exists (select from word w where w.word = typed)
and not exists (select from name_word w where w.word = typed);

-- repairText

-- allMatchesIfFew, of words
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

-- allMatchesIfFew, of a phrase
/* prepared */ with recursive search_query as materialized (select $1::tsquery as query), search_plan as materialized (select $2::tsquery as index_query),
years as materialized (
  select greatest(extract(year
      from $3::date)::integer, extract(year
      from min(published_at) at time zone 'UTC')::integer)
  as first_year,
  least(extract(year
      from $4::date)::integer, extract(year
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

-- countMatches, of a word
/* prepared */ select count(*)::integer as amount
from (with recursive search_query as materialized (select $1::tsquery as query),
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
        order by p.published_at desc, p.id desc limit 10000 - matches.scanned) candidate) newest
    where matches.scanned < 10000 and matches.found < 10000 and next.period >= first_year)
  select newest.id from matches cross join unnest(matches.ids) with ordinality as newest (id, position)
  order by matches.scanned, newest.position limit 10000) matches;

-- countMatches, of criteria without a text
select count(*)::integer as amount from (with recursive
  years as materialized (
    select greatest(extract(year
        from $1::date)::integer, extract(year
        from min(published_at) at time zone 'UTC')::integer)
    as first_year,
    least(extract(year
        from $2::date)::integer, extract(year
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
          and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[$3::text]
          and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[next.period::text] offset 0) p
        where true
        order by p.published_at desc, p.id desc limit 10000 - matches.scanned) candidate) newest
    where matches.scanned < 10000 and matches.found < 10000 and next.period >= first_year)
  select newest.id from matches cross join unnest(matches.ids) as newest (id)) matches;

-- countMatches, of days
select count(*)::integer as amount
from (select from paper p where p.published_at >= (($1::date)::timestamp at time zone 'UTC') limit $2) counted;

-- facetsOf, keywords
/* prepared */ select v.value, count(*)::integer as papers from (
  select unnest(p.keyword_keys) as value
  from paper p where p.id = any(array(with recursive search_query as materialized (select $1::tsquery as query),
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
            order by p.published_at desc, p.id desc limit 1000 - matches.scanned) candidate) newest
        where matches.scanned < 1000 and matches.found < 1000 and next.period >= first_year)
      select newest.id from matches cross join unnest(matches.ids) with ordinality as newest (id, position)
      order by matches.scanned, newest.position limit 1000))) v
where v.value is not null group by v.value order by papers desc, v.value limit $4;

-- highlightsByPaperIds
select "id", "title", "abstract"
from "paper"
where "id" = any($1::bigint[]);

-- suggestionsFor
with input as materialized (
  select folded($1::text) as pattern, folded($2::text) as loose,
  translate(folded($3::text), '-_./ ', '') as solid),
matching_authors as (
  select a.name from author a, input
  where (folded(a.name) like input.pattern || '%' or folded(a.name) like '% ' || input.pattern || '%')
  limit 500),
matching_keywords as (
  (select k.key from keyword k, input
    where (k.key like input.pattern || '%' or k.key like '% ' || input.pattern || '%')
    limit 500)
  union
  (select k.key from keyword k, input
    where translate(k.key, '-_./ ', '') ~>=~ input.solid
    and translate(k.key, '-_./ ', '') ~<~ (input.solid || $4::text) and length(input.solid) > 4
    limit 500)),
matching_organizations as (
  select o.name, coalesce(o.full_name, o.name) as text from organization o, input
  where ((folded(o.name) || ' ' || folded(coalesce(o.full_name, ''))) like input.pattern || '%' or (folded(o.name) || ' ' || folded(coalesce(o.full_name, ''))) like '% ' || input.pattern || '%')
  limit 500),
ranked as (
  select 'author' as kind, name as key, name as text,
  row_number() over (order by (select count(*) from (select from paper_author pa where pa.author_name = name
        limit 1000) c) desc, name) as position from matching_authors
  union all
  select 'keyword', key, key,
  row_number() over (order by (select count(*) from (select from paper_keyword pk where pk.keyword_key = key
        limit 1000) c) desc, key) from matching_keywords
  union all
  select 'organization', name, text,
  row_number() over (order by (select count(*) from (select from paper p where p.organization_name = name
        limit 1000) c) desc, name) from matching_organizations
)
select kind, key, text from ranked order by position, kind limit $5;

-- matchFilters
select p.id as "paperId", f.index as "filterIndex" from paper p join (
  select g.index, g."text"::tsquery as "text", g."arxivIds", g."authors", g."organizations", g."organizationWords", g."keywords", g."submitters", g."categories", g."publishedFrom", g."publishedTo", g."editionFrom", g."editionTo", g."minUpvotes", g."hasCode", g."hasProjectPage", g."hasMedia", g."withdrawn"
  from jsonb_to_recordset($1::jsonb) as g (index integer, "arxivIds" text[], "text" text, "authors" text[], "organizations" text[], "organizationWords" text[], "keywords" text[], "submitters" text[], "categories" text[], "publishedFrom" date, "publishedTo" date, "editionFrom" date, "editionTo" date, "minUpvotes" integer, "hasCode" boolean, "hasProjectPage" boolean, "hasMedia" boolean, "withdrawn" boolean) offset 0) as f on ((f."arxivIds" is null) or p.arxiv_id = any(f."arxivIds"))
and ((f."minUpvotes" is null) or p.upvotes >= f."minUpvotes")
and ((f."publishedFrom" is null) or p.published_at >= ((f."publishedFrom")::timestamp at time zone 'UTC'))
and ((f."publishedTo" is null) or p.published_at < ((f."publishedTo" + 1)::timestamp at time zone 'UTC'))
and ((f."hasCode" is null) or (p.github_repo is not null) = f."hasCode")
and ((f."hasProjectPage" is null) or (p.project_page is not null) = f."hasProjectPage")
and ((f."hasMedia" is null) or (p.media_urls <> '{}') = f."hasMedia")
and ((f."withdrawn" is null) or (p.withdrawn_at is not null) = f."withdrawn")
and ((f."organizations" is null) or p.organization_name = any(f."organizations"))
and ((f."organizationWords" is null) or exists (select
    from organization o
    where o.name = p.organization_name and exists (select from unnest(f."organizationWords") as wanted (words)
      where strpos((' ' || translate(folded(o.name || ' ' || coalesce(o.full_name, '')), '-_./', '    ') || ' '), (' ' || translate(folded(wanted.words), '-_./', '    ') || ' ')) > 0)))
and ((f."editionFrom" is null
    and f."editionTo" is null) or (p.first_listed_on is not null
    and daterange(p.first_listed_on, p.last_listed_on, '[]') && case when f."editionFrom" > f."editionTo" then 'empty' else daterange(f."editionFrom", f."editionTo", '[]') end
    and exists (select from unnest(p.listed_on) as listed (day)
      where listed.day <@ case when f."editionFrom" > f."editionTo" then 'empty' else daterange(f."editionFrom", f."editionTo", '[]') end)))
and ((f."authors" is null) or p.author_names && f."authors")
and ((f."keywords" is null) or p.keyword_keys && f."keywords")
and ((f."submitters" is null) or p.submitter_names && f."submitters")
and ((f."categories" is null) or p.categories && f."categories")
and ((f."text" is null) or p.search @@ f."text")
where p.id = any($2::bigint[]) order by p.id, f.index;
