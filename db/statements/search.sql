-- The statements that the functions of db send, written by tests/queries/printed-statements.test.ts.
-- After a change: npx vitest run tests/queries/printed-statements.test.ts --update

-- searchPapers with a word
/* prepared */
select 'pair' as kind, pair.*, null as word, null as spelling
from (select key, long_key, acronym, long_form, (papers / defined)::float8 as share, papers::integer
  from (
    select a.key, a.long_key, (array_agg(acronym order by papers desc, acronym))[1] as acronym,
    (array_agg(long_form order by papers desc, long_form))[1] as long_form,
    sum(papers) as papers, sum(sum(papers)) over (partition by a.key) as defined
    from (
      select unnest((select $1::text[])::text[]) as key
      union select a.key from unnest((select $2::text[])::text[]) as wanted (long_key)
      cross join lateral (select key from acronym a where a.long_key = wanted.long_key offset 0) a) wanted
    cross join lateral (select * from acronym a where a.key = wanted.key offset 0) a
    group by a.key, a.long_key) pair
  where papers >= 2 and papers >= defined * 0.5
  and (key = any((select $3::text[])::text[]) or long_key = any((select $4::text[])::text[]))) pair
union all
select 'solid', null, null, null, null, null, null, solid.* from (select asked.word, spelled.spelling
  from unnest((select $5::text[])::text[]) as asked (word) cross join lateral (
    (select k.key as spelling from keyword k
      where translate(k.key, '-_./ ', '') = asked.word and k.key <> asked.word order by k.key limit 1)
    union all
    (select split.spelling from jsonb_to_recordset($6::jsonb)
      as split (word text, stem text, spelling text, first text, second text)
      join term_rarity one on one.term = split.first join term_rarity two on two.term = split.second
      left join term_rarity whole on whole.term = split.stem
      where split.word = asked.word and (
        coalesce(whole.rarity, (select rarest from term_census))
        > greatest(one.rarity, two.rarity) + 1
        or not exists (select from word w where w.word = asked.word))
      order by one.rarity + two.rarity limit 1)
    limit 1) spelled) solid
union all
select 'size', null, null, null, null, pg_relation_size('paper')::float8, null, null, null;

/* prepared */ select p.id, p.title, p.upvotes, r.relevance, r.relevance as key_0, r.id as key_1 from (
  with prominent as materialized (with search_plan as materialized (select array[$1]::tsquery[] as parts) select p.id, case when p.title_key = any((select $2::text[])::text[]) then 2
    else case strpos(' ' || p.title_key || ' ', $3) when 0 then 0 when 1 then 1.09 else 1 end end + case when p.ranked_words @@ $4::tsquery
    then 0.1 + 0.8 * (0.6 * ts_rank('{0.1, 0.4, 0.4, 1}', p.ranked_words, $4::tsquery, 1)::float8 + 0.4 * 0)
    else (extract(epoch from p.published_at)::float8 + 6.3e10) / 1e13 end as relevance from (
      select * from paper p where p.search @@ (select parts[1] from search_plan)
      order by p.published_at desc, p.id desc limit 1000) p),
  newest as materialized (select *, row_number() over () as place
    from (with search_plan as materialized (select array[$5]::tsquery[] as parts) select p.id, case when p.title_key = any((select $2::text[])::text[]) then 2
      else case strpos(' ' || p.title_key || ' ', $3) when 0 then 0 when 1 then 1.09 else 1 end end + case when p.ranked_words @@ $4::tsquery
      then 0.1 + 0.8 * (0.6 * ts_rank('{0.1, 0.4, 0.4, 1}', p.ranked_words, $4::tsquery, 1)::float8 + 0.4 * 0)
      else (extract(epoch from p.published_at)::float8 + 6.3e10) / 1e13 end as relevance from (
        select * from paper p where p.search @@ (select parts[1] from search_plan)
        order by p.published_at desc, p.id desc limit 21) p) newest
    where (select count(*) from prominent) < 21),
  other as materialized (select * from newest)
  select found.* from (
    select id, relevance from prominent where relevance < 2
    union select id, relevance from other where relevance < 2
    union all (select p.id, 2 + case when p.ranked_words @@ $4::tsquery
      then 0.1 + 0.8 * (0.6 * ts_rank('{0.1, 0.4, 0.4, 1}', p.ranked_words, $4::tsquery, 1)::float8 + 0.4 * 0)
      else (extract(epoch
          from p.published_at)::float8 + 6.3e10) / 1e13 end
      from paper p
      where p.title_key = any((select $2::text[])::text[])
      limit 100)) found
  order by relevance desc, id desc
) r join paper p on p.id = r.id
order by r.relevance desc, r.id desc limit 21;

