import { sql } from 'kysely'
import type { Db } from './database.ts'

/** A paper that has something in common with another one. */
export interface Related {
  paper_id: number
  related_id: number
  score: number
  /** The terms of both, those that count most first. */
  terms: string[]
  keyword_keys: string[]
  author_names: string[]
  same_repository: boolean
  same_organization: boolean
  same_edition: boolean
}

/** Papers that are looked at for each term, for each keyword and for each author, and for the repository. */
const perTerm = 200
const perKeyword = 100
const perAuthor = 10
const perRepository = 10
/** Of these, the papers of the best terms, of the most keywords and of the most authors that are compared. */
const byTerms = 50
const byKeywords = 20
const byAuthors = 5
/** Authors of the paper that are looked for on others: a paper of hundreds says little about each of them. */
export const authorsUsed = 20
/** Authors that lift a paper: more say no more of what it is about. */
const authorsCounted = 3

/**
 * The papers most related to each of these: (T + K / 5 + R / 2) * (1 + A / 10 + O / 20 + E / 50) + A / 1000, where
 *
 * - T is the share of the paper's terms that the other has, by BM25F weight and rarity (db/writer/related-terms.ts),
 * - K the share of its keywords, by rarity,
 * - R whether their code is in the same repository,
 * - A the number of shared authors, 3 at most,
 * - O whether they are of the same organization, and E whether an edition lists both.
 *
 * So names lift a paper that shares the subject, and come last where nothing else is shared. Candidates are the papers
 * in which each term weighs most ("champion lists": Manning, Raghavan and Schütze, "Introduction to Information
 * Retrieval", 2008, 7.1.3), and the papers stored last of each keyword, author and repository: what is read is bounded,
 * however many papers there are. The term index `paper_term_by_weight` returns a list without a look at papers.
 */
export async function relatedByPaperIds(
  db: Db,
  ids: readonly number[],
  limit: number,
): Promise<Map<number, Related[]>> {
  const { rows } = await sql<Related>`
    select k.key as paper_id, r.* from unnest(${ids}::bigint[]) as k (key) join paper o on o.id = k.key
    cross join lateral (
      with own_term as materialized (
        select t.term, t.weight, t.weight * coalesce(r.rarity, (select rarest from term_census)) as points
        from paper_term t left join term_rarity r on r.term = t.term
        where t.paper_id = o.id),
      by_term as (
        select t.paper_id, sum(own_term.points * t.weight) as points
        from own_term cross join lateral (
          select t.paper_id, t.weight from paper_term t where t.term = own_term.term
          order by t.weight desc, t.paper_id desc limit ${sql.lit(perTerm)}) t
        where t.paper_id <> o.id
        group by t.paper_id order by points desc, t.paper_id desc limit ${sql.lit(byTerms)}),
      of_keyword as materialized (
        select own.key, of_key.paper_ids, ln(1 + ${sql.lit(500)} / cardinality(of_key.paper_ids)::float8) as points
        from unnest(o.keyword_keys) as own (key) cross join lateral (
          select array(select pk.paper_id from paper_keyword pk where pk.keyword_key = own.key
            order by pk.paper_id desc limit ${sql.lit(perKeyword)}) as paper_ids offset 0) of_key
        where of_key.paper_ids <> '{}'),
      by_keyword as (
        select other.id from of_keyword cross join unnest(of_keyword.paper_ids) as other (id)
        where other.id <> o.id
        group by other.id order by sum(of_keyword.points) desc, other.id desc limit ${sql.lit(byKeywords)}),
      by_author as (
        select pa.paper_id from unnest(o.author_names[1:${sql.lit(authorsUsed)}]) as own (name) cross join lateral (
          select pa.paper_id from paper_author pa where pa.author_name = own.name
          order by pa.paper_id desc limit ${sql.lit(perAuthor)}) pa
        where pa.paper_id <> o.id
        group by pa.paper_id order by count(*) desc, pa.paper_id desc limit ${sql.lit(byAuthors)}),
      by_repository as (
        select p.id from paper p where lower(p.github_repo) = lower(o.github_repo) and p.id <> o.id
        order by lower(p.github_repo) desc, p.id desc limit ${sql.lit(perRepository)}),
      candidate as materialized (
        select paper_id as id from by_term union select id from by_keyword
        union select paper_id from by_author union select id from by_repository),
      scored as (
        select p.id, (coalesce(terms.points / (select sum(points * weight) from own_term), 0)
            + coalesce(keywords.points / (select sum(points) from of_keyword), 0) / 5 + (case when shared.repository then 0.5 else 0 end))
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
          select least(count(*), ${sql.lit(authorsCounted)})::float8 as counted
          from unnest(o.author_names[1:${sql.lit(authorsUsed)}]) as own (name) where own.name = any(p.author_names)) authors
        cross join lateral (
          select coalesce(lower(p.github_repo) = lower(o.github_repo), false) as repository,
            coalesce(p.organization_name = o.organization_name, false) as organization,
            p.listed_on && o.listed_on as edition) shared
        order by score desc, p.id desc limit ${limit})
      select best.id as related_id, best.score, best.repository as same_repository,
        best.organization as same_organization, best.edition as same_edition,
        array(select t.term from paper_term t join own_term on own_term.term = t.term
          where t.paper_id = best.id order by own_term.points * t.weight desc, t.term) as terms,
        array(select distinct own.key from unnest(o.keyword_keys) as own (key)
          where own.key = any(p.keyword_keys) order by 1) as keyword_keys,
        array(select distinct own.name from unnest(o.author_names[1:${sql.lit(authorsUsed)}]) as own (name)
          where own.name = any(p.author_names) order by 1) as author_names
      from scored best join paper p on p.id = best.id
    ) r order by k.key, r.score desc, r.related_id desc`.execute(db)
  return Map.groupBy(rows, (row) => row.paper_id)
}
