import type { GraphQLResolveInfo } from 'graphql'
import { computedOrders } from '../../db/lists/orders.ts'
import { readListPage } from '../../db/lists/page.ts'
import type { PaperFields } from '../../db/papers.ts'
import type { CanonicalFilter } from '../../db/search/filter.ts'
import { countMatches } from '../../db/search/matches.ts'
import { listByRelevance } from '../../db/search/search.ts'
import { repairText } from '../../db/search/typos.ts'
import { type Connection, connectionOf, type Edge, type PagingArgs, pageRequest } from '../core/connection.ts'
import type { Context } from '../core/context.ts'
import { type CursorScope, encodeCursor, isCursorOf, scopeOf } from '../core/cursor.ts'
import { countedAtMost } from '../core/paging.ts'
import { paperColumnsBelow, selects } from '../core/plan.ts'
import { requireSearchable } from '../filter.ts'
import type { Highlighted } from './highlights.ts'

export interface SearchEdge extends Edge<PaperFields>, Omit<Highlighted, 'node'> {
  readonly relevance: number
}

export interface SearchResult extends Connection<PaperFields, SearchEdge> {
  /** What was searched for in the end. */
  readonly filter: CanonicalFilter
  readonly repairedText: string | null
}

/** Searches, and where that finds nothing searches again for what may have been meant. */
export async function runSearch(
  filter: CanonicalFilter,
  args: PagingArgs,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<SearchResult> {
  const plain: CursorScope = { order: computedOrders.RELEVANCE, scope: scopeOf(filter) }
  const repaired: CursorScope = { ...plain, scope: scopeOf([filter, 'repaired']) }
  const cursor = args.after ?? args.before
  if (cursor != null && isCursorOf(cursor, repaired)) {
    const meant = await repair(filter, context)
    if (meant) return searchOnce(meant, repaired, args, context, info)
  }
  const found = await searchOnce(filter, plain, args, context, info)
  if (found.edges.length > 0 || cursor != null) return found
  await requireSearchable(context.db, filter, ['text'])
  const meant = await repair(filter, context)
  if (!meant) return found
  const again = await searchOnce(meant, repaired, args, context, info)
  return again.edges.length > 0 ? again : found
}

async function repair(filter: CanonicalFilter, { db }: Context): Promise<CanonicalFilter | undefined> {
  const text = filter.text === undefined ? undefined : await repairText(db, String(filter.text))
  return text === undefined ? undefined : { ...filter, text }
}

async function searchOnce(
  filter: CanonicalFilter,
  scope: CursorScope,
  args: PagingArgs,
  { db }: Context,
  info: GraphQLResolveInfo,
): Promise<SearchResult> {
  const request = pageRequest(args, scope)
  const wanted = paperColumnsBelow(info, ['nodes'], ['edges', 'node'])
  const page = await readListPage<PaperFields & { relevance: number }>(
    db,
    listByRelevance(filter, wanted),
    request,
  )
  const abstracts = selects(info, 'edges', 'abstractHighlights')
  const edges = page.rows.map(({ keys, row }) => ({
    cursor: encodeCursor(scope, keys),
    node: row,
    relevance: row.relevance,
    filter,
    abstracts,
  }))
  const count = () => countMatches(db, filter, countedAtMost)
  const asked = scope.scope === scopeOf(filter)
  return {
    ...connectionOf<PaperFields, SearchEdge>(edges, page.more, request, count),
    filter,
    repairedText: asked ? null : String(filter.text),
  }
}