-- readListPage by relevance, in a large library
/* prepared */ select p.id, p.title, p.upvotes, r.relevance, r.relevance as key_0, r.id as key_1 from (
  with prominent as materialized (with recursive search_plan as materialized (select array[$1]::tsquery[] as parts),
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
          (first_month, null::text, months_left <= 12 * months_seen and per_month * months_left <= 1000),
          ((matches.month - 1) / 12 * 12, ((matches.month - 1) / 12)::text, months_seen > 0 and per_month * 12 <= 1000),
          (matches.month - 1, ((matches.month - 1) / 12 * 100 + (matches.month - 1) % 12 + 1)::text, true)
        ) period (month, period, is_short) where is_short limit 1) next
      cross join lateral (
        select coalesce(array_agg(p.id), '{}') as ids,
        array_agg(p.relevance) as relevances, count(*) as scanned
        from (select p.* from (select p.id, p.published_at
            , case when p.title_key = any((select $6::text[])::text[]) then 2
            else case strpos(' ' || p.title_key || ' ', $7) when 0 then 0 when 1 then 1.09 else 1 end end + case when p.ranked_words @@ $8::tsquery
            then 0.1 + 0.8 * (0.6 * ts_rank('{0.1, 0.4, 0.4, 1}', p.ranked_words, $8::tsquery, 1)::float8 + 0.4 * 0)
            else (extract(epoch
                from p.published_at)::float8 + 6.3e10) / 1e13 end as relevance
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
          limit 1000 - matches.scanned) p) newest
      where matches.scanned < 1000 and matches.found < 1000 and matches.month > first_month)
    select newest.id, newest.relevance from matches
    cross join unnest(matches.ids, matches.relevances) with ordinality as newest (id, relevance, position)
    order by matches.scanned, newest.position limit 1000),
  newest as materialized (select *, row_number() over () as place
    from (with recursive search_plan as materialized (select array[$9]::tsquery[] as parts),
      span as materialized (
        select (extract(year
            from greatest($10::timestamp, min(published_at) at time zone 'UTC')) * 12 + extract(month
            from greatest($11::timestamp, min(published_at) at time zone 'UTC')) - 1)::integer as first_month,
        (extract(year
            from least($12::timestamp, max(published_at) at time zone 'UTC')) * 12 + extract(month
            from least($13::timestamp, max(published_at) at time zone 'UTC')) - 1)::integer + 1 as end_month
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
            (first_month, null::text, months_left <= 12 * months_seen and per_month * months_left <= 21),
            ((matches.month - 1) / 12 * 12, ((matches.month - 1) / 12)::text, months_seen > 0 and per_month * 12 <= 21),
            (matches.month - 1, ((matches.month - 1) / 12 * 100 + (matches.month - 1) % 12 + 1)::text, true)
          ) period (month, period, is_short) where is_short limit 1) next
        cross join lateral (
          select coalesce(array_agg(p.id), '{}') as ids,
          array_agg(p.relevance) as relevances, count(*) as scanned
          from (select p.* from (select p.id, p.published_at
              , case when p.title_key = any((select $6::text[])::text[]) then 2
              else case strpos(' ' || p.title_key || ' ', $7) when 0 then 0 when 1 then 1.09 else 1 end end + case when p.ranked_words @@ $8::tsquery
              then 0.1 + 0.8 * (0.6 * ts_rank('{0.1, 0.4, 0.4, 1}', p.ranked_words, $8::tsquery, 1)::float8 + 0.4 * 0)
              else (extract(epoch
                  from p.published_at)::float8 + 6.3e10) / 1e13 end as relevance
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
            limit 21 - matches.scanned) p) newest
        where matches.scanned < 21 and matches.found < 21 and matches.month > first_month)
      select newest.id, newest.relevance from matches
      cross join unnest(matches.ids, matches.relevances) with ordinality as newest (id, relevance, position)
      order by matches.scanned, newest.position limit 21) newest
    where (select count(*) from prominent) < 21),
  other as materialized (select * from newest)
  select found.* from (
    select id, relevance from prominent where relevance < 2
    union select id, relevance from other where relevance < 2
    union all (select p.id, 2 + case when p.ranked_words @@ $8::tsquery
      then 0.1 + 0.8 * (0.6 * ts_rank('{0.1, 0.4, 0.4, 1}', p.ranked_words, $8::tsquery, 1)::float8 + 0.4 * 0)
      else (extract(epoch
          from p.published_at)::float8 + 6.3e10) / 1e13 end
      from paper p
      where p.title_key = any((select $6::text[])::text[])
      limit 100)) found
  order by relevance desc, id desc
) r join paper p on p.id = r.id
order by r.relevance desc, r.id desc limit 21;

