import { type RawBuilder, sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import { computedOrders } from '../lists/orders.ts'
import type { List } from '../lists/page.ts'
import { titleKey } from '../model/text.ts'
import { columnsText, type PaperColumn, selectPaper } from '../papers.ts'
import { slot, unseen } from '../prepared.ts'
import { type CanonicalFilter, filterConditions, filterOfTextQuery, textQueryOfFilter } from './filter.ts'
import { hasOnePlan, newestMatches, newestProminent, shapeOfSearch } from './matches.ts'
import { clausesOf } from './query-text.ts'
import type { TextQuery } from './text-query.ts'

/** Of a search that finds more, only the newest are ranked and counted, which makes common words affordable. */
export const rankedAtMost = 1000
/** Of papers that lack a word in the title and the keywords, the newest are looked at for which words stand beside each other. */
const nearAtMost = 100

/** What a title that begins with the text has before one that holds it elsewhere: the paper of a model, say. Both stay below 2. */
const firstInTitle = 0.09

export interface RelevanceOptions {
  /** Rows that are wanted at most, from the first; undefined for any. */
  readonly firstRows?: number | undefined
  /** Whether the first row has the ids of the newest `rankedAtMost` matches, in `match_ids`. */
  readonly withIds?: boolean
  /** Whether there are few papers: see `isSmallLibrary`. */
  readonly isSmall?: boolean
}

/**
 * The papers of a filter with a text, the best match first:
 *
 * - those whose title is the text (relevance 2 to 3), then those whose title holds it (1 to 2, more at its begin),
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
  options: RelevanceOptions = {},
): List {
  const text = textQueryOfFilter(filter)
  const values = valuesOf(String(filter.text ?? ''), text)
  const shape = shapeOfSearch(filter)
  if (shape === undefined) return relevanceList(filter, values, wanted, options)
  const { firstRows, withIds = false, isSmall = false } = options
  const name = `relevance ${shape} ${firstRows} ${withIds} ${isSmall} ${values.neighbours.length > 0} ${columnsText(wanted)}`
  let list = lists.get(name)
  if (!list) {
    list = relevanceList(filterOfTextQuery(slotsOfPlans(text)), slotsOfValues(values), wanted, options)
    lists.set(name, list)
  }
  return { ...list, name, values: { ...values, ...valuesOfPlans(text) } }
}

/** By what makes up the statement: one that is made for each search takes a tenth of a millisecond, and 200 kB. */
const lists = new LRUCache<string, List>({ max: 200 })

/** What the relevance of a paper is judged by. */
interface RelevanceValues {
  /** A title that is the text. */
  readonly titleKeys: readonly string[]
  /** What a title holds that holds the text. */
  readonly phrase: string
  /** The text without its excluded words, which ts_rank would take for words that are missing. */
  readonly words: string
  readonly neighbours: readonly string[]
  /** The number of neighbours, at least 1. */
  readonly pairs: number | string
}

function valuesOf(typed: string, { query, positive, wanted, neighbours }: TextQuery): RelevanceValues {
  const key = titleKey(wanted)
  return {
    titleKeys: [...new Set([key, titleKey(typed)])].filter((one) => one !== ''),
    phrase: ` ${key || typed} `,
    words: positive || query,
    neighbours,
    pairs: Math.max(1, neighbours.length),
  }
}

/** The same with slots where each text has values of its own. */
function slotsOfValues({ neighbours }: RelevanceValues): RelevanceValues {
  return {
    titleKeys: [slot('titleKeys')],
    phrase: slot('phrase'),
    words: slot('words'),
    neighbours: neighbours.map(() => slot('neighbours')).slice(0, 1),
    pairs: slot('pairs'),
  }
}

/** How the index is asked, as far as it depends on the text. */
function valuesOfPlans({ prominent, ...text }: TextQuery): Readonly<Record<string, string>> {
  return {
    query: text.query,
    clauses: clausesOf(text),
    prominentQuery: prominent.query,
    prominentClauses: clausesOf(prominent),
  }
}

function slotsOfPlans(text: TextQuery): TextQuery {
  return {
    ...{ ...text, query: slot('query'), clauses: slot('clauses') },
    prominent: { ...text.prominent, query: slot('prominentQuery'), clauses: slot('prominentClauses') },
  }
}

function relevanceList(
  filter: CanonicalFilter,
  values: RelevanceValues,
  wanted: ReadonlySet<PaperColumn> | undefined,
  { firstRows, withIds = false, isSmall = false }: RelevanceOptions,
): List {
  const { titleKeys, phrase, neighbours } = values
  const byWords = sql`case when p.ranked_words @@ ${values.words}::tsquery
    then 0.1 + 0.8 * (${rankOf(values)})
    else (extract(epoch from p.published_at)::float8 + 6.3e10) / 1e13 end`
  const inTitle = sql`case when p.title_key = any(${unseen(titleKeys, 'text[]')}) then 2
    else case strpos(' ' || p.title_key || ' ', ${phrase}) when 0 then 0 when 1 then ${sql.lit(1 + firstInTitle)} else 1 end end`
  const relevance = sql`${inTitle} + ${byWords}`
  const prominent = newestProminent(filter, rankedAtMost, { relevance, isSmall })
  const suffices = withIds ? undefined : firstRows
  const lookedAt = neighbours.length > 0 ? nearAtMost : 0
  const newest = newestMatches(filter, suffices === undefined ? rankedAtMost : Math.max(suffices, lookedAt), {
    relevance,
    isSmall,
  })
  // The relevance of all words in title and keywords counts neighbours already; that of the others does here.
  const others =
    lookedAt === 0
      ? sql`select * from newest`
      : sql`select id, relevance + case when place <= ${sql.lit(lookedAt)} and relevance < 0.1
          then coalesce(0.09 * (select ${nearness(sql`p.search`, values)} from paper p where p.id = newest.id), 0)
          else 0 end as relevance from newest`
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
        union all (select p.id, 2 + ${byWords} from paper p where ${titleIs(filter, titleKeys)} limit 100)) found
      order by relevance desc, id desc
    ) r join paper p on p.id = r.id`,
    where: [],
    order: computedOrders.RELEVANCE,
    prepared: hasOnePlan(filter),
  }
}

/** How well the title and the keywords have the words, and how many of the neighbours among these; less than 1. */
function rankOf(values: RelevanceValues): RawBuilder<unknown> {
  const rank = sql`ts_rank('{0.1, 0.4, 0.4, 1}', p.ranked_words, ${values.words}::tsquery, 1)::float8`
  return sql`0.6 * ${rank} + 0.4 * ${nearness(sql`p.ranked_words`, values)}`
}

/** The share of a text's neighbours that stand beside each other in a `tsvector`, too. */
function nearness(vector: RawBuilder<unknown>, { neighbours, pairs }: RelevanceValues): RawBuilder<unknown> {
  if (neighbours.length === 0) return sql`0`
  return sql`(select count(*) from unnest(${unseen(neighbours, 'tsquery[]')}) as pair where ${vector} @@ pair) / ${pairs}::float8`
}

/** The condition of papers of a filter whose title is the text, however old they are, without what the text excludes. */
function titleIs(filter: CanonicalFilter, keys: readonly string[]): RawBuilder<unknown> {
  const { text: _, ...others } = filter
  const { excluded } = textQueryOfFilter(filter)
  const conditions = [sql`p.title_key = any(${unseen(keys, 'text[]')})`, ...filterConditions(others)]
  if (excluded !== '') conditions.push(sql`not p.search @@ ${excluded}::tsquery`)
  return sql.join(conditions, sql` and `)
}
