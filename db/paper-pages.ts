import { listByArrival } from './arrivals.ts'
import type { Db } from './database.ts'
import { computedOrders, type PaperOrder, paperOrders } from './lists/orders.ts'
import { countList, type List, type ListPage, type PageRequest, readListPage } from './lists/page.ts'
import { listOfPapers, oneOfPapers, type PaperColumn, type PaperFields } from './papers.ts'
import { type CanonicalFilter, filterConditions, isSearchable } from './search/filter.ts'
import { allMatchesIfFew, countMatches } from './search/matches.ts'
import { listByRelevance } from './search/relevance.ts'
import { listOfTrending, momentAt, type TrendMoment } from './trending.ts'

type Columns = ReadonlySet<PaperColumn> | undefined

/** Papers that fulfil a filter, in an order. */
export interface PapersQuery {
  readonly filter: CanonicalFilter
  readonly order: PaperOrder
  /** For TRENDING. */
  readonly moment?: TrendMoment | undefined
  /** For ARRIVAL: only papers that arrived after this number of the log. */
  readonly since?: number | undefined
}

export interface PapersPage<Row = PaperFields> extends ListPage<Row> {
  /** False if the page is empty because the text of the filter has no word that a search could find. */
  readonly searchable: boolean
  /** The number of papers that fulfil the filter; `most` if there are at least that many. */
  count(most: number): Promise<number>
}

/**
 * A page of papers by one statement; with a text, by two. Postgres takes each word that it has no statistics of for a
 * common one and would go through all papers in the list's order, so the first statement looks for the matches: if
 * they are few, the second reads the page of these.
 *
 * @param request undefined if only the count is wanted.
 */
export async function pageOfPapers(
  db: Db,
  query: PapersQuery,
  request: PageRequest | undefined,
  columns: Columns,
): Promise<PapersPage> {
  const { filter, order } = query
  const byColumn = order in computedOrders ? undefined : paperOrders[order as keyof typeof paperOrders]
  const looksForFew = (byColumn || order === 'ARRIVAL') && filter.text !== undefined
  const few = looksForFew ? await allMatchesIfFew(db, filter) : undefined
  const listFor = (part: PageRequest | undefined) =>
    byColumn && few
      ? listOfPapers([oneOfPapers(few)], byColumn, columns)
      : listOf(query, { few, page: part }, columns)
  const page = request
    ? await readListPage<PaperFields>(db, listFor(request), request)
    : { rows: [], more: false }
  const isWhole = order !== 'TRENDING' && query.since === undefined
  return {
    ...page,
    searchable: page.rows.length > 0 || hasWords(filter),
    count: async (most) =>
      isWhole ? (few?.length ?? countMatches(db, filter, most)) : countList(db, listFor(undefined), most),
  }
}

function listOf(
  { filter, order, moment = momentAt(new Date()), since }: PapersQuery,
  known: { readonly few: readonly number[] | undefined; readonly page: PageRequest | undefined },
  columns: Columns,
): List {
  if (order === 'ARRIVAL') return listByArrival(filter, { since, ...known }, columns)
  if (order === 'TRENDING') return listOfTrending(moment, filterConditions(filter), columns)
  if (order === 'RELEVANCE') return listByRelevance(filter, columns)
  return listOfPapers(filterConditions(filter), paperOrders[order], columns)
}

/** Whether a filter is without a text, or its text has a word that can be found. */
export function hasWords({ text }: CanonicalFilter): boolean {
  return typeof text !== 'string' || isSearchable(text)
}
