-- The statements that the functions of db send, written by tests/queries/printed-statements.test.ts.
-- After a change: npx vitest run tests/queries/printed-statements.test.ts --update

-- papersByKeys, by one arXiv id
/* prepared */
select p.arxiv_id as key, p.id, p.title, p.upvotes from paper p
where p.arxiv_id = any((select $1::text[])::text[]);

-- papersByKeys, by ids
/* prepared */
select p.id as key, p.id, p.title, p.upvotes from paper p
where p.id = any((select $1::bigint[])::bigint[]);

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

-- detailsByPaperIds
select /* prepared */ *
from "paper_detail"
where "paper_id" = any($1);

-- votesByPaperIds
select /* prepared */ *
from "paper_vote"
where "paper_id" = any($1)
order by "paper_id", "votes" desc, "site";

-- papersToReadAlone
select "p"."arxiv_id"
from "paper" as "p"
left join "paper_detail" as "d" on "d"."paper_id" = "p"."id"
where "p"."id" in (select "paper_id"
  from "listing"
  where "edition_date" >= $1) and "p"."arxiv_id" is not null and ("d"."read_at" is null or "d"."read_at" < $2)
order by "d"."read_at" asc nulls first, "p"."last_listed_on" desc, "p"."id"
limit 15;

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
select p.id, t.as_of, origin.since, trend.*
from (select $1::timestamptz as as_of, $2::timestamptz as known_at) t
cross join paper p
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
) gains) trend where p.id = any($3::bigint[]);

-- currentMoment
select greatest(
  (select max(edition_date) from listing where edition_date <= $1::date),
  (select p.published_at::date from (
      select id, published_at from paper where published_at <= $2
      order by published_at desc limit 10000
    ) p
    where exists (select from paper_history h where h.paper_id = p.id)
    order by p.published_at desc limit 1)
) as newest;

-- relatedByPaperIds
select k.key as paper_id, r.* from unnest($1::bigint[]) as k (key) join paper o on o.id = k.key
cross join lateral (
  with own_term as materialized (
    select t.term, t.weight, t.weight * coalesce(r.rarity, (select rarest from term_census)) as points
    from paper_term t left join term_rarity r on r.term = t.term
    where t.paper_id = o.id),
  by_term as (
    select t.paper_id, sum(own_term.points * t.weight) as points
    from own_term cross join lateral (
      select t.paper_id, t.weight from paper_term t where t.term = own_term.term
      order by t.weight desc, t.paper_id desc limit 200) t
    where t.paper_id <> o.id
    group by t.paper_id order by points desc, t.paper_id desc limit 50),
  of_keyword as materialized (
    select own.key, of_key.paper_ids, ln(1 + 500 / cardinality(of_key.paper_ids)::float8) as points
    from unnest(o.keyword_keys) as own (key) cross join lateral (
      select array(select pk.paper_id from paper_keyword pk where pk.keyword_key = own.key
        order by pk.paper_id desc limit 100) as paper_ids offset 0) of_key
    where of_key.paper_ids <> '{}'),
  by_keyword as (
    select other.id from of_keyword cross join unnest(of_keyword.paper_ids) as other (id)
    where other.id <> o.id
    group by other.id order by sum(of_keyword.points) desc, other.id desc limit 20),
  by_author as (
    select pa.paper_id from unnest(o.author_names[1:20]) as own (name) cross join lateral (
      select pa.paper_id from paper_author pa where pa.author_name = own.name
      order by pa.paper_id desc limit 10) pa
    where pa.paper_id <> o.id
    group by pa.paper_id order by count(*) desc, pa.paper_id desc limit 5),
  by_repository as (
    select p.id from paper p where lower(p.github_repo) = lower(o.github_repo) and p.id <> o.id
    order by lower(p.github_repo) desc, p.id desc limit 10),
  candidate as materialized (
    select paper_id as id from by_term union select id from by_keyword
    union select paper_id from by_author union select id from by_repository),
  scored as (
    select p.id, (coalesce(terms.points / (select sum(points * weight) from own_term), 0)
      + coalesce(keywords.points / (select sum(points)
          from of_keyword), 0) / 5 + (case when shared.repository then 0.5 else 0 end))
    * (1 + authors.counted / 10 + (case when shared.organization then 0.05 else 0 end)
      + (case when shared.edition then 0.02 else 0 end))
    + authors.counted / 1000 as score, shared.*
    from candidate join paper p on p.id = candidate.id and p.withdrawn_at is null
    cross join lateral (
      select sum(own_term.points * t.weight) as points from (
        select t.term, t.weight from paper_term t where t.paper_id = candidate.id offset 0) t -- not all of a term
      join own_term on own_term.term = t.term) terms
    cross join lateral (
      select sum(of_keyword.points) as points from of_keyword where of_keyword.key = any(p.keyword_keys)) keywords
    cross join lateral (
      select least(count(*), 3)::float8 as counted
      from unnest(o.author_names[1:20]) as own (name) where own.name = any(p.author_names)) authors
    cross join lateral (
      select coalesce(lower(p.github_repo) = lower(o.github_repo), false) as repository,
      coalesce(p.organization_name = o.organization_name, false) as organization,
      p.listed_on && o.listed_on as edition) shared
    order by score desc, p.id desc limit $2)
  select best.id as related_id, best.score, best.repository as same_repository,
  best.organization as same_organization, best.edition as same_edition,
  array(select t.term from paper_term t join own_term on own_term.term = t.term
    where t.paper_id = best.id order by own_term.points * t.weight desc, t.term) as terms,
  array(select distinct own.key from unnest(o.keyword_keys) as own (key)
    where own.key = any(p.keyword_keys) order by 1) as keyword_keys,
  array(select distinct own.name from unnest(o.author_names[1:20]) as own (name)
    where own.name = any(p.author_names) order by 1) as author_names
  from scored best join paper p on p.id = best.id
) r order by k.key, r.score desc, r.related_id desc;