-- expansionsOf, words that papers may define or write as two

-- expansionsOfAcronyms, an acronym that may be an ordinary word
/* prepared */
select asked.key from jsonb_to_recordset($1::jsonb)
as asked (key text, query tsquery, small text)
where (
  select avg((concat_ws(' ', p.title, p.abstract) ~ asked.small)::integer) from paper p
  where p.id = any(array(with recursive
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
            (first_month, null::text, months_left <= 12 * months_seen and per_month * months_left <= 50),
            ((matches.month - 1) / 12 * 12, ((matches.month - 1) / 12)::text, months_seen > 0 and per_month * 12 <= 50),
            (matches.month - 1, ((matches.month - 1) / 12 * 100 + (matches.month - 1) % 12 + 1)::text, true)
          ) period (month, period, is_short) where is_short limit 1) next
        cross join lateral (
          select coalesce(array_agg(p.id), '{}') as ids,
          null::float8[] as relevances, count(*) as scanned
          from (select p.* from (select p.id, p.published_at
              from (select p.*
                from paper p
                where p.search @@ asked.query
                and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[next.period]
                and next.period is not null
                union all select p.* from paper p where p.search @@ asked.query and next.period is null offset 0) p
              where p.published_at < next.before offset 0) p order by p.published_at desc, p.id desc
            limit 50 - matches.scanned) p) newest
        where matches.scanned < 50 and matches.found < 50 and matches.month > first_month)
      select newest.id from matches cross join unnest(matches.ids) as newest (id)))) >= 0.2;

-- isAllExcluded
/* prepared */ select count(*)::integer as amount
from (with recursive search_plan as materialized (select array[$1]::tsquery[] as parts),
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
        (first_month, null::text, months_left <= 12 * months_seen and per_month * months_left <= 1),
        ((matches.month - 1) / 12 * 12, ((matches.month - 1) / 12)::text, months_seen > 0 and per_month * 12 <= 1),
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
        limit 1 - matches.scanned) p) newest
    where matches.scanned < 1 and matches.found < 1 and matches.month > first_month)
  select newest.id from matches
  cross join unnest(matches.ids, matches.relevances) with ordinality as newest (id, relevance, position)
  order by matches.scanned, newest.position limit 1) matches;

