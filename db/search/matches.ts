import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'
import { countList, preparedMark } from '../lists/page.ts'
import { comparesTitles, comparison } from './comparison.ts'
import { type CanonicalFilter, type Criterion, filterConditions, textQueryOfFilter } from './filter.ts'
import { matchesByPeriod, papersWith } from './periods.ts'
import { isOfPhrases, needsRecheck, type SearchBudget, searchPlan, shapeOfPlan } from './query-text.ts'
import type { AskedQuery } from './text-query.ts'

type Sql = RawBuilder<unknown>

/** Criteria that say so little of a paper that a filter of these alone is not searched for period by period. */
const weakCriteria: readonly Criterion[] = [
  'publishedFrom',
  'publishedTo',
  'notPublishedIn',
  'excludedOrganizationWords',
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

/**
 * Whether the plan of a search is the same whatever is searched for, so that Postgres need not make it anew: words come to
 * the index from a subquery, which the planner does not look into, and no other criterion is there.
 */
export function hasOnePlan(filter: CanonicalFilter): boolean {
  return (
    filter.text !== undefined && Object.keys(filter).every((name) => ['text', 'expansions'].includes(name))
  )
}

/**
 * Names the statement of a search, if it is the same, but for the values of its text, for all texts of the name that have
 * neighbours, or have none; undefined if it depends on more.
 */
export function shapeOfSearch(filter: CanonicalFilter): string | undefined {
  if (!hasOnePlan(filter)) return undefined
  const text = textQueryOfFilter(filter)
  const [whole, prominent] = [text, text.prominent].map((asked) =>
    shapeOfPlan(asked, { maxMatches: 0, maxWords: maxIndexWords, ...recheckBudget(filter, asked) }),
  )
  return whole && prominent && `${whole} ${prominent}`
}

/** Papers that are compared with a text at most, where the index cannot tell whether they match. */
export const maxRechecked = 3000
/** The same for a text with words side by side, which nothing else may stand for: they may never stand so. */
export const maxRecheckedPhrases = 1400
/** Words of a text that the index is asked for at most. */
export const maxIndexWords = 8
/** Of the words of title and keywords, which cost little to compare, as they are in a paper's own row. */
const maxComparedTitles = 10_000

export interface MatchOptions {
  /** How relevant a paper `p` is, as SQL. */
  readonly relevance?: Sql | undefined
  /** Whether there are few papers: see `isSmallLibrary`. */
  readonly isSmall?: boolean | undefined
}

/**
 * The ids of the newest papers of a filter, `most` at most, as SQL, and how relevant each is, if that is given as SQL
 * over a paper `p`: rows `(id)` or `(id, relevance)`. A word may be in half of all papers, and an index of words knows no dates: so the search
 * goes back in time, period by period, until it has enough (db/search/periods.ts). It reads little more than `most`
 * matches, whatever is searched for. For a text with a phrase (a hyphenated word may be one), with a word of one field,
 * with more than `maxIndexWords` words or as many excluded ones, it compares the newest `maxRechecked` papers (`maxRecheckedPhrases`)
 * that have its rarest words with the text; if the text only excludes words, the newest of all.
 */
export function newestMatches(filter: CanonicalFilter, most: number, options: MatchOptions = {}): Sql {
  return newestOf(filter, { ...options, most, asked: textQueryOfFilter(filter) })
}

/** The same of papers with all words of the text in the title or among the keywords; undefined if no index tells. */
export function newestProminent(
  filter: CanonicalFilter,
  most: number,
  options: MatchOptions,
): Sql | undefined {
  if (typeof filter.text !== 'string' || !isSearchedByPeriod(filter)) return undefined
  const asked = textQueryOfFilter(filter).prominent
  // What only refuses wants no words in the title.
  return asked.positive === '' ? undefined : newestOf(filter, { ...options, most, asked })
}

interface Wanted extends MatchOptions {
  readonly most: number
  readonly asked: AskedQuery
}

function newestOf(filter: CanonicalFilter, { most, relevance, asked, isSmall = false }: Wanted): Sql {
  const newestWith = (conditions: readonly Sql[]) =>
    sql`select p.id${relevance ? sql`, ${relevance} as relevance` : sql``} from (
      select * from paper p where ${sql.join(conditions, sql` and `)}
      order by p.published_at desc, p.id desc limit ${sql.lit(most)}) p`
  if (!isSearchedByPeriod(filter)) return newestWith(filterConditions(filter))
  const budget = { maxMatches: most, maxWords: maxIndexWords, ...recheckBudget(filter, asked) }
  if (isSmall && typeof filter.text === 'string' && !needsRecheck(asked, budget)) {
    const { table, condition } = searchPlan(asked, budget)
    const { text: _, ...others } = filter
    return sql`with ${table} ${newestWith([condition, ...filterConditions(others)])}`
  }
  const tables =
    typeof filter.text === 'string'
      ? textMatches(filter, asked, { ...budget, relevance }).tables
      : matchesByPeriod(filter, { candidates: papersWith(sql`true`), relevance, scanLimit: sql.lit(most) })
  return sql`with recursive ${tables}
    select newest.id${relevance ? sql`, newest.relevance` : sql``} from matches
    cross join unnest(matches.ids, matches.relevances) with ordinality as newest (id, relevance, position)
    order by matches.scanned, newest.position limit ${sql.lit(most)}`
}

function recheckBudget(filter: CanonicalFilter, asked: AskedQuery): Pick<SearchBudget, 'maxRechecked'> {
  if (isOfPhrases(asked)) return { maxRechecked: maxRecheckedPhrases }
  return { maxRechecked: comparesTitles(textQueryOfFilter(filter), asked) ? maxComparedTitles : maxRechecked }
}

interface TextSearch extends SearchBudget {
  readonly relevance?: Sql | undefined
}

/** The table `matches` of a filter with a text, with the tables it is made of, and its limit of papers to scan. */
function textMatches(
  filter: CanonicalFilter,
  asked: AskedQuery,
  { relevance, ...budget }: TextSearch,
): { tables: Sql; scanLimit: Sql } {
  const { table, condition } = searchPlan(asked, budget)
  const candidates = papersWith(condition)
  if (!needsRecheck(asked, budget)) {
    const scanLimit = sql.lit(budget.maxMatches)
    return {
      tables: sql`${table}, ${matchesByPeriod(filter, { candidates, relevance, scanLimit })}`,
      scanLimit,
    }
  }
  const scanLimit = sql.lit(budget.maxRechecked)
  const recheck = comparison(textQueryOfFilter(filter), asked)
  const matches = matchesByPeriod(filter, {
    candidates,
    recheck,
    relevance,
    scanLimit,
    matchLimit: sql.lit(budget.maxMatches),
  })
  const query = sql`search_query as materialized (select ${asked.query}::tsquery as query)`
  return { tables: sql`${query}, ${table}, ${matches}`, scanLimit }
}

/** The ids of the newest papers with the words of a `tsquery`, `most` at most, as SQL. */
export function newestWithWords(query: Sql, most: number): Sql {
  const candidates = papersWith(sql`p.search @@ ${query}`)
  return sql`with recursive ${matchesByPeriod({}, { candidates, scanLimit: sql.lit(most) })}
    select newest.id from matches cross join unnest(matches.ids) as newest (id)`
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
 * The ids of the papers of a filter with a text, if they are few; undefined if they are many, or if the budget does
 * not suffice to tell. If few of more papers than are compared with the text match, those of the newest are named:
 * finding the others would take a look at all papers.
 */
export async function allMatchesIfFew(db: Db, filter: CanonicalFilter): Promise<number[] | undefined> {
  if (typeof filter.text !== 'string' || !isSearchedByPeriod(filter)) return undefined
  const asked = textQueryOfFilter(filter)
  const { tables, scanLimit } = textMatches(filter, asked, fewMatchesBudget)
  const { rows } = await sql<{ is_complete: boolean; ids: number[] }>`
    ${preparedMark({ prepared: hasOnePlan(filter) })}with recursive ${tables}
    select max(matches.scanned) < ${scanLimit} as is_complete,
      array(select newest.id from matches cross join unnest(matches.ids) as newest (id)) as ids
    from matches`.execute(db)
  const [found] = rows
  if (!found || found.is_complete) return found?.ids
  return needsRecheck(asked, fewMatchesBudget) && (await areRare(db, found.ids)) ? found.ids : undefined
}

/** Matches of a page, and papers on the way to them, that make a walk through all papers in a list's order cheap. */
const walked = { matches: 21, papers: 4200 }

/** Whether a walk in the list's order would pass by many papers to find a page of such matches. */
async function areRare(db: Db, ids: readonly number[]): Promise<boolean> {
  if (ids.length < walked.matches) return true
  const { rows } = await sql<{ amount: number }>`
    select count(*)::integer as amount from (
      select from (
        select min(published_at) as oldest, max(published_at) as newest from (
          select published_at from paper where id = any(${ids}::bigint[])
          order by published_at desc limit ${sql.lit(walked.matches)}) page) span
      join paper p on p.published_at between span.oldest and span.newest
      limit ${sql.lit(walked.papers + 1)}) passed`.execute(db)
  return (rows[0]?.amount ?? 0) > walked.papers
}
