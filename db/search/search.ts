import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'
import { computedOrders } from '../lists/orders.ts'
import type { List } from '../lists/page.ts'
import { type PaperColumn, selectPaper } from '../papers.ts'
import type { CanonicalFilter } from './filter.ts'
import { newestMatches } from './matches.ts'

/** Of a search that finds more, only the newest are ranked and counted, which makes common words affordable. */
export const rankedAtMost = 1000

/**
 * The papers of a filter with a text, the best match first: `ts_rank` with Postgres' own weights (title 1.0; authors
 * and keywords 0.4; abstract 0.1), divided by 1 + log(length). Only the newest `rankedAtMost` matches take part.
 */
export function listByRelevance(filter: CanonicalFilter, wanted?: ReadonlySet<PaperColumn>): List {
  return {
    select: sql`${selectPaper(wanted)}, r.relevance`,
    from: sql`(
      select p.id, ts_rank(p.search, ${positiveQueryOf(filter)}, 1)::float8 as relevance
      from paper p where p.id = any(${newestIds(filter)})
    ) r join paper p on p.id = r.id`,
    where: [],
    order: computedOrders.RELEVANCE,
  }
}

/** As an array, of which Postgres fetches the papers by key, whatever it expects the search to find. */
function newestIds(filter: CanonicalFilter): RawBuilder<unknown> {
  return sql`array(${newestMatches(filter, rankedAtMost)})`
}

/** The parsed text of a filter. A paper found by its arXiv id is matched by no word. */
function queryOf({ text }: CanonicalFilter): RawBuilder<unknown> {
  return sql`websearch_to_tsquery('papers', ${text ?? ''}::text)`
}

/** The same without its excluded words, which ts_rank would take for words that are missing. */
function positiveQueryOf(filter: CanonicalFilter): RawBuilder<unknown> {
  return sql`(select case when querytree(query) in ('', 'T') then query else querytree(query)::tsquery end
    from (select ${queryOf(filter)} as query) parsed)`
}

/** A value that papers have in common, and the number of papers that have it. */
export interface Facet {
  value: string
  papers: number
}

export type FacetKind = 'keywords' | 'organizations' | 'years'

const facetValues: Record<FacetKind, RawBuilder<unknown>> = {
  keywords: sql`unnest(p.keyword_keys)`,
  organizations: sql`p.organization_name`,
  years: sql`extract(year from p.published_on)::integer::text`,
}

/** What the papers of a filter have most often in common, counted over the newest `rankedAtMost` of them. */
export async function facetsOf(
  db: Db,
  filter: CanonicalFilter,
  kind: FacetKind,
  limit: number,
): Promise<Facet[]> {
  const { rows } = await sql<Facet>`
    select v.value, count(*)::integer as papers from (
      select ${facetValues[kind]} as value
      from paper p where p.id = any(${newestIds(filter)})) v
    where v.value is not null group by v.value order by papers desc, v.value limit ${limit}`.execute(db)
  return rows
}

/** The signs around each word that matched, from the private use area, which no stored text uses. */
export const highlightStart = '\u{e000}'
export const highlightStop = '\u{e001}'

/**
 * ts_headline takes `<EOS>` for a tag and leaves it out. While it works, control characters replace the signs of
 * markup: it takes them for signs between words, which it does with no character beyond ASCII.
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