-- searchAsTyped with a phrase
/* prepared */ select p.id, p.title, p.upvotes, r.relevance, r.relevance as key_0, r.id as key_1 from (
  with prominent as materialized (with recursive search_query as materialized (select $1::tsquery as query), search_plan as materialized (select $2::tsquery[] as parts),
    span as materialized (
      select (extract(year
          from greatest($3::timestamp, min(published_at) at time zone 'UTC')) * 12 + extract(month
          from greatest($4::timestamp, min(published_at) at time zone 'UTC')) - 1)::integer as first_month,
      (extract(year
          from least($5::timestamp, max(published_at) at time zone 'UTC')) * 12 + extract(month
          from least($6::timestamp, max(published_at) at time zone 'UTC')) - 1)::integer + 1 as end_month
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
        select coalesce(array_agg(p.id) filter (where p.is_match), '{}') as ids,
        array_agg(p.relevance) filter (where p.is_match) as relevances, count(*) as scanned
        from (select p.* from (select p.id, p.published_at, p.is_match
            , case when p.title_key = any((select $7::text[])::text[]) then 2
            else case strpos(' ' || p.title_key || ' ', $8) when 0 then 0 when 1 then 1.09 else 1 end end + case when p.ranked_words @@ $9::tsquery
            then 0.1 + 0.8 * (0.6 * ts_rank('{0.1, 0.4, 0.4, 1}', p.ranked_words, $10::tsquery, 1)::float8 + 0.4 * (select count(*)
                from unnest((select $11::tsquery[])::tsquery[]) as pair
                where p.ranked_words @@ pair) / $12::float8)
            else (extract(epoch
                from p.published_at)::float8 + 6.3e10) / 1e13 end as relevance
            from (select p.*, p.ranked_words @@ (select $13::tsquery) as is_match
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
              where p.published_at < next.before offset 0) p offset 0) p order by p.published_at desc, p.id desc
          limit 10000 - matches.scanned) p) newest
      where matches.scanned < 10000 and matches.found < 1000 and matches.month > first_month)
    select newest.id, newest.relevance from matches
    cross join unnest(matches.ids, matches.relevances) with ordinality as newest (id, relevance, position)
    order by matches.scanned, newest.position limit 1000),
  newest as materialized (select *, row_number() over () as place
    from (with recursive search_query as materialized (select $14::tsquery as query), search_plan as materialized (select $15::tsquery[] as parts),
      span as materialized (
        select (extract(year
            from greatest($16::timestamp, min(published_at) at time zone 'UTC')) * 12 + extract(month
            from greatest($17::timestamp, min(published_at) at time zone 'UTC')) - 1)::integer as first_month,
        (extract(year
            from least($18::timestamp, max(published_at) at time zone 'UTC')) * 12 + extract(month
            from least($19::timestamp, max(published_at) at time zone 'UTC')) - 1)::integer + 1 as end_month
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
            (first_month, null::text, months_left <= 12 * months_seen and per_month * months_left <= 3000),
            ((matches.month - 1) / 12 * 12, ((matches.month - 1) / 12)::text, months_seen > 0 and per_month * 12 <= 3000),
            (matches.month - 1, ((matches.month - 1) / 12 * 100 + (matches.month - 1) % 12 + 1)::text, true)
          ) period (month, period, is_short) where is_short limit 1) next
        cross join lateral (
          select coalesce(array_agg(p.id) filter (where p.is_match), '{}') as ids,
          array_agg(p.relevance) filter (where p.is_match) as relevances, count(*) as scanned
          from (select p.* from (select p.id, p.published_at, p.is_match
              , case when p.title_key = any((select $20::text[])::text[]) then 2
              else case strpos(' ' || p.title_key || ' ', $21) when 0 then 0 when 1 then 1.09 else 1 end end + case when p.ranked_words @@ $22::tsquery
              then 0.1 + 0.8 * (0.6 * ts_rank('{0.1, 0.4, 0.4, 1}', p.ranked_words, $23::tsquery, 1)::float8 + 0.4 * (select count(*)
                  from unnest((select $24::tsquery[])::tsquery[]) as pair
                  where p.ranked_words @@ pair) / $25::float8)
              else (extract(epoch
                  from p.published_at)::float8 + 6.3e10) / 1e13 end as relevance
              from (select p.*, p.search @@ (select query
                  from search_query) as is_match
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
                where p.published_at < next.before offset 0) p offset 0) p order by p.published_at desc, p.id desc
            limit 3000 - matches.scanned) p) newest
        where matches.scanned < 3000 and matches.found < 100 and matches.month > first_month)
      select newest.id, newest.relevance from matches
      cross join unnest(matches.ids, matches.relevances) with ordinality as newest (id, relevance, position)
      order by matches.scanned, newest.position limit 100) newest
    where (select count(*) from prominent) < 21),
  other as materialized (select id, relevance + case when place <= 100 and relevance < 0.1
    then coalesce(0.09 * (select (select count(*)
          from unnest((select $26::tsquery[])::tsquery[]) as pair
          where p.search @@ pair) / $27::float8
        from paper p
        where p.id = newest.id), 0)
    else 0 end as relevance from newest)
  select found.* from (
    select id, relevance from prominent where relevance < 2
    union select id, relevance from other where relevance < 2
    union all (select p.id, 2 + case when p.ranked_words @@ $28::tsquery
      then 0.1 + 0.8 * (0.6 * ts_rank('{0.1, 0.4, 0.4, 1}', p.ranked_words, $29::tsquery, 1)::float8 + 0.4 * (select count(*)
          from unnest((select $30::tsquery[])::tsquery[]) as pair
          where p.ranked_words @@ pair) / $31::float8)
      else (extract(epoch
          from p.published_at)::float8 + 6.3e10) / 1e13 end
      from paper p
      where p.title_key = any((select $32::text[])::text[])
      limit 100)) found
  order by relevance desc, id desc
) r join paper p on p.id = r.id
order by r.relevance desc, r.id desc limit 21;

