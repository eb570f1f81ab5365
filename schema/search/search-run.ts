import type { GraphQLResolveInfo } from 'graphql'
import type { Db } from '../../db/database.ts'
import { computedOrders } from '../../db/lists/orders.ts'
import type { PageRequest } from '../../db/lists/page.ts'
import {
  isAllExcluded,
  type SearchKind,
  type SearchPage,
  searchAsTyped,
  searchPapers,
  searchRepaired,
} from '../../db/paper-pages.ts'
import type { PaperFields } from '../../db/papers.ts'
import { readDatedAuthor } from '../../db/search/dated-author.ts'
import type { Expansion } from '../../db/search/expansions.ts'
import type { Matches } from '../../db/search/facet-counts.ts'
import { canonicalFilter, filterByWords, type PaperFilter } from '../../db/search/filter.ts'
import {
  type Connection,
  type CursorScope,
  connectionOf,
  type Edge,
  encodeCursor,
  isCursorOf,
  type PagingArgs,
  pageRequest,
  scopeOf,
} from '../core/connection.ts'
import type { Context } from '../core/context.ts'
import { countedAtMost } from '../core/paging.ts'
import { paperColumnsBelow, selects } from '../core/plan.ts'
import type { Highlighted } from './highlights.ts'

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
  const scopes: Record<SearchKind, CursorScope> = {
    typed: new SearchScope(search.typed),
    words: new SearchScope([search.typed, 'words']),
    repaired: new SearchScope([search.typed, 'repaired']),
  }
  const wanted = paperColumnsBelow(info, ['nodes'], ['edges', 'node'])
  const cursor = args.after ?? args.before
  const kind = cursor == null ? undefined : searchKinds.find((one) => isCursorOf(cursor, scopes[one]))
  const withIds = selects(info, 'totalCount') || selects(info, 'facets')
  const request = { ...pageRequest(args, scopes[kind ?? 'typed']), withIds }
  const page =
    kind === undefined
      ? await searchPapers(db, search, request, wanted)
      : kind === 'repaired'
        ? await searchRepaired(db, search, request, wanted)
        : { ...(await searchAsTyped(db, search[kind], request, wanted)), kind }
  // A repaired text whose words have become known since is searched for as it was typed.
  const found = page ?? (await searchAsTyped(db, search.words, request, wanted))
  return toResult(found, request, scopes[found.kind], { db, info })
}

/** Named where a cursor is read or made. */
class SearchScope implements CursorScope {
  readonly order = computedOrders.RELEVANCE
  readonly #parts: unknown
  #scope: string | undefined

  constructor(parts: unknown) {
    this.#parts = parts
  }

  get scope(): string {
    this.#scope ??= scopeOf(this.#parts)
    return this.#scope
  }
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

const searchKinds: readonly SearchKind[] = ['typed', 'words', 'repaired']

function toResult(
  { rows, more, matches, kind, repairedText, searchable, count }: SearchPage,
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
    repairedText: kind === 'repaired' ? (repairedText ?? String(filter.text)) : null,
    expansions: filter.expansions ?? [],
    stopWordsOnly: !searchable,
    excludedAll: async () => rows.length === 0 && (await isAllExcluded(db, filter)),
  })
}
