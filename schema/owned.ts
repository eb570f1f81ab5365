import type { GraphQLResolveInfo } from 'graphql'
import { type PaperListOrder, paperOrders } from '../db/lists/orders.ts'
import { countLists, type OwnedList, readListPages } from '../db/lists/owned.ts'
import type { ListPage } from '../db/lists/page.ts'
import { type PaperColumn, type PaperFields, type PaperOwner, papersOwnedBy } from '../db/papers.ts'
import { batched } from './core/batch.ts'
import {
  type Connection,
  type CursorScope,
  type PagingArgs,
  pageRequest,
  scopeOf,
  toConnection,
} from './core/connection.ts'
import type { Context } from './core/context.ts'
import { countedAtMost } from './core/paging.ts'
import { columnsKey, paperColumnsBelow, readsPage } from './core/plan.ts'
import { PaperListOrderEnum } from './papers.ts'

/** In place of a page that the selection does not need, which is not read. */
const unread: ListPage<never> = { rows: [], more: false }

/** The argument of the lists of papers that an object has. */
export const orderArgument = {
  type: PaperListOrderEnum,
  required: true,
  defaultValue: 'NEWEST',
  description: 'The order of the papers. For TRENDING and RELEVANCE, use `Query.papers` with a filter.',
} as const

/** The papers of an author, keyword, organization or account: one statement for all parents that ask alike. */
export async function ownedPapers(
  kind: PaperOwner,
  key: string,
  { order, ...args }: PagingArgs & { order: PaperListOrder },
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Connection<PaperFields>> {
  const wanted = paperColumnsBelow(info, ['nodes'], ['edges', 'node'])
  const list = papersOwnedBy(kind, paperOrders[order], wanted)
  const parent = { name: kind, key, list, wanted, toNode: (paper: PaperFields) => paper }
  return ownedList(parent, args, context, info)
}

/** A list that belongs to the object `key`. */
export interface ListOfParent<Key, Row, Node> {
  /** Names it among the lists of such objects. */
  readonly name: string
  readonly key: Key
  readonly list: OwnedList
  /** The columns of papers that `list` reads. */
  readonly wanted: ReadonlySet<PaperColumn> | undefined
  readonly toNode: (row: Row) => Node
}

/** A page of it: one statement for all parents that ask alike, wherever in the query they stand. */
export async function ownedList<Key extends string | number, Row, Node>(
  { name, key, list, wanted, toNode }: ListOfParent<Key, Row, Node>,
  args: PagingArgs,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Connection<Node>> {
  const scope: CursorScope = { order: list.order, scope: scopeOf([name, key]) }
  const request = pageRequest(args, scope)
  const page = readsPage(info)
    ? await batched(
        context,
        JSON.stringify([name, list.order.name, request, columnsKey(wanted)]),
        key,
        (keys) => readListPages<Key, Row>(context.db, keys, list, request),
      )
    : unread
  const count = async () =>
    (await batched(context, `${name} count`, key, (keys) =>
      countLists(context.db, keys, list, countedAtMost),
    )) ?? 0
  return toConnection(page ?? unread, request, scope, count, toNode)
}