-- searchAsTyped with every criterion
select p.id, p.title, p.upvotes, r.relevance, r.relevance as key_0, r.id as key_1 from (
  with prominent as materialized (with search_plan as materialized (select array[$1]::tsquery[] as parts) select p.id, case when p.title_key = any((select $2::text[])::text[]) then 2
    else case strpos(' ' || p.title_key || ' ', $3) when 0 then 0 when 1 then 1.09 else 1 end end + case when p.ranked_words @@ $4::tsquery
    then 0.1 + 0.8 * (0.6 * ts_rank('{0.1, 0.4, 0.4, 1}', p.ranked_words, $5::tsquery, 1)::float8 + 0.4 * 0)
    else (extract(epoch from p.published_at)::float8 + 6.3e10) / 1e13 end as relevance from (
      select *
      from paper p
      where p.search @@ (select parts[1]
        from search_plan)
      and p.upvotes >= $6::integer
      and p.published_at >= (($7::date)::timestamp at time zone 'UTC')
      and p.published_at < (($8::date + 1)::timestamp at time zone 'UTC')
      and (p.github_repo is not null) = $9::boolean
      and (p.project_page is not null) = $10::boolean
      and (p.media_urls <> '{}') = $11::boolean
      and (p.withdrawn_at is not null) = $12::boolean
      and p.organization_name = any($13::text[])
      and (p.first_listed_on is not null
        and daterange(p.first_listed_on, p.last_listed_on, '[]') && case when $14::date > $15::date then 'empty' else daterange($16::date, $17::date, '[]') end
        and exists (select from unnest(p.listed_on) as listed (day)
          where listed.day <@ case when $18::date > $19::date then 'empty' else daterange($20::date, $21::date, '[]') end))
      and p.author_names && $22::text[]
      and p.keyword_keys && $23::text[]
      and p.submitter_names && $24::text[]
      and p.categories && $25::text[]
      order by p.published_at desc, p.id desc limit 1000) p),
  newest as materialized (select *, row_number() over () as place
    from (with search_plan as materialized (select array[$26]::tsquery[] as parts) select p.id, case when p.title_key = any((select $27::text[])::text[]) then 2
      else case strpos(' ' || p.title_key || ' ', $28) when 0 then 0 when 1 then 1.09 else 1 end end + case when p.ranked_words @@ $29::tsquery
      then 0.1 + 0.8 * (0.6 * ts_rank('{0.1, 0.4, 0.4, 1}', p.ranked_words, $30::tsquery, 1)::float8 + 0.4 * 0)
      else (extract(epoch from p.published_at)::float8 + 6.3e10) / 1e13 end as relevance from (
        select *
        from paper p
        where p.search @@ (select parts[1]
          from search_plan)
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
        order by p.published_at desc, p.id desc limit 21) p) newest
    where (select count(*) from prominent) < 21),
  other as materialized (select * from newest)
  select found.* from (
    select id, relevance from prominent where relevance < 2
    union select id, relevance from other where relevance < 2
    union all (select p.id, 2 + case when p.ranked_words @@ $51::tsquery
      then 0.1 + 0.8 * (0.6 * ts_rank('{0.1, 0.4, 0.4, 1}', p.ranked_words, $52::tsquery, 1)::float8 + 0.4 * 0)
      else (extract(epoch
          from p.published_at)::float8 + 6.3e10) / 1e13 end
      from paper p
      where p.title_key = any((select $53::text[])::text[])
      and p.upvotes >= $54::integer
      and p.published_at >= (($55::date)::timestamp at time zone 'UTC')
      and p.published_at < (($56::date + 1)::timestamp at time zone 'UTC')
      and (p.github_repo is not null) = $57::boolean
      and (p.project_page is not null) = $58::boolean
      and (p.media_urls <> '{}') = $59::boolean
      and (p.withdrawn_at is not null) = $60::boolean
      and p.organization_name = any($61::text[])
      and (p.first_listed_on is not null
        and daterange(p.first_listed_on, p.last_listed_on, '[]') && case when $62::date > $63::date then 'empty' else daterange($64::date, $65::date, '[]') end
        and exists (select from unnest(p.listed_on) as listed (day)
          where listed.day <@ case when $66::date > $67::date then 'empty' else daterange($68::date, $69::date, '[]') end))
      and p.author_names && $70::text[]
      and p.keyword_keys && $71::text[]
      and p.submitter_names && $72::text[]
      and p.categories && $73::text[]
      limit 100)) found
  order by relevance desc, id desc
) r join paper p on p.id = r.id
order by r.relevance desc, r.id desc limit $74;

-- searchAsTyped with an arXiv id
select p.id, p.title, p.upvotes, r.relevance, r.relevance as key_0, r.id as key_1 from (
  with prominent as materialized (select null::bigint as id, null::float8 as relevance limit 0),
  newest as materialized (select *, row_number() over () as place
    from (select p.id, case when p.title_key = any((select $1::text[])::text[]) then 2
      else case strpos(' ' || p.title_key || ' ', $2) when 0 then 0 when 1 then 1.09 else 1 end end + case when p.ranked_words @@ $3::tsquery
      then 0.1 + 0.8 * (0.6 * ts_rank('{0.1, 0.4, 0.4, 1}', p.ranked_words, $4::tsquery, 1)::float8 + 0.4 * 0)
      else (extract(epoch from p.published_at)::float8 + 6.3e10) / 1e13 end as relevance from (
        select * from paper p where p.arxiv_id = any($5::text[])
        order by p.published_at desc, p.id desc limit 21) p) newest
    where (select count(*) from prominent) < 21),
  other as materialized (select * from newest)
  select found.* from (
    select id, relevance from prominent where relevance < 2
    union select id, relevance from other where relevance < 2
    union all (select p.id, 2 + case when p.ranked_words @@ $6::tsquery
      then 0.1 + 0.8 * (0.6 * ts_rank('{0.1, 0.4, 0.4, 1}', p.ranked_words, $7::tsquery, 1)::float8 + 0.4 * 0)
      else (extract(epoch
          from p.published_at)::float8 + 6.3e10) / 1e13 end
      from paper p
      where p.title_key = any((select $8::text[])::text[])
      and p.arxiv_id = any($9::text[])
      limit 100)) found
  order by relevance desc, id desc
) r join paper p on p.id = r.id
order by r.relevance desc, r.id desc limit $10;

