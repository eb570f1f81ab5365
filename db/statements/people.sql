-- The statements that the functions of db send, written by tests/queries/printed-statements.test.ts.
-- After a change: npx vitest run tests/queries/printed-statements.test.ts --update

-- accountsByNames
select /* prepared */ *
from "account"
where "name" = any($1);

-- organizationsByNames
select /* prepared */ *
from "organization"
where "name" = any($1);

-- authorsByNames
select /* prepared */ "name"
from "author"
where "name" = any($1);

-- keywordsByKeys
select /* prepared */ "key"
from "keyword"
where "key" = any($1);

-- authorsAtPositions
select /* prepared */ "pa".* from unnest($1::bigint[],
  $2::integer[]) as k ("paperId", position)
inner join "paper_author" as "pa" on "pa"."paper_id" = "k"."paperId"
and "pa"."position" = "k"."position";

-- accountsByAuthors
select /* prepared */ "k"."key" as "author_name", "linked".*
from unnest($1::text[]) as k (key)
cross join lateral (select "a".*, count(*) as "papers"
  from "paper_author" as "pa"
  inner join "account" as "a" on "a"."name" = "pa"."account_name"
  where "pa"."author_name" = "k"."key"
  group by "a"."name"
  order by "papers" desc, "a"."name"
  limit $2) as "linked"
order by "k"."key", "linked"."papers" desc, "linked"."name";

-- papersPerYear, of keywords
select k.key as owner, y.* from unnest($1::text[]) as k (key) cross join lateral (
  select extract(year from p.published_on)::integer as year, count(*)::integer as papers
  from (select pk.paper_id as id from paper_keyword pk where pk.keyword_key = k.key
    order by id desc limit 2000) m join paper p on p.id = m.id group by 1
) y order by k.key, y.year desc;

-- coAuthorsOf
select k.key as owner, c.* from unnest($1::text[]) as k (key) cross join lateral (
  select other.name, count(distinct m.id)::integer as papers
  from (select id from (select distinct pa.paper_id as id from paper_author pa where pa.author_name = k.key
      order by id desc limit 2000) newest limit 500) m
  join paper p on p.id = m.id, unnest(p.author_names) as other (name)
  where other.name <> k.key group by other.name order by papers desc, other.name limit $2
) c order by k.key, c.papers desc, c.name;
