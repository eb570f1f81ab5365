import type { GraphQLResolveInfo } from 'graphql'
import type { Db } from '../../db/database.ts'
import type { PageRequest } from '../../db/lists/page.ts'
import type { PaperFields } from '../../db/papers.ts'
import { readDatedAuthor } from '../../db/search/dated-author.ts'
import type { Expansion } from '../../db/search/expansions.ts'
import type { Matches } from '../../db/search/facet-counts.ts'
import { canonicalFilter, filterByWords, type PaperFilter } from '../../db/search/filter.ts'
import { isAllExcluded, type SearchPage, searchAgain, searchPapers } from '../../db/search/search.ts'
import {
  type Connection,
  type CursorScope,
  connectionOf,
  type Edge,
  encodeCursor,
  type PagingArgs,
  pageRequest,
} from '../core/connection.ts'
import type { Context } from '../core/context.ts'
import { countedAtMost } from '../core/paging.ts'
import { paperColumnsBelow, selects } from '../core/plan.ts'
import type { Highlighted } from './highlights.ts'
import { scopeOfSearch, searchedFor } from './search-scope.ts'

export interface SearchEdge extends Edge<PaperFields>, Omit<Highlighted, 'node'> {
  readonly relevance: number
}

export interface SearchResult extends Connection<PaperFields, SearchEdge> {
  /** What was searched for in the end, and what was found. */
  readonly matches: Matches
  readonly repairedText: string | null
  readonly expansions: readonly Expansion[]
  readonly stopWordsOnly: boolean
  readonly excludedAll: () => Promise<boolean>
}

/** Maps the arguments of a search to a page of it. A cursor says what was searched for in the end. */
export async function runSearch(
  given: PaperFilter,
  args: PagingArgs,
  { db }: Context,
  info: GraphQLResolveInfo,
): Promise<SearchResult> {
  const search = {
    typed: canonicalFilter(given),
    words: filterByWords(given),
    dated: readDatedAuthor(given),
  }
  const wanted = paperColumnsBelow(info, ['nodes'], ['edges', 'node'])
  const cursor = args.after ?? args.before
  const before = cursor == null ? undefined : searchedFor(search, cursor)
  const withIds = selects(info, 'totalCount') || selects(info, 'facets')
  const request = { ...pageRequest(args, scopeOfSearch(search, before ?? { kind: 'typed' })), withIds }
  const found = await (before
    ? searchAgain(db, search, before, request, wanted)
    : searchPapers(db, search, request, wanted))
  return toResult(found, request, scopeOfSearch(search, found), { db, info })
}

/** Its cursor is made where it is selected. */
class FoundEdge implements SearchEdge {
  readonly node: PaperFields
  readonly relevance: number
  readonly filter: SearchEdge['filter']
  readonly abstracts: boolean
  readonly #scope: CursorScope
  readonly #placed: SearchPage['rows'][number]

  constructor(
    placed: SearchPage['rows'][number],
    scope: CursorScope,
    { filter, abstracts }: Pick<SearchEdge, 'filter' | 'abstracts'>,
  ) {
    this.node = placed.row
    this.relevance = placed.row.relevance
    this.filter = filter
    this.abstracts = abstracts
    this.#scope = scope
    this.#placed = placed
  }

  get cursor(): string {
    return encodeCursor(this.#scope, this.#placed.keys)
  }
}

function toResult(
  { rows, more, matches, repairedText, searchable, count }: SearchPage,
  request: PageRequest,
  scope: CursorScope,
  { db, info }: { db: Db; info: GraphQLResolveInfo },
): SearchResult {
  const abstracts = selects(info, 'edges', 'abstractHighlights')
  const { filter } = matches
  const edges = rows.map((placed) => new FoundEdge(placed, scope, { filter, abstracts }))
  const page = connectionOf<PaperFields, SearchEdge>(edges, more, request, () => count(countedAtMost))
  return Object.assign(page, {
    matches,
    repairedText: repairedText ?? null,
    expansions: filter.expansions ?? [],
    stopWordsOnly: !searchable,
    excludedAll: async () => rows.length === 0 && (await isAllExcluded(db, filter)),
  })
}
