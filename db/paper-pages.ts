import { listByArrival } from './arrivals.ts'
import type { Db } from './database.ts'
import { computedOrders, type PaperOrder, paperOrders } from './lists/orders.ts'
import { countList, type List, type ListPage, type PageRequest, readListPage } from './lists/page.ts'
import { listOfPapers, oneOfPapers, type PaperColumn, type PaperFields } from './papers.ts'
import { completeText } from './search/completion.ts'
import type { DatedSearches } from './search/dated-author.ts'
import type { Matches } from './search/facet-counts.ts'
import { type CanonicalFilter, filterConditions, isSearchable } from './search/filter.ts'
import { allMatchesIfFew, countMatches } from './search/matches.ts'
import { expansionsOf } from './search/meanings.ts'
import { titleInReference } from './search/references.ts'
import { listByRelevance, rankedAtMost } from './search/relevance.ts'
import { textQueryOf } from './search/text-query.ts'
import { repairText } from './search/typos.ts'
import { unpunctuatedTitle } from './search/unpunctuated.ts'
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

function hasWords({ text }: CanonicalFilter): boolean {
  return typeof text !== 'string' || isSearchable(text)
}

/** What a search looked for in the end: what was typed, its words instead of its arXiv ids, or the repaired text. */
export type SearchKind = 'typed' | 'words' | 'repaired'

/** A paper that was found. */
type FoundPaper = PaperFields & {
  relevance: number
  /** Of the first one alone, if they are asked for. */
  match_ids?: number[] | null
}

export interface SearchPage extends PapersPage<FoundPaper> {
  /** What was searched for, with the ids of what was found if they are asked for and this is the first page. */
  readonly matches: Matches
  readonly kind: SearchKind
  /** The repaired text, where it is another than that of the filter. */
  readonly repairedText?: string
}

/** How a page of a search is read. */
export interface SearchRequest extends PageRequest {
  /** Whether what was found is counted, or asked for its facets: then the ids of all of it are read by the way. */
  readonly withIds?: boolean
}

/** What was typed, and the same as words if it has arXiv ids. */
export interface TypedSearch {
  readonly typed: CanonicalFilter
  readonly words: CanonicalFilter
  /** What it may mean, if it ends with a year. */
  readonly dated?: DatedSearches | undefined
}

/**
 * The first page of a search, the best match first. If nothing is found, arXiv ids that no paper has are left out, and
 * then the text is repaired and searched for again.
 */
export async function searchPapers(
  db: Db,
  { typed, words, dated }: TypedSearch,
  request: SearchRequest,
  columns: Columns,
): Promise<SearchPage> {
  const cited = await searchCited(db, dated, request, columns)
  if (cited) return cited
  let page = await searchAsTyped(db, typed, request, columns)
  if (page.rows.length > 0) return page
  if (typed.arxivIds !== undefined && words.text !== undefined) {
    page = { ...(await searchAsTyped(db, words, request, columns)), kind: 'words' }
    if (page.rows.length > 0) return page
  }
  if (!hasWords(words)) return { ...page, searchable: false }
  const repaired = await searchRepaired(db, { words, dated }, request, columns)
  return repaired && repaired.rows.length > 0 ? repaired : page
}

/** Whether papers have all that the text of a filter wants, but each has something that it excludes. */
export async function isAllExcluded(db: Db, { text, ...others }: CanonicalFilter): Promise<boolean> {
  const unexcluded = typeof text === 'string' ? textQueryOf(text).unexcluded : undefined
  if (unexcluded === undefined) return false
  return (await countMatches(db, unexcluded === '' ? others : { ...others, text: unexcluded }, 1)) > 0
}

/** A page of the search for the repaired text; undefined if there is nothing to repair. */
export async function searchRepaired(
  db: Db,
  { words: filter, dated }: Pick<TypedSearch, 'words' | 'dated'>,
  request: SearchRequest,
  columns: Columns,
): Promise<SearchPage | undefined> {
  if (filter.text === undefined) return undefined
  const cited = await searchCited(db, dated, request, columns)
  if (cited) return cited
  const typed = String(filter.text)
  // What is excluded or looked for in one field is no part of a title.
  const isPlain = textQueryOf(typed).wanted.trim() === typed
  const title = isPlain
    ? ((await unpunctuatedTitle(db, typed)) ?? (await titleInReference(db, typed)))
    : undefined
  const meant =
    title === undefined && dated && !dated.isReference
      ? await searchDated(db, dated, request, columns)
      : undefined
  if (meant) return meant
  const completed = title ?? (isPlain ? await completeText(db, filter) : undefined)
  const text = completed ?? (await repairText(db, typed))
  if (text === undefined) return undefined
  return { ...(await searchAsTyped(db, { ...filter, text }, request, columns)), kind: 'repaired' }
}

/** Authors with a year mean these, before anything else is tried. */
async function searchCited(
  db: Db,
  dated: DatedSearches | undefined,
  request: SearchRequest,
  columns: Columns,
): Promise<SearchPage | undefined> {
  return dated?.isReference ? searchDated(db, dated, request, columns) : undefined
}

/** A page of the first search that finds something; undefined if none does. */
async function searchDated(
  db: Db,
  { searches }: DatedSearches,
  request: SearchRequest,
  columns: Columns,
): Promise<SearchPage | undefined> {
  for (const { text: repairedText, filter } of searches) {
    // Asked apart from the page: there may be none behind a cursor.
    if ((await countMatches(db, filter, 1)) > 0)
      return { ...(await searchAsTyped(db, filter, request, columns)), kind: 'repaired', repairedText }
  }
  return undefined
}

/** A page of the search for the text as it is, with what belongs to its acronyms and long forms. */
export async function searchAsTyped(
  db: Db,
  filter: CanonicalFilter,
  request: SearchRequest,
  columns: Columns,
): Promise<SearchPage> {
  const expansions = typeof filter.text === 'string' ? await expansionsOf(db, filter.text) : []
  const expanded = { ...filter, ...(expansions.length > 0 && { expansions }) }
  const isFirst = !request.backwards && request.after === undefined && request.before === undefined
  const withIds = isFirst && request.withIds === true
  const firstRows = isFirst ? request.limit + 1 : undefined
  const list = listByRelevance(expanded, columns, { firstRows, withIds })
  const page = await readListPage<FoundPaper>(db, list, request)
  const ids = withIds ? (page.rows[0]?.row.match_ids ?? []) : undefined
  const count = async (most: number) => {
    const found = ids && ids.length < rankedAtMost ? ids.length : await countMatches(db, expanded, most)
    // A paper whose title is the text is an answer, even if all its words are stop words.
    return Math.max(found, page.rows.length)
  }
  return { ...page, matches: { filter: expanded, ids }, kind: 'typed', searchable: true, count }
}
