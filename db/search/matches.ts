import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'
import { countList, preparedMark } from '../lists/page.ts'
import { facetConditions, hasFacet } from './facets.ts'
import { type CanonicalFilter, filterConditions, textQueryOfFilter } from './filter.ts'
import { needsRecheck, type SearchBudget, searchPlan, searchQuery } from './query-text.ts'

type Sql = RawBuilder<unknown>
type Criterion = keyof CanonicalFilter

/**
 * Where a criterion is looked up: in a column of the index `paper_search`, in its facets and periods
 * (db/search/facets.ts), in the rows that it returns, or in none of these, for criteria with indexes of their own that
 * lead to few papers.
 */
const lookups: Readonly<Record<Criterion, readonly ('column' | 'facet' | 'row' | 'own index')[]>> = {
  arxivIds: ['own index'],
  text: ['column'],
  expansions: ['column'],
  authors: ['column'],
  keywords: ['column'],
  submitters: ['column'],
  categories: ['column'],
  organizations: ['facet'],
  organizationWords: ['facet'],
  hasCode: ['facet'],
  hasProjectPage: ['facet'],
  hasMedia: ['facet'],
  minUpvotes: ['facet', 'row'],
  editionFrom: ['facet', 'row'],
  editionTo: ['facet', 'row'],
  publishedFrom: ['row'],
  publishedTo: ['row'],
  withdrawn: ['row'],
}

/** Criteria that say so little of a paper that a filter of these alone is not searched for period by period. */
const weakCriteria: readonly Criterion[] = [
  'publishedFrom',
  'publishedTo',
  'editionFrom',
  'editionTo',
  'withdrawn',
]

/** The editions of fewer days than this have few papers, which their own index finds. */
const fewDays = 31
const dayMs = 86_400_000

/** Whether the matches of a filter are searched for period by period. */
function isSearchedByPeriod(filter: CanonicalFilter): boolean {
  const { editionFrom, editionTo } = filter
  const spanMs = Date.parse(String(editionTo)) - Date.parse(String(editionFrom))
  return (
    filter.arxivIds === undefined &&
    filter.withdrawn !== true &&
    !(spanMs < fewDays * dayMs) &&
    Object.keys(filter).some((name) => !weakCriteria.includes(name as Criterion))
  )
}

/** The conditions of the criteria that are looked up in a column or in rows. */
function conditionsIn(lookup: 'column' | 'row', filter: CanonicalFilter): Sql[] {
  const criteria = Object.entries(filter).filter(([name]) => lookups[name as Criterion].includes(lookup))
  return filterConditions(Object.fromEntries(criteria))
}

/**
 * Whether the plan of a search is the same whatever is searched for, so that Postgres need not make it anew: words come to
 * the index from a subquery, which the planner does not look into, and no other criterion is there.
 */
export function hasOnePlan(filter: CanonicalFilter): boolean {
  return (
    filter.text !== undefined && Object.keys(filter).every((name) => ['text', 'expansions'].includes(name))
  )
}

/** Papers that are compared with a text at most, where the index cannot tell whether they match. */
export const maxRechecked = 3000
/** Words of a text that the index is asked for at most. */
export const maxIndexWords = 4

/**
 * The ids of the newest papers of a filter, `most` at most, as SQL. A word may be in half of all papers, and an index
 * of words knows no dates: so the search goes back in time, over the months of the last two years and then year by
 * year, until it has enough. It reads no more than `most` matches and those of one period, whatever is searched for;
 * a word that no paper has costs one look into the index for each period. For a text with a phrase (a hyphenated word
 * may be one), with a word of one field, with more than `maxIndexWords` words or with more than two excluded ones, it
 * compares the newest `maxRechecked` papers that have its rarest words with the text; if the text only excludes words,
 * the newest of all.
 */
export function newestMatches(filter: CanonicalFilter, most: number): Sql {
  if (!isSearchedByPeriod(filter))
    return sql`select p.id from paper p where ${sql.join(filterConditions(filter), sql` and `)}
      order by p.published_at desc, p.id desc limit ${sql.lit(most)}`
  if (typeof filter.text !== 'string') return newestOf(filter, sql`true`, most)
  const { tables } = textMatches(filter, {
    maxMatches: most,
    maxWords: maxIndexWords,
    maxRechecked,
  })
  return sql`with recursive ${tables}
    select newest.id from matches cross join unnest(matches.ids) with ordinality as newest (id, position)
    order by matches.scanned, newest.position limit ${sql.lit(most)}`
}

/** The table `matches` of a filter with a text, with the tables it is made of, and its limit of papers to scan. */
function textMatches(filter: CanonicalFilter, budget: SearchBudget): { tables: Sql; scanLimit: Sql } {
  const asked = textQueryOfFilter(filter)
  const query = searchQuery(asked)
  if (!needsRecheck(asked, budget)) {
    const scanLimit = sql.lit(budget.maxMatches)
    const candidates = papersWith(sql`p.search @@ (select query from search_query)`)
    return { tables: sql`${query}, ${matchesByPeriod(filter, { candidates, scanLimit })}`, scanLimit }
  }
  const scanLimit = sql.lit(budget.maxRechecked)
  const withWords = papersWith(sql`p.search @@ (select index_query from search_plan)`)
  const all = papersWith(sql`(select index_query from search_plan) is null`)
  const matches = matchesByPeriod(filter, {
    candidates: (conditions) => sql`${withWords(conditions)} union all ${all(conditions)}`,
    recheck: sql`p.search @@ (select query from search_query)`,
    scanLimit,
    matchLimit: sql.lit(budget.maxMatches),
  })
  return { tables: sql`${query}, ${searchPlan(asked, budget)}, ${matches}`, scanLimit }
}

