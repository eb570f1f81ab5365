import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'
import { computedOrders } from '../lists/orders.ts'
import { type List, preparedMark } from '../lists/page.ts'
import { titleKey } from '../model/text.ts'
import { type PaperColumn, selectPaper } from '../papers.ts'
import { type CanonicalFilter, filterConditions, textQueryOfFilter } from './filter.ts'
import { hasOnePlan, newestMatches } from './matches.ts'

/** Of a search that finds more, only the newest are ranked and counted, which makes common words affordable. */
export const rankedAtMost = 1000

/**
 * The papers of a filter with a text, the best match first: those whose title is the text, then those whose title holds
 * it, and within each by `ts_rank` of the words of title (1.0) and keywords (0.4), divided by 1 + log(their number).
 * Only the newest `rankedAtMost` matches take part, and those whose title is the text. `found` is how many matches do.
 */
export function listByRelevance(filter: CanonicalFilter, wanted?: ReadonlySet<PaperColumn>): List {
  const text = String(filter.text ?? '')
  const key = titleKey(textQueryOfFilter(filter).wanted)
  const keys = [...new Set([key, titleKey(text)])].filter((one) => one !== '')
  // The few words of title and keywords are in the row; all words of a paper take long to fetch.
  const rank = sql`ts_rank('{0.1, 0.4, 0.4, 1}', coalesce(p.ranked_words, p.search), ${positiveQueryOf(filter)}, 1)::float8`
  const inTitle = sql`case when p.title_key = any(${keys}::text[]) then 2
    when strpos(' ' || p.title_key || ' ', ${` ${key || text} `}) > 0 then 1 else 0 end`
  return {
    select: sql`${selectPaper(wanted)}, r.relevance, r.found`,
    from: sql`(
      with ranked as materialized (${newestMatches(filter, rankedAtMost, sql`${inTitle} + ${rank}`)})
      select found.*, (select count(*)::integer from ranked) as found from (
        select id, relevance from ranked where relevance < 2
        union all (select p.id, 2 + ${rank} from paper p where ${titleIs(filter, keys)} limit 100)) found
      order by relevance desc, id desc
    ) r join paper p on p.id = r.id`,
    where: [],
    order: computedOrders.RELEVANCE,
    prepared: hasOnePlan(filter),
  }
}

/** The condition of papers of a filter whose title is the text, however old they are, without what the text excludes. */
function titleIs(filter: CanonicalFilter, keys: readonly string[]): RawBuilder<unknown> {
  const { text: _, ...others } = filter
  const { excluded } = textQueryOfFilter(filter)
  const conditions = [sql`p.title_key = any(${keys}::text[])`, ...filterConditions(others)]
  if (excluded !== '') conditions.push(sql`not p.search @@ ${excluded}::tsquery`)
  return sql.join(conditions, sql` and `)
}

/** As an array, of which Postgres fetches the papers by key, whatever it expects the search to find. */
function newestIds(filter: CanonicalFilter): RawBuilder<unknown> {
  return sql`array(${newestMatches(filter, rankedAtMost)})`
}

/** The text of a filter without its excluded words, which ts_rank would take for words that are missing. */
function positiveQueryOf(filter: CanonicalFilter): RawBuilder<unknown> {
  const { query, positive } = textQueryOfFilter(filter)
  return sql`${positive || query}::tsquery`
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
    ${preparedMark({ prepared: hasOnePlan(filter) })}select v.value, count(*)::integer as papers from (
      select ${facetValues[kind]} as value
      from paper p where p.id = any(${newestIds(filter)})) v
    where v.value is not null group by v.value order by papers desc, v.value limit ${limit}`.execute(db)
  return rows
}
