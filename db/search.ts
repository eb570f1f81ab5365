import { type RawBuilder, sql } from 'kysely'
import type { Db } from './database.ts'
import type { CanonicalFilter } from './filter.ts'
import { filterConditions } from './filter.ts'
import { computedOrders } from './orders.ts'
import type { List } from './page.ts'
import { type PaperColumn, selectPaper } from './papers.ts'

/** Of a search that finds more, the newest so many are ranked and counted: what makes common words affordable. */
export const rankedAtMost = 500

/** A filter and about how many papers it finds, which decides how they are found. */
export interface Search {
  readonly filter: CanonicalFilter
  /** As the planner of Postgres estimates, from its statistics of words. */
  readonly estimate: number
  /** Papers in all, by the same statistics. */
  readonly stored: number
}

/** Asks the planner how many papers a filter finds; nothing is searched. */
export async function planSearch(db: Db, filter: CanonicalFilter): Promise<Search> {
  const { rows } = await sql<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>`
    explain (format json) select from paper p ${where(filterConditions(filter))}`.execute(db)
  const stored = await sql<{ stored: number }>`
    select greatest(reltuples, 0)::float8 as stored from pg_class where oid = 'paper'::regclass`.execute(db)
  return {
    filter,
    estimate: rows[0]?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0,
    stored: stored.rows[0]?.stored ?? 0,
  }
}

/**
 * The papers of a filter with a text, the best match first: `ts_rank` with Postgres' own weights (title 1.0; authors
 * and keywords 0.4; abstract 0.1), divided by 1 + log(length). Only the newest `rankedAtMost` matches take part.
 */
export function listByRelevance(search: Search, wanted?: ReadonlySet<PaperColumn>): List {
  return {
    select: sql`${selectPaper(wanted)}, r.relevance`,
    from: sql`(
      select m.id, ts_rank(m.search, ${queryOf(search.filter)}, 1)::float8 as relevance
      from (${newestMatches(search, 'search')}) m
    ) r join paper p on p.id = r.id`,
    where: [],
    order: computedOrders.RELEVANCE,
  }
}

/** Below so many matches, all are fetched by the index of words and sorted. */
const fetchedAtMost = 10_000
/** From this share of all papers on, reading the newest papers one by one meets enough matches soon. */
const commonShare = 0.08

/**
 * The newest matches of a search. Rare words are found by the index of words; words that are everywhere by reading
 * the newest papers until there are enough. In between, the first would fetch and the second would read tens of
 * thousands: the index of words is read for the newest papers alone, as many as should hold three times enough, and
 * for all where they do not.
 */
function newestMatches(
  { filter, estimate, stored }: Search,
  column: PaperColumn | 'search',
): RawBuilder<unknown> {
  const columns = sql.raw(`p.id, p.published_at, p.${column}`)
  const conditions = filterConditions(filter)
  const newest = sql`order by p.published_at desc, p.id desc limit ${sql.lit(rankedAtMost)}`
  if (stored > 0 && estimate > stored * commonShare)
    return sql`select ${columns} from paper p ${where(conditions)} ${newest}`
  // offset 0 keeps the planner from reading in the order of the index of dates.
  const byWords = (within: readonly RawBuilder<unknown>[]) =>
    sql`select ${columns} from (select p.* from paper p ${where([...conditions, ...within])} offset 0) p`
  if (estimate <= fetchedAtMost) return sql`${byWords([])} ${newest}`
  const enough = Math.ceil((3 * rankedAtMost * stored) / estimate)
  const recent = sql`p.published_at >= (
    select q.published_at from paper q order by q.published_at desc offset ${enough} limit 1)`
  return sql`
    with recent as materialized (${byWords([recent])} ${newest})
    select * from recent where (select count(*) from recent) = ${sql.lit(rankedAtMost)}
    union all (${byWords([sql`(select count(*) from recent) < ${sql.lit(rankedAtMost)}`])} ${newest})`
}

/**
 * How many papers a filter finds, up to `most`. Where the planner expects far more, they are not counted: for words
 * that are in every tenth paper that takes a second on a million papers.
 */
export async function countSearch(db: Db, { filter, estimate }: Search, most: number): Promise<number> {
  if (estimate > 2 * most) return most
  const { rows } = await sql<{ amount: number }>`
    select count(*)::integer as amount from (select from paper p ${where(filterConditions(filter))} offset 0) found`.execute(
    db,
  )
  return Math.min(most, rows[0]?.amount ?? 0)
}

function where(conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`
}

/** The parsed text of a filter. A paper found by its arXiv id is matched by no word. */
function queryOf({ text }: CanonicalFilter): RawBuilder<unknown> {
  return sql`websearch_to_tsquery('papers', ${text ?? ''}::text)`
}

/** How often something stands in the papers found. */
export interface Facet {
  value: string
  papers: number
}

export type FacetKind = 'keywords' | 'organizations' | 'years'

const facets = {
  keywords: { column: 'keyword_keys', value: sql`unnest(m.keyword_keys)` },
  organizations: { column: 'organization_name', value: sql`m.organization_name` },
  years: { column: 'published_on', value: sql`extract(year from m.published_on)::integer::text` },
} as const

/** What the papers of a search have most often in common, counted over the newest `rankedAtMost` of them. */
export async function facetsOf(db: Db, search: Search, kind: FacetKind, limit: number): Promise<Facet[]> {
  const { column, value } = facets[kind]
  const { rows } = await sql<Facet>`
    select v.value, count(*)::integer as papers
    from (select ${value} as value from (${newestMatches(search, column)}) m) v
    where v.value is not null group by v.value order by papers desc, v.value limit ${limit}`.execute(db)
  return rows
}

/** Between these stand the words that matched; they are in the private use area, where no text of ours is. */
export const highlightStart = '\u{e000}'
export const highlightStop = '\u{e001}'

/**
 * ts_headline takes `<EOS>` for a tag and leaves it out. While it works, control characters stand for the signs of
 * markup: it takes them for signs between words, as it would no character beyond ASCII.
 */
const markup = '<>&'
const masks = '\u0001\u0002\u0003'

/** Texts of papers with the words of a search marked. */
export interface Highlight {
  id: number
  /** The whole title. */
  title: string
  /** Up to three pieces of the abstract; null without one. */
  abstract: string | null
}

/** Marks the words of a search in papers; `titleOnly` where the abstracts are not asked for, as they cost more. */
export async function highlightsByPaperIds(
  db: Db,
  ids: readonly number[],
  filter: CanonicalFilter,
  titleOnly: boolean,
): Promise<Map<number, Highlight>> {
  const query = queryOf(filter)
  const marks = `StartSel="${highlightStart}", StopSel="${highlightStop}"`
  const headline = (text: RawBuilder<unknown>, options: string) => sql`translate(ts_headline('papers',
    translate(${text}, ${markup + highlightStart + highlightStop + masks}::text, ${masks}::text), ${query},
    ${`${marks}, ${options}`}), ${masks}::text, ${markup}::text)`
  const { rows } = await sql<Highlight>`
    select p.id, ${headline(sql`p.title`, 'HighlightAll=true')} as title,
      case when not ${titleOnly}::boolean then
        ${headline(sql`p.abstract`, 'MaxFragments=3, MinWords=8, MaxWords=30, FragmentDelimiter=" … "')} end as abstract
    from paper p where p.id = any(${ids}::bigint[])`.execute(db)
  return new Map(rows.map((row) => [row.id, row]))
}
