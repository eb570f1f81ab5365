import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'
import { computedOrders } from '../lists/orders.ts'
import { type List, preparedMark } from '../lists/page.ts'
import { titleKey } from '../model/text.ts'
import { type PaperColumn, selectPaper } from '../papers.ts'
import { unseen } from '../prepared.ts'
import { type CanonicalFilter, filterConditions, textQueryOfFilter } from './filter.ts'
import { hasOnePlan, newestMatches, newestProminent } from './matches.ts'

/** Of a search that finds more, only the newest are ranked and counted, which makes common words affordable. */
export const rankedAtMost = 1000
/** Of papers that lack a word in the title and the keywords, the newest are looked at for which words stand beside each other. */
const nearAtMost = 200

export interface RelevanceOptions {
  /** Rows that are wanted at most, from the first; undefined for any. */
  readonly firstRows?: number | undefined
  /** Whether the first row has the ids of the newest `rankedAtMost` matches, in `match_ids`. */
  readonly withIds?: boolean
}

/**
 * The papers of a filter with a text, the best match first:
 *
 * - those whose title is the text (relevance 2 to 3), then those whose title holds it (1 to 2),
 * - those with all its words in the title or among the keywords (0.1 to 1), by `ts_rank` of these (title 1.0, keywords
 *   0.4), divided by 1 + log(number of words), and by how many of its words stand there beside the same neighbour,
 * - the others (less than 0.1), by how many of its words stand in the abstract beside the same neighbour, which is looked
 *   at for the newest `nearAtMost`; else the newest first.
 *
 * The index tells the third kind from the fourth, so that those that are not shown are not looked at ("tiered indexes":
 * Manning, Raghavan and Schütze, "Introduction to Information Retrieval", 2008, 7.2.1). Of each of the last two kinds the
 * newest `rankedAtMost` take part.
 */
export function listByRelevance(
  filter: CanonicalFilter,
  wanted?: ReadonlySet<PaperColumn>,
  { firstRows, withIds = false }: RelevanceOptions = {},
): List {
  const text = String(filter.text ?? '')
  const key = titleKey(textQueryOfFilter(filter).wanted)
  const keys = [...new Set([key, titleKey(text)])].filter((one) => one !== '')
  const words = positiveQueryOf(filter)
  const { neighbours } = textQueryOfFilter(filter)
  const byWords = sql`case when p.ranked_words @@ ${words}
    then 0.1 + 0.8 * (${rankOf(words, neighbours)})
    else (extract(epoch from p.published_at)::float8 + 6.3e10) / 1e13 end`
  const inTitle = sql`case when p.title_key = any(${unseen(keys, 'text[]')}) then 2
    when strpos(' ' || p.title_key || ' ', ${` ${key || text} `}) > 0 then 1 else 0 end`
  const relevance = sql`${inTitle} + ${byWords}`
  const prominent = newestProminent(filter, rankedAtMost, relevance)
  const suffices = withIds ? undefined : firstRows
  const lookedAt = neighbours.length > 0 ? nearAtMost : 0
  const newest = newestMatches(
    filter,
    suffices === undefined ? rankedAtMost : Math.max(suffices, lookedAt),
    relevance,
  )
  // The relevance of all words in title and keywords counts neighbours already; that of the others does here.
  const others =
    lookedAt === 0
      ? sql`select * from newest`
      : sql`select newest.id,
          newest.relevance + coalesce(0.09 * ${nearness(sql`p.search`, neighbours)}, 0) as relevance
        from newest left join paper p
          on p.id = newest.id and newest.place <= ${sql.lit(lookedAt)} and newest.relevance < 0.1`
  const ids = sql`case when row_number() over (order by relevance desc, id desc) = 1
    then array(select id from other) end as match_ids`
  return {
    select: sql`${selectPaper(wanted)}, r.relevance${withIds ? sql`, r.match_ids` : sql``}`,
    from: sql`(
      with prominent as materialized (${prominent ?? sql`select null::bigint as id, null::float8 as relevance limit 0`}),
      newest as materialized (select *, row_number() over () as place from (${newest}) newest
        ${suffices === undefined ? sql`` : sql`where (select count(*) from prominent) < ${sql.lit(suffices)}`}),
      other as materialized (${others})
      select found.*${withIds ? sql`, ${ids}` : sql``} from (
        select id, relevance from prominent where relevance < 2
        union select id, relevance from other where relevance < 2
        union all (select p.id, 2 + ${byWords} from paper p where ${titleIs(filter, keys)} limit 100)) found
      order by relevance desc, id desc
    ) r join paper p on p.id = r.id`,
    where: [],
    order: computedOrders.RELEVANCE,
    prepared: hasOnePlan(filter),
  }
}

/** How well the title and the keywords have the words, and how many of the neighbours among these; less than 1. */
function rankOf(words: RawBuilder<unknown>, neighbours: readonly string[]): RawBuilder<unknown> {
  const rank = sql`ts_rank('{0.1, 0.4, 0.4, 1}', p.ranked_words, ${words}, 1)::float8`
  return sql`0.6 * ${rank} + 0.4 * ${nearness(sql`p.ranked_words`, neighbours)}`
}

/** The share of a text's neighbours that stand beside each other in a `tsvector`, too. */
function nearness(vector: RawBuilder<unknown>, neighbours: readonly string[]): RawBuilder<unknown> {
  return sql`(select count(*) from unnest(${unseen(neighbours, 'tsquery[]')}) as pair where ${vector} @@ pair) / ${Math.max(1, neighbours.length)}::float8`
}

/** The condition of papers of a filter whose title is the text, however old they are, without what the text excludes. */
function titleIs(filter: CanonicalFilter, keys: readonly string[]): RawBuilder<unknown> {
  const { text: _, ...others } = filter
  const { excluded } = textQueryOfFilter(filter)
  const conditions = [sql`p.title_key = any(${unseen(keys, 'text[]')})`, ...filterConditions(others)]
  if (excluded !== '') conditions.push(sql`not p.search @@ ${excluded}::tsquery`)
  return sql.join(conditions, sql` and `)
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

/** Papers to count facets of: a filter, with the ids of its newest `rankedAtMost` papers where they are known. */
export interface Matches {
  readonly filter: CanonicalFilter
  readonly ids?: readonly number[] | undefined
}

/** What the papers of a filter have most often in common, counted over the newest `rankedAtMost` of them. */
export async function facetsOf(
  db: Db,
  { filter, ids }: Matches,
  kind: FacetKind,
  limit: number,
): Promise<Facet[]> {
  // As an array, of which Postgres fetches the papers by key, whatever it expects the search to find.
  const matching = ids ? sql`${ids}::bigint[]` : sql`array(${newestMatches(filter, rankedAtMost)})`
  const { rows } = await sql<Facet>`
    ${preparedMark({ prepared: ids !== undefined || hasOnePlan(filter) })}select v.value, count(*)::integer as papers from (
      select ${facetValues[kind]} as value
      from paper p where p.id = any(${matching})) v
    where v.value is not null group by v.value order by papers desc, v.value limit ${limit}`.execute(db)
  return rows
}
