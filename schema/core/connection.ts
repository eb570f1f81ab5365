import { createHash } from 'node:crypto'
import type { KeyKind, Keys, ListPage, Order, PageRequest } from '../../db/lists/page.ts'
import { isDay } from '../../db/model/period.ts'
import { BadInputError } from './errors.ts'
import { defaultPageSize } from './paging.ts'

/** The arguments of a connection, as the relay plugin gives them. */
export interface PagingArgs {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
  readonly last?: number | null | undefined
  readonly before?: string | null | undefined
}

type Check = [check: (args: PagingArgs) => boolean, options: { message: string; path: string[] }]

/** Relay strongly discourages both at once, and nobody who sends both means it. */
export const rejectFirstWithLast: Check = [
  ({ first, last }) => first == null || last == null,
  { message: 'pass either `first` or `last`, not both.', path: ['last'] },
]

export interface Edge<Node> {
  readonly cursor: string
  readonly node: Node
}

/** An edge whose cursor is made where it is selected: most clients take the page's alone. */
class LazyEdge<Node> implements Edge<Node> {
  readonly node: Node
  readonly #scope: CursorScope
  readonly #place: { readonly keys: Keys }

  constructor(node: Node, scope: CursorScope, place: { readonly keys: Keys }) {
    this.node = node
    this.#scope = scope
    this.#place = place
  }

  get cursor(): string {
    return encodeCursor(this.#scope, this.#place.keys)
  }
}

/** What the resolver of a connection gives. */
export interface Connection<Node, E extends Edge<Node> = Edge<Node>> {
  readonly edges: E[]
  readonly nodes: Node[]
  readonly pageInfo: PageInfo
  /** Asked only where `totalCount` is selected. */
  readonly count: () => Promise<number>
}

interface PageInfo {
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  readonly startCursor: string | null
  readonly endCursor: string | null
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
  const edges = page.rows.map((placed) => new LazyEdge(toNode(placed.row), scope, placed))
  return connectionOf(edges, page.more, request, count)
}

/** The same of edges that are made already. */
export function connectionOf<Node, E extends Edge<Node>>(
  edges: E[],
  more: boolean,
  request: PageRequest,
  count: () => Promise<number>,
): Connection<Node, E> {
  return new EdgeConnection(edges, more, request, count)
}

/** What few clients select of a page is made where it is selected. */
class EdgeConnection<Node, E extends Edge<Node>> implements Connection<Node, E> {
  readonly edges: E[]
  readonly count: () => Promise<number>
  readonly #more: boolean
  readonly #request: PageRequest

  constructor(edges: E[], more: boolean, request: PageRequest, count: () => Promise<number>) {
    this.edges = edges
    this.count = count
    this.#more = more
    this.#request = request
  }

  get nodes(): Node[] {
    return this.edges.map(({ node }) => node)
  }

  get pageInfo(): PageInfo {
    return pageInfoOf(this.#more, this.#request, this.edges[0], this.edges.at(-1))
  }
}

export function pageInfoOf(
  more: boolean,
  { backwards, after, before }: PageRequest,
  first: { readonly cursor: string } | undefined,
  last: { readonly cursor: string } | undefined,
): PageInfo {
  return {
    hasNextPage: backwards ? before !== undefined : more,
    hasPreviousPage: backwards ? more : after !== undefined,
    get startCursor() {
      return first?.cursor ?? null
    },
    get endCursor() {
      return last?.cursor ?? null
    },
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

/** Cursors of lists: opaque to clients, they name the order and the filter they belong to. */
export interface CursorScope {
  readonly order: Order
  /** Names everything else that decides what is in the list, e.g. its filter; see `scopeOf`. */
  readonly scope: string
}

/** Characters of the name that `scopeOf` gives. */
export const scopeLength = 8

/** A short name of a list's filter and owner. */
export function scopeOf(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, scopeLength)
}

export function encodeCursor({ order, scope }: CursorScope, keys: Keys): string {
  return Buffer.from(JSON.stringify([order.name, scope, ...keys])).toString('base64url')
}

/** Throws BadInputError for a cursor that this list did not give out, saying which list did. */
export function decodeCursor(cursor: string, { order, scope }: CursorScope, argument: string): Keys {
  const parts = parse(cursor)
  const [name, from, ...keys] = parts
  if (typeof name !== 'string' || typeof from !== 'string')
    throw new BadInputError(
      `${argument}: ${JSON.stringify(cursor.slice(0, 60))} is not a cursor; pass the \`cursor\` of an edge of this list, or \`endCursor\` or \`startCursor\` of its page.`,
      [argument],
    )
  if (name !== order.name)
    throw new BadInputError(
      `${argument}: this cursor belongs to the order ${name}, but the list has the order ${order.name}; pass a cursor of this list, or start without one.`,
      [argument],
    )
  if (from !== scope)
    throw new BadInputError(
      `${argument}: this cursor belongs to a list with another filter or owner; pass a cursor of this list, or start without one.`,
      [argument],
    )
  if (keys.length !== order.keys.length || !order.keys.every(({ kind }, index) => fits(kind, keys[index])))
    throw new BadInputError(`${argument}: this cursor is damaged; pass it exactly as you received it.`, [
      argument,
    ])
  return keys as (string | number)[]
}

function parse(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(parts) ? parts : []
  } catch {
    return []
  }
}

function fits(kind: KeyKind, value: unknown): boolean {
  if (kind === 'integer') return Number.isSafeInteger(value)
  if (kind === 'number') return typeof value === 'number'
  if (kind === 'day') return isDay(value)
  return (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) &&
    isDay(value.slice(0, 10)) &&
    !Number.isNaN(Date.parse(value))
  )
}

/** The scope of a cursor; undefined for what is none. */
export function scopeOfCursor(cursor: string): string | undefined {
  const [, scope] = parse(cursor)
  return typeof scope === 'string' ? scope : undefined
}
