import { sql } from 'kysely'
import type { Db } from '../database.ts'
import { type PageRequest, preparedMark, readListPage } from '../lists/page.ts'
import { hasWords, type PapersPage } from '../paper-pages.ts'
import type { PaperColumn, PaperFields } from '../papers.ts'
import { unseen } from '../prepared.ts'
import { completeText } from './completion.ts'
import { withApostrophes } from './contractions.ts'
import type { DatedSearches, MeantSearch } from './dated-author.ts'
import type { Matches } from './facet-counts.ts'
import type { CanonicalFilter } from './filter.ts'
import { isSmallLibrary } from './library-size.ts'
import { countMatches } from './matches.ts'
import { expansionsOf } from './meanings.ts'
import { titleInReference } from './references.ts'
import { listByRelevance, rankedAtMost } from './relevance.ts'
import { textQueryOf } from './text-query.ts'
import { repairText } from './typos.ts'
import { unpunctuatedTitle } from './unpunctuated.ts'

type Columns = ReadonlySet<PaperColumn> | undefined

/** What a search looked for in the end: what was typed, its words instead of its arXiv ids, or the repaired text. */
export type SearchKind = 'typed' | 'words' | 'repaired'

/** A paper that was found. */
type FoundPaper = PaperFields & {
  relevance: number
  /** Of the first one alone, if they are asked for. */
  match_ids?: number[] | null
}

/** What a search looked for in the end. */
export interface SearchedFor {
  readonly kind: SearchKind
  /** The text that was meant instead of the typed one, if it is repaired. */
  readonly repairedText?: string
}

export interface SearchPage extends PapersPage<FoundPaper>, SearchedFor {
  /** What was searched for, with the ids of what was found if they are asked for and this is the first page. */
  readonly matches: Matches
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
  // Authors mean these, before anything else is tried.
  const cited = dated?.isReference ? await authorsMeant(db, dated) : undefined
  if (cited) return searchRepaired(db, cited, request, columns)
  const page = await searchAsTyped(db, typed, request, columns)
  if (page.rows.length > 0) return page
  const asWords = typed.arxivIds !== undefined && words.text !== undefined
  const found = asWords
    ? { ...(await searchAsTyped(db, words, request, columns)), kind: 'words' as const }
    : page
  if (found.rows.length > 0) return found
  if (!hasWords(words)) return { ...found, searchable: false }
  const meant = await meantInstead(db, words, dated)
  const repaired = meant && (await searchRepaired(db, meant, request, columns))
  return repaired && repaired.rows.length > 0 ? repaired : found
}

/** Another page of a search that looked for this. */
export async function searchAgain(
  db: Db,
  { typed, words, dated }: TypedSearch,
  { kind, repairedText }: SearchedFor,
  request: SearchRequest,
  columns: Columns,
): Promise<SearchPage> {
  if (repairedText === undefined)
    return { ...(await searchAsTyped(db, kind === 'words' ? words : typed, request, columns)), kind }
  const byAuthor = dated?.searches.find(({ text }) => text === repairedText)
  const meant = byAuthor ?? { text: repairedText, filter: { ...words, text: repairedText } }
  return searchRepaired(db, meant, request, columns)
}

async function searchRepaired(
  db: Db,
  { text: repairedText, filter }: MeantSearch,
  request: SearchRequest,
  columns: Columns,
): Promise<SearchPage> {
  return { ...(await searchAsTyped(db, filter, request, columns)), kind: 'repaired', repairedText }
}

/** What may be meant by a text of which nothing is found; undefined if nothing comes near. */
async function meantInstead(
  db: Db,
  words: CanonicalFilter,
  dated: DatedSearches | undefined,
): Promise<MeantSearch | undefined> {
  if (words.text === undefined) return undefined
  const typed = String(words.text)
  // What is excluded or looked for in one field is no part of a title.
  const isPlain = textQueryOf(typed).wanted.trim() === typed
  const title = isPlain
    ? ((await unpunctuatedTitle(db, typed)) ?? (await titleInReference(db, typed)))
    : undefined
  const isDated = title === undefined && dated !== undefined && !dated.isReference
  const byAuthor = isDated ? await firstFound(db, dated.searches) : undefined
  if (byAuthor) return byAuthor
  const spelled = title === undefined ? withApostrophes(typed) : undefined
  const bySpelling =
    spelled === undefined ? undefined : { text: spelled, filter: { ...words, text: spelled } }
  if (bySpelling && (await firstFound(db, [bySpelling]))) return bySpelling
  const completed = title ?? (isPlain ? await completeText(db, words) : undefined)
  const text = completed ?? (await repairText(db, typed))
  return text === undefined ? undefined : { text, filter: { ...words, text } }
}

async function authorsMeant(db: Db, { names, searches }: DatedSearches): Promise<MeantSearch | undefined> {
  return names && !(await isAuthor(db, names)) ? undefined : firstFound(db, searches)
}

async function isAuthor(db: Db, names: readonly string[]): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`${preparedMark({ prepared: true })}
    select exists (select from author where name = any(${unseen(names, 'text[]')})) as found`.execute(db)
  return rows[0]?.found === true
}

/** The first search that finds something; undefined if none does. */
async function firstFound(db: Db, searches: readonly MeantSearch[]): Promise<MeantSearch | undefined> {
  for (const search of searches) if ((await countMatches(db, search.filter, 1)) > 0) return search
  return undefined
}

/** Whether papers have all that the text of a filter wants, but each has something that it excludes. */
export async function isAllExcluded(db: Db, { text, ...others }: CanonicalFilter): Promise<boolean> {
  const unexcluded = typeof text === 'string' ? textQueryOf(text).unexcluded : undefined
  if (unexcluded === undefined) return false
  return (await countMatches(db, unexcluded === '' ? others : { ...others, text: unexcluded }, 1)) > 0
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
  const list = listByRelevance(expanded, columns, { firstRows, withIds, isSmall: isSmallLibrary(db) })
  const page = await readListPage<FoundPaper>(db, list, request)
  const ids = withIds ? (page.rows[0]?.row.match_ids ?? []) : undefined
  const count = async (most: number) => {
    const found = ids && ids.length < rankedAtMost ? ids.length : await countMatches(db, expanded, most)
    // A paper whose title is the text is an answer, even if all its words are stop words.
    return Math.max(found, page.rows.length)
  }
  return { ...page, matches: { filter: expanded, ids }, kind: 'typed', searchable: true, count }
}