-- searchPapers, words that no title has
select typed, coalesce((select left(typed, at) || ' ' || substr(typed, at + 1)
    from generate_series(4, length(typed) - 4) as at
    where exists (select from word w where w.word = left(typed, at))
    and exists (select from word w where w.word = substr(typed, at + 1))
    order by abs(length(typed) - 2 * at), at limit 1), case when typed = $1::text then (select whole.word
    from (
      (select r.term as start, r.rarity from term_rarity r where (r.term >= typed and r.term < typed || '􏿽')
        order by r.rarity, r.term limit 1)
      union all select typed, null) begun
    cross join lateral (
      select w.word from word w where (w.word >= begun.start and w.word < begun.start || '􏿽')
      order by length(w.word), w.word limit 1) whole
    order by begun.rarity limit 1) end,
  case when length(typed) > 3 then coalesce((select w.word from word w where w.word % typed
      order by similarity(w.word, typed) desc, abs(length(w.word) - length(typed)), w.word
      limit 1), (select w.word
      from name_word w
      where w.word % typed
      order by similarity(w.word, typed) desc, abs(length(w.word) - length(typed)), w.word limit 1)) end)
as correction
from unnest($2::text[]) as typed
where not exists (select from word w where w.word = typed)
and not exists (select from name_word w where w.word = typed);

-- searchPapers, a name with a stop word
/* prepared */
select exists (select from author where name = any((select $1::text[])::text[])) as found;

with part as materialized (
  select p.id, translate(part.text, $1, $2) as text, part.place
  from paper p, string_to_table(folded(
      concat_ws(E'\n', p.title, array_to_string(p.keyword_keys, E'\n'), array_to_string(p.author_names, E'\n'))),
    E'\n') with ordinality as part (text, place)
  where p.id = any(array(with recursive search_plan as materialized (select array[$3]::tsquery[] as parts),
      span as materialized (
        select (extract(year
            from greatest($4::timestamp, min(published_at) at time zone 'UTC')) * 12 + extract(month
            from greatest($5::timestamp, min(published_at) at time zone 'UTC')) - 1)::integer as first_month,
        (extract(year
            from least($6::timestamp, max(published_at) at time zone 'UTC')) * 12 + extract(month
            from least($7::timestamp, max(published_at) at time zone 'UTC')) - 1)::integer + 1 as end_month
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
            (first_month, null::text, months_left <= 12 * months_seen and per_month * months_left <= 100),
            ((matches.month - 1) / 12 * 12, ((matches.month - 1) / 12)::text, months_seen > 0 and per_month * 12 <= 100),
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
            limit 100 - matches.scanned) p) newest
        where matches.scanned < 100 and matches.found < 100 and matches.month > first_month)
      select newest.id from matches
      cross join unnest(matches.ids, matches.relevances) with ordinality as newest (id, relevance, position)
      order by matches.scanned, newest.position limit 100))
  and part.text ~ ('\m' || folded($8::text))),
paper_word as materialized (
  select part.id, found.word,
  lag(found.word) over (partition by part.id, part.place order by found.place) as previous
  from part, string_to_table(part.text, ' ') with ordinality as found (word, place) where found.word <> ''),
completion as (
  select word, count(distinct id) filter (where previous = folded($9::text)) as beside,
  count(distinct id) as papers
  from paper_word
  where starts_with(word, folded($10::text)) and word ~ '^[[:alpha:]]+$' and word <> folded($11::text)
  group by word)
select word from completion where beside > 0 or $12::integer > 1
order by beside desc, papers desc, word limit 1;

-- searchAgain, of a repaired text

-- completeText

-- repairText

