import type { GraphQLResolveInfo } from 'graphql'
import { type CanonicalFilter, filterConditions } from '../db/filter.ts'
import { paperOrders } from '../db/orders.ts'
import {
  countList,
  countLists,
  type List,
  type Order,
  type Page,
  type PageRequest,
  readPage,
  readPages,
} from '../db/page.ts'
import { listOfPapers, type Paper, papersOf } from '../db/papers.ts'
import { batched } from './batch.ts'
import { type Connection, type PagingArgs, pageRequest, toConnection } from './connection.ts'
import type { Context } from './context.ts'
import { type CursorScope, scopeOf } from './cursor.ts'
import { requireSearchable } from './filter.ts'
import { countedAtMost } from './paging.ts'
import { fieldsBelow, paperColumnsBelow } from './plan.ts'

/** What is not asked for is not read: an empty page stands in. */
const unread: Page<never> = { rows: [], more: false }

/** A list of papers at the root: one statement for the page, one more where `totalCount` is selected. */
export async function rootPapers(
  order: Order,
  filter: CanonicalFilter,
  args: PagingArgs,
  { db }: Context,
  info: GraphQLResolveInfo,
): Promise<Connection<Paper>> {
  const scope: CursorScope = { order, scope: scopeOf(filter) }
  const request = pageRequest(args, scope)
  const list = listOfPapers(filterConditions(filter), order, wantedOf(info))
  const page = readsPage(info) ? await readPage<Paper>(db, list, request) : unread
  // Only what finds nothing can be a text without words, so that only then there is a second statement.
  if (page.rows.length === 0) await requireSearchable(db, filter)
  return toConnection(page, request, scope, () => countList(db, list, countedAtMost), itself)
}

/** The papers of an author, keyword, organization or account: one statement for all parents that ask alike. */
export async function ownedPapers(
  kind: keyof typeof papersOf,
  key: string,
  args: PagingArgs,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Connection<Paper>> {
  const order = paperOrders.NEWEST
  const list = listOfPapers([papersOf[kind]], order, wantedOf(info))
  return ownedList(kind, key, 'text', list, itself<Paper>, args, context, info)
}

/** Any list that belongs to the object `key`. `name` names the list; its SQL uses `k.key`. */
export async function ownedList<Key extends string | number, Row, Node>(
  name: string,
  key: Key,
  type: 'text' | 'date' | 'bigint',
  list: List,
  toNode: (row: Row) => Node,
  args: PagingArgs,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Connection<Node>> {
  const scope: CursorScope = { order: list.order, scope: scopeOf([name, key]) }
  const request = pageRequest(args, scope)
  const page = readsPage(info)
    ? await batched(context, question(name, list, request, info), key, (keys) =>
        readPages<Key, Row>(context.db, keys, type, list, request),
      )
    : unread
  const count = async () =>
    (await batched(context, `${name} count`, key, (keys) =>
      countLists(context.db, keys, type, list, countedAtMost),
    )) ?? 0
  return toConnection(page ?? unread, request, scope, count, toNode)
}

/** Parents at one place of the query ask the same, so the place tells the columns. */
function question(name: string, list: List, request: PageRequest, info: GraphQLResolveInfo): string {
  const place: (string | number)[] = []
  for (let path: typeof info.path | undefined = info.path; path; path = path.prev)
    if (typeof path.key === 'string') place.push(path.key)
  return JSON.stringify([name, list.order.name, request, place])
}

/** Whether a connection's page is selected, and not its count alone. */
export function readsPage(info: GraphQLResolveInfo): boolean {
  const fields = fieldsBelow(info)
  return fields.has('nodes') || fields.has('edges') || fields.has('pageInfo')
}

function wantedOf(info: GraphQLResolveInfo) {
  return paperColumnsBelow(info, ['nodes'], ['edges', 'node'])
}

function itself<Row>(row: Row): Row {
  return row
}