/** The ids of the newest papers with the words of a `tsquery`, `most` at most, as SQL. */
export function newestWithWords(query: Sql, most: number): Sql {
  return newestOf({}, sql`p.search @@ ${query}`, most)
}

function newestOf(filter: CanonicalFilter, condition: Sql, most: number): Sql {
  return sql`with recursive ${matchesByPeriod(filter, { candidates: papersWith(condition), scanLimit: sql.lit(most) })}
    select newest.id from matches cross join unnest(matches.ids) as newest (id)`
}

interface PeriodSearch {
  /** The papers that fulfil conditions which the index knows. */
  readonly candidates: (conditions: Sql) => Sql
  /** What a candidate `p` has to fulfil besides; a candidate that does not is scanned, but no match. */
  readonly recheck?: Sql
  /** The number of candidates after which the search ends. */
  readonly scanLimit: Sql
  /** The number of matches after which it ends as well; the default is that of candidates. */
  readonly matchLimit?: Sql
}

function papersWith(condition: Sql): PeriodSearch['candidates'] {
  return (conditions) => sql`select p.* from paper p where ${condition} and ${conditions}`
}

/**
 * The table `matches (period, ids, scanned, found)`: the matches of each period, until enough candidates were scanned or
 * enough matches found. `scanned` and `found` count those of all periods so far.
 *
 * A period is a number as `paper_facets` has it: `2026` is a year, `202606` a month (year * 100 + month). Where the
 * newest paper is of 2026, the row that the recursion starts from has the period 202613, after which come 202612,
 * 202611, … 202601, 202512, … 202501, and then the years 2024, 2023, …
 */
function matchesByPeriod(
  filter: CanonicalFilter,
  { candidates, recheck, scanLimit, matchLimit = scanLimit }: PeriodSearch,
): Sql {
  const { text: _text, publishedFrom, publishedTo, ...rest } = filter
  const indexed = [
    ...conditionsIn('column', rest),
    ...facetConditions(filter),
    hasFacet(sql`next.period::text`),
  ]
  const year = (day: unknown) => sql`extract(year from ${day ?? null}::date)::integer`
  const papers = sql`(${candidates(sql.join(indexed, sql` and `))} offset 0) p
    where ${sql.join([sql`true`, ...conditionsIn('row', filter)], sql` and `)}`
  const checked = recheck
    ? sql`(select p.id, p.published_at, ${recheck} as is_match from ${papers} offset 0) p`
    : papers
  const monthAfterLastYear = sql`last_year * 100 + 13`
  const isYear = sql`matches.period <= 9999`
  const isAfterJanuary = sql`matches.period % 100 > 1`
  const isJanuaryOfLastYear = sql`matches.period / 100 = last_year`
  return sql`
    years as materialized (
      select greatest(${year(publishedFrom)}, extract(year from min(published_at) at time zone 'UTC')::integer)
          as first_year,
        least(${year(publishedTo)}, extract(year from max(published_at) at time zone 'UTC')::integer) as last_year
      from paper),
    matches as (
      select ${monthAfterLastYear} as period, '{}'::bigint[] as ids, 0::bigint as scanned, 0::bigint as found from years
      union all
      select next.period, newest.ids, matches.scanned + newest.scanned, matches.found + cardinality(newest.ids)
      from matches cross join years
      cross join lateral (
        select case when ${isYear} or ${isAfterJanuary} then matches.period - 1
          when ${isJanuaryOfLastYear} then (last_year - 1) * 100 + 12 else last_year - 2 end as period) next
      cross join lateral (
        select coalesce(array_agg(candidate.id order by candidate.published_at desc, candidate.id desc)
            filter (where candidate.is_match), '{}') as ids, count(*) as scanned from (
          select p.id, p.published_at, ${recheck ? sql`p.is_match` : sql`true as is_match`} from ${checked}
          order by p.published_at desc, p.id desc limit ${scanLimit} - matches.scanned) candidate) newest
      where matches.scanned < ${scanLimit} and matches.found < ${matchLimit} and next.period >= first_year)`
}

/** The number of papers of a filter; `most` if there are at least that many. */
export async function countMatches(db: Db, filter: CanonicalFilter, most: number): Promise<number> {
  if (!isSearchedByPeriod(filter))
    return countList(db, { from: sql`paper p`, where: filterConditions(filter) }, most)
  const mark = preparedMark({ prepared: hasOnePlan(filter) })
  const { rows } = await sql<{ amount: number }>`
    ${mark}select count(*)::integer as amount from (${newestMatches(filter, most)}) matches`.execute(db)
  return rows[0]?.amount ?? 0
}

/** The budget of `allMatchesIfFew`. A text of more words has few matches, if any, and would take the index long. */
const fewMatchesBudget: SearchBudget = {
  maxMatches: 5000 + 1,
  maxWords: 16,
  maxRechecked: maxRechecked + 1,
}

/**
 * The ids of all papers of a filter with a text, if they are few; undefined if they are many, or if the budget does
 * not suffice to tell.
 */
export async function allMatchesIfFew(db: Db, filter: CanonicalFilter): Promise<number[] | undefined> {
  if (typeof filter.text !== 'string' || !isSearchedByPeriod(filter)) return undefined
  const { tables, scanLimit } = textMatches(filter, fewMatchesBudget)
  const { rows } = await sql<{ is_complete: boolean; ids: number[] }>`
    ${preparedMark({ prepared: hasOnePlan(filter) })}with recursive ${tables}
    select max(matches.scanned) < ${scanLimit} as is_complete,
      array(select newest.id from matches cross join unnest(matches.ids) as newest (id)) as ids
    from matches`.execute(db)
  return rows[0]?.is_complete === false ? undefined : rows[0]?.ids
}
