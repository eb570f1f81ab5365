import type { GraphQLResolveInfo } from 'graphql'
import { computedOrders } from '../../db/lists/orders.ts'
import type { PageRequest } from '../../db/lists/page.ts'
import { type SearchPage, searchAsTyped, searchPapers, searchRepaired } from '../../db/paper-pages.ts'
import type { PaperFields } from '../../db/papers.ts'
import type { CanonicalFilter } from '../../db/search/filter.ts'
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
import { unsearchable } from '../filter.ts'
import type { Highlighted } from './highlights.ts'

export interface SearchEdge extends Edge<PaperFields>, Omit<Highlighted, 'node'> {
  readonly relevance: number
}

export interface SearchResult extends Connection<PaperFields, SearchEdge> {
  /** What was searched for in the end. */
  readonly filter: CanonicalFilter
  readonly repairedText: string | null
}

/** Maps the arguments of a search to a page of it. A cursor says whether it is of the search for a repaired text. */
export async function runSearch(
  filter: CanonicalFilter,
  args: PagingArgs,
  { db }: Context,
  info: GraphQLResolveInfo,
): Promise<SearchResult> {
  const typed: CursorScope = { order: computedOrders.RELEVANCE, scope: scopeOf(filter) }
  const repaired: CursorScope = { ...typed, scope: scopeOf([filter, 'repaired']) }
  const wanted = paperColumnsBelow(info, ['nodes'], ['edges', 'node'])
  const cursor = args.after ?? args.before
  if (cursor != null && isCursorOf(cursor, repaired)) {
    const request = pageRequest(args, repaired)
    const page = await searchRepaired(db, filter, request, wanted)
    if (page) return toResult(page, request, repaired, info)
  }
  const request = pageRequest(args, typed)
  const search = cursor == null ? searchPapers : searchAsTyped
  const page = await search(db, filter, request, wanted)
  if (!page.searchable) throw unsearchable(['text'])
  return toResult(page, request, page.repaired ? repaired : typed, info)
}

function toResult(
  { rows, more, filter, repaired, count }: SearchPage,
  request: PageRequest,
  scope: CursorScope,
  info: GraphQLResolveInfo,
): SearchResult {
  const abstracts = selects(info, 'edges', 'abstractHighlights')
  const edges = rows.map(({ keys, row }) => ({
    cursor: encodeCursor(scope, keys),
    node: row,
    relevance: row.relevance,
    filter,
    abstracts,
  }))
  return {
    ...connectionOf<PaperFields, SearchEdge>(edges, more, request, () => count(countedAtMost)),
    filter,
    repairedText: repaired ? String(filter.text) : null,
  }
}