-- unpunctuatedTitle
select found.title from unnest($1::text[]) as start
cross join lateral (
  select p.title, p.id from paper p
  where p.title_key >= start collate "C" and p.title_key < (start || $2::text) collate "C"
  and replace(p.title_key, ' ', '') = $3
  order by p.title_key, p.id desc limit 1) found
order by found.id desc limit 1;

-- titleInReference
select title from paper where title_key = any($1::text[])
order by length(title_key) desc, id desc limit 1;

-- allMatchesIfFew, of words
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

-- allMatchesIfFew, of a phrase
/* prepared */ with recursive search_query as materialized (select $1::tsquery as query), search_plan as materialized (select $2::tsquery[] as parts),
span as materialized (
  select (extract(year
      from greatest($3::timestamp, min(published_at) at time zone 'UTC')) * 12 + extract(month
      from greatest($4::timestamp, min(published_at) at time zone 'UTC')) - 1)::integer as first_month,
  (extract(year
      from least($5::timestamp, max(published_at) at time zone 'UTC')) * 12 + extract(month
      from least($6::timestamp, max(published_at) at time zone 'UTC')) - 1)::integer + 1 as end_month
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
            where p.search @@ (select parts[1]
              from search_plan)
            and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[next.period]
            and next.period is not null
            union all select p.*
            from paper p
            where p.search @@ (select parts[1]
              from search_plan)
            and next.period is null offset 0) p
          where p.published_at < next.before offset 0) p offset 0) p order by p.published_at desc, p.id desc
      limit 3001 - matches.scanned) p) newest
  where matches.scanned < 3001 and matches.found < 5001 and matches.month > first_month)
select max(matches.scanned) < 3001 as is_complete,
array(select newest.id from matches cross join unnest(matches.ids) as newest (id)) as ids
from matches;

-- countMatches, of a word
/* prepared */ select count(*)::integer as amount
from (with recursive search_plan as materialized (select array[$1]::tsquery[] as parts),
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
        limit 10000 - matches.scanned) p) newest
    where matches.scanned < 10000 and matches.found < 10000 and matches.month > first_month)
  select newest.id from matches
  cross join unnest(matches.ids, matches.relevances) with ordinality as newest (id, relevance, position)
  order by matches.scanned, newest.position limit 10000) matches;

-- countMatches, of many words without another
/* prepared */ select count(*)::integer as amount
from (with recursive search_plan as materialized (select (select texts[:3]::tsquery[]
      || array_to_string(texts[4:8] || $1::text[], ' & ')::tsquery
      || $2::tsquery[]
      from (
        select array_agg(text order by share, length(text) desc, text) as texts from (
          select asked.text, coalesce(sum(1 / (exp(r.rarity) - 1)), 0) as share
          from jsonb_to_recordset($3::jsonb) as asked (text text, terms text[])
          left join term_rarity r on r.term = any(asked.terms) group by asked.text) counted) rarest) as parts),
  span as materialized (
    select (extract(year
        from greatest($4::timestamp, min(published_at) at time zone 'UTC')) * 12 + extract(month
        from greatest($5::timestamp, min(published_at) at time zone 'UTC')) - 1)::integer as first_month,
    (extract(year
        from least($6::timestamp, max(published_at) at time zone 'UTC')) * 12 + extract(month
        from least($7::timestamp, max(published_at) at time zone 'UTC')) - 1)::integer + 1 as end_month
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
            where p.search @@ (select parts[1]
              from search_plan)
            and p.search @@ (select parts[2]
              from search_plan)
            and p.search @@ (select parts[3]
              from search_plan)
            and p.search @@ (select parts[4]
              from search_plan)
            and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[next.period]
            and next.period is not null
            union all select p.*
            from paper p
            where p.search @@ (select parts[1]
              from search_plan)
            and p.search @@ (select parts[2]
              from search_plan)
            and p.search @@ (select parts[3]
              from search_plan)
            and p.search @@ (select parts[4]
              from search_plan)
            and next.period is null offset 0) p
          where p.published_at < next.before offset 0) p order by p.published_at desc, p.id desc
        limit 10000 - matches.scanned) p) newest
    where matches.scanned < 10000 and matches.found < 10000 and matches.month > first_month)
  select newest.id from matches
  cross join unnest(matches.ids, matches.relevances) with ordinality as newest (id, relevance, position)
  order by matches.scanned, newest.position limit 10000) matches;

-- countMatches, of criteria without a text
select count(*)::integer as amount from (with recursive
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
            and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[$5::text]
            and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[next.period]
            and next.period is not null
            union all select p.*
            from paper p
            where true
            and paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name) @> array[$6::text]
            and next.period is null offset 0) p
          where p.published_at < next.before offset 0) p order by p.published_at desc, p.id desc
        limit 10000 - matches.scanned) p) newest
    where matches.scanned < 10000 and matches.found < 10000 and matches.month > first_month)
  select newest.id from matches
  cross join unnest(matches.ids, matches.relevances) with ordinality as newest (id, relevance, position)
  order by matches.scanned, newest.position limit 10000) matches;

