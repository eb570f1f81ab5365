import type { GraphQLResolveInfo } from 'graphql'
import { type PaperListOrder, paperOrders } from '../db/orders.ts'
import { countLists, type List, type Page, type PageRequest, readPages } from '../db/page.ts'
import { listOfPapers, type Paper, papersOf } from '../db/papers.ts'
import { batched } from './batch.ts'
import { type Connection, type PagingArgs, pageRequest, toConnection } from './connection.ts'
import type { Context } from './context.ts'
import { type CursorScope, scopeOf } from './cursor.ts'
import { countedAtMost } from './paging.ts'
import { PaperListOrderEnum } from './paper-order.ts'
import { paperColumnsBelow, readsPage } from './plan.ts'

/** What is not asked for is not read: an empty page stands in. */
const unread: Page<never> = { rows: [], more: false }

/** The argument of the lists of papers that an object has. */
export const orderArgument = {
  type: PaperListOrderEnum,
  required: true,
  defaultValue: 'NEWEST',
  description: 'In which order. For what is trending, ask `papers` with a filter.',
} as const

/** The papers of an author, keyword, organization or account: one statement for all parents that ask alike. */
export async function ownedPapers(
  kind: keyof typeof papersOf,
  key: string,
  { order, ...args }: PagingArgs & { order: PaperListOrder },
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Connection<Paper>> {
  const list = listOfPapers([papersOf[kind]], paperOrders[order], wantedOf(info))
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

function wantedOf(info: GraphQLResolveInfo) {
  return paperColumnsBelow(info, ['nodes'], ['edges', 'node'])
}

function itself<Row>(row: Row): Row {
  return row
}
