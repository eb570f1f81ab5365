import type { GraphQLResolveInfo } from 'graphql'
import { type PaperListOrder, paperOrders } from '../db/orders.ts'
import { countLists, type OwnedList, type Page, type PageRequest, readPages } from '../db/page.ts'
import { type Paper, type PaperOwner, papersOwnedBy } from '../db/papers.ts'
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
  kind: PaperOwner,
  key: string,
  { order, ...args }: PagingArgs & { order: PaperListOrder },
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Connection<Paper>> {
  const wanted = paperColumnsBelow(info, ['nodes'], ['edges', 'node'])
  const list = papersOwnedBy(kind, paperOrders[order], wanted)
  return ownedList(kind, key, list, (paper: Paper) => paper, args, context, info)
}

/** Any list that belongs to the object `key`; `name` names it among the lists of such objects. */
export async function ownedList<Key extends string | number, Row, Node>(
  name: string,
  key: Key,
  list: OwnedList,
  toNode: (row: Row) => Node,
  args: PagingArgs,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Connection<Node>> {
  const scope: CursorScope = { order: list.order, scope: scopeOf([name, key]) }
  const request = pageRequest(args, scope)
  const page = readsPage(info)
    ? await batched(context, question(name, list, request, info), key, (keys) =>
        readPages<Key, Row>(context.db, keys, list, request),
      )
    : unread
  const count = async () =>
    (await batched(context, `${name} count`, key, (keys) =>
      countLists(context.db, keys, list, countedAtMost),
    )) ?? 0
  return toConnection(page ?? unread, request, scope, count, toNode)
}

/** Parents at one place of the query ask the same, so the place tells the columns. */
function question(name: string, list: OwnedList, request: PageRequest, info: GraphQLResolveInfo): string {
  const place: (string | number)[] = []
  for (let path: typeof info.path | undefined = info.path; path; path = path.prev)
    if (typeof path.key === 'string') place.push(path.key)
  return JSON.stringify([name, list.order.name, request, place])
}