-- countMatches, of days
select count(*)::integer as amount
from (select from paper p where p.published_at >= (($1::date)::timestamp at time zone 'UTC') limit $2) counted;

-- facetsOf, keywords
/* prepared */ select v.value, count(*)::integer as papers from (
  select unnest(p.keyword_keys) as value
  from paper p
  where p.id = any(array(with recursive search_plan as materialized (select array[$1]::tsquery[] as parts),
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
            (first_month, null::text, months_left <= 12 * months_seen and per_month * months_left <= 1000),
            ((matches.month - 1) / 12 * 12, ((matches.month - 1) / 12)::text, months_seen > 0 and per_month * 12 <= 1000),
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
            limit 1000 - matches.scanned) p) newest
        where matches.scanned < 1000 and matches.found < 1000 and matches.month > first_month)
      select newest.id from matches
      cross join unnest(matches.ids, matches.relevances) with ordinality as newest (id, relevance, position)
      order by matches.scanned, newest.position limit 1000))) v
where v.value is not null group by v.value order by papers desc, v.value limit $6;

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
  limit 200),
matching_keywords as (
  (select k.key from keyword k, input
    where (k.key like input.pattern || '%' or k.key like '% ' || input.pattern || '%')
    limit 200)
  union
  (select k.key from keyword k
    where translate(k.key, '-_./ ', '') ~>=~ (select solid from input)
    and translate(k.key, '-_./ ', '') ~<~ (select solid || $4::text from input)
    and length((select solid from input)) > 4
    order by translate(k.key, '-_./ ', '') using ~<~
    limit 200)),
matching_organizations as (
  select o.name, coalesce(o.full_name, o.name) as text from organization o, input
  where ((folded(o.name) || ' ' || folded(coalesce(o.full_name, ''))) like input.pattern || '%' or (folded(o.name) || ' ' || folded(coalesce(o.full_name, ''))) like '% ' || input.pattern || '%')
  limit 200),
ranked as (
  select 'author' as kind, name as key, name as text,
  row_number() over (order by (select count(*) from (select from paper_author pa where pa.author_name = name
        limit 300) c) desc, name) as position from matching_authors
  union all
  select 'keyword', key, key,
  row_number() over (order by (select count(*) from (select from paper_keyword pk where pk.keyword_key = key
        limit 300) c) desc, key) from matching_keywords
  union all
  select 'organization', name, text,
  row_number() over (order by (select count(*) from (select from paper p where p.organization_name = name
        limit 300) c) desc, name) from matching_organizations
)
select kind, key, text from ranked, input
order by folded(text) like input.pattern desc, position, kind limit $5;

-- matchFilters
select p.id as "paperId", f.index as "filterIndex" from paper p join (
  select g.index, g."text"::tsquery as "text", g."arxivIds", g."authors", g."organizations", g."organizationWords", g."excludedOrganizationWords", g."keywords", g."submitters", g."categories", g."publishedFrom", g."publishedTo", g."notPublishedIn", g."editionFrom", g."editionTo", g."minUpvotes", g."hasCode", g."hasProjectPage", g."hasMedia", g."withdrawn"
  from jsonb_to_recordset($1::jsonb) as g (index integer, "arxivIds" text[], "text" text, "authors" text[], "organizations" text[], "organizationWords" text[], "excludedOrganizationWords" text[], "keywords" text[], "submitters" text[], "categories" text[], "publishedFrom" date, "publishedTo" date, "notPublishedIn" daterange[], "editionFrom" date, "editionTo" date, "minUpvotes" integer, "hasCode" boolean, "hasProjectPage" boolean, "hasMedia" boolean, "withdrawn" boolean) offset 0) as f on ((f."arxivIds" is null) or p.arxiv_id = any(f."arxivIds"))
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
and ((f."excludedOrganizationWords" is null) or not exists (select
    from organization o
    where o.name = p.organization_name and exists (select from unnest(f."excludedOrganizationWords") as wanted (words)
      where strpos((' ' || translate(folded(o.name || ' ' || coalesce(o.full_name, '')), '-_./', '    ') || ' '), (' ' || translate(folded(wanted.words), '-_./', '    ') || ' ')) > 0)))
and ((f."notPublishedIn" is null) or not exists (select
    from unnest(f."notPublishedIn") as excluded (days)
    where p.published_on <@ excluded.days))
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
