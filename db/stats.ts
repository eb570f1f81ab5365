import { sql } from 'kysely'
import type { Db } from './database.ts'
import type { PeriodKind } from './model/period.ts'

/** The number of papers and of editions in the database. */
export async function countStored(db: Db): Promise<{ papers: number; editions: number }> {
  return await db
    .selectNoFrom((eb) => [
      eb
        .selectFrom('paper')
        .select(({ fn }) => fn.countAll<number>().as('papers'))
        .$asScalar()
        .$notNull()
        .as('papers'),
      eb
        .selectFrom('edition')
        .select(({ fn }) => fn.countAll<number>().as('editions'))
        .$asScalar()
        .$notNull()
        .as('editions'),
    ])
    .executeTakeFirstOrThrow()
}

/** What the editions of one day, week or month brought. */
export interface StatsPoint {
  /** The first day. */
  start: string
  /** Papers listed for the first time. */
  papers: number
  /** Upvotes and comments that these have now. */
  upvotes: number
  comments: number
}

/** One point for each period of the kind that begins from a day to a day; those without papers are zero. */
export async function statsBetween(
  db: Db,
  kind: PeriodKind,
  from: string,
  to: string,
  end: string,
): Promise<StatsPoint[]> {
  const { rows } = await sql<StatsPoint>`
    select start::date as start, coalesce(papers, 0)::integer as papers, coalesce(upvotes, 0)::integer as upvotes,
      coalesce(comments, 0)::integer as comments
    from generate_series(${from}::timestamp, ${to}::timestamp, ('1 ' || ${kind})::interval) as start
    left join (
      select date_trunc(${kind}, p.first_listed_on::timestamp) as start, count(*) as papers, sum(p.upvotes) as upvotes,
        sum(p.comment_count) as comments
      from paper p where p.first_listed_on between ${from}::date and ${end}::date group by 1
    ) counted using (start) order by start`.execute(db)
  return rows
}

export interface KeywordTrend {
  key: string
  papers: number
  /** In the time of the same length just before. */
  previous: number
}

/** The keywords of the papers first listed from a day to a day, those with the most papers first. */
export async function topKeywords(
  db: Db,
  from: string,
  to: string,
  previousFrom: string,
  limit: number,
): Promise<KeywordTrend[]> {
  const { rows } = await sql<KeywordTrend>`
    with now as materialized (
      select k.key, count(*)::integer as papers from paper p, unnest(p.keyword_keys) as k (key)
      where p.first_listed_on between ${from}::date and ${to}::date
      group by k.key order by papers desc, k.key limit ${limit}),
    before as materialized (
      select k.key, count(*)::integer as papers from paper p, unnest(p.keyword_keys) as k (key)
      where p.first_listed_on >= ${previousFrom}::date and p.first_listed_on < ${from}::date
        and k.key in (select key from now)
      group by k.key)
    select now.key, now.papers, coalesce(before.papers, 0) as previous
    from now left join before using (key) order by now.papers desc, now.key`.execute(db)
  return rows
}

/** Papers that one object's counts look at, those stored last: only the commonest keywords have more. */
export const countedPapers = 2000

const counted = sql.lit(countedPapers)

/** The ids of papers of the owner `k.key`. */
const idsOf = {
  author: sql`select distinct pa.paper_id as id from paper_author pa where pa.author_name = k.key
    order by id desc limit ${counted}`,
  keyword: sql`select pk.paper_id as id from paper_keyword pk where pk.keyword_key = k.key
    order by id desc limit ${counted}`,
  organization: sql`select p.id from paper p where p.organization_name = k.key
    order by p.published_at desc, p.id desc limit ${counted}`,
  account: sql`select distinct pa.paper_id as id from paper_author pa where pa.account_name = k.key
    order by id desc limit ${counted}`,
} as const

export type OwnerKind = keyof typeof idsOf

export interface YearCount {
  year: number
  papers: number
}

/** Papers per year of publication of each author, keyword, organization or account, the newest year first. */
export async function papersPerYear(
  db: Db,
  kind: OwnerKind,
  keys: readonly string[],
): Promise<Map<string, YearCount[]>> {
  const { rows } = await sql<YearCount & { owner: string }>`
    select k.key as owner, y.* from unnest(${keys}::text[]) as k (key) cross join lateral (
      select extract(year from p.published_on)::integer as year, count(*)::integer as papers
      from (${idsOf[kind]}) m join paper p on p.id = m.id group by 1
    ) y order by k.key, y.year desc`.execute(db)
  return Map.groupBy(rows, (row) => row.owner)
}

/** Papers of an author that are looked at for co-authors, those stored last; some have hundreds of them. */
export const coAuthoredPapers = 500

export interface CoAuthor {
  name: string
  papers: number
}

/** With whom each author wrote most papers. */
export async function coAuthorsOf(
  db: Db,
  names: readonly string[],
  limit: number,
): Promise<Map<string, CoAuthor[]>> {
  const { rows } = await sql<CoAuthor & { owner: string }>`
    select k.key as owner, c.* from unnest(${names}::text[]) as k (key) cross join lateral (
      select other.name, count(distinct m.id)::integer as papers
      from (select id from (${idsOf.author}) newest limit ${sql.lit(coAuthoredPapers)}) m
      join paper p on p.id = m.id, unnest(p.author_names) as other (name)
      where other.name <> k.key group by other.name order by papers desc, other.name limit ${limit}
    ) c order by k.key, c.papers desc, c.name`.execute(db)
  return Map.groupBy(rows, (row) => row.owner)
}
