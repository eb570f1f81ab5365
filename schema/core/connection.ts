import type { Keys, ListPage, PageRequest } from '../../db/lists/page.ts'
import { type CursorScope, decodeCursor, encodeCursor } from './cursor.ts'
import { defaultPageSize } from './paging.ts'

/** The arguments of a connection, as the relay plugin gives them. */
export interface PagingArgs {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
  readonly last?: number | null | undefined
  readonly before?: string | null | undefined
}

export interface Edge<Node> {
  readonly cursor: string
  readonly node: Node
}

/** What the resolver of a connection gives. */
export interface Connection<Node, E extends Edge<Node> = Edge<Node>> {
  readonly edges: E[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
  /** Asked only where `totalCount` is selected. */
  readonly count: () => Promise<number>
}

/** What to read for these arguments. Throws BadInputError for a cursor that is not of this list. */
export function pageRequest(args: PagingArgs, scope: CursorScope): PageRequest {
  return {
    limit: args.first ?? args.last ?? defaultPageSize,
    backwards: args.last != null,
    after: args.after == null ? undefined : decodeCursor(args.after, scope, 'after'),
    before: args.before == null ? undefined : decodeCursor(args.before, scope, 'before'),
  }
}

/** A page as a connection. The row at a given cursor is still in the list, so there is something on its side. */
export function toConnection<Row, Node>(
  page: ListPage<Row>,
  request: PageRequest,
  scope: CursorScope,
  count: () => Promise<number>,
  toNode: (row: Row) => Node,
): Connection<Node> {
  const edges = page.rows.map(({ keys, row }) => ({ cursor: encodeCursor(scope, keys), node: toNode(row) }))
  return connectionOf(edges, page.more, request, count)
}

/** The same of edges that are made already. */
export function connectionOf<Node, E extends Edge<Node>>(
  edges: E[],
  more: boolean,
  { backwards, after, before }: PageRequest,
  count: () => Promise<number>,
): Connection<Node, E> {
  return {
    edges,
    pageInfo: {
      hasNextPage: backwards ? before !== undefined : more,
      hasPreviousPage: backwards ? more : after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    count,
  }
}

/** A page of positions, counted from 1, of a list that is already here whole. */
export function positionsOf(
  length: number,
  { limit, backwards, after, before }: PageRequest,
): { from: number; to: number; more: boolean } {
  const start = after === undefined ? 1 : positionOf(after) + 1
  const end = before === undefined ? length : Math.min(length, positionOf(before) - 1)
  const from = backwards ? Math.max(start, end - limit + 1) : start
  const to = backwards ? end : Math.min(end, start + limit - 1)
  return { from, to, more: backwards ? from > start : to < end }
}

function positionOf([position]: Keys): number {
  return Number(position)
}
