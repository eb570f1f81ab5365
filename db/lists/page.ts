import { type RawBuilder, sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { Db } from '../database.ts'
import { prepared, type SlottedStatement, slot, slotted } from '../prepared.ts'
import { SharedReads } from '../shared-reads.ts'

/** What a key of an order holds: how a cursor is checked before Postgres sees it. */
export type KeyKind = 'instant' | 'day' | 'integer' | 'number'

/** A total order, always descending: the keys from the first to the last, which is unique. */
export interface Order {
  /** Named in cursors, so that one of another order is refused. */
  readonly name: string
  readonly keys: readonly { readonly kind: KeyKind; readonly sql: string }[]
}

/** The position of a row: the values of the order's keys, an instant as an ISO string. */
export type Keys = readonly (string | number)[]

/** Which part of a list is wanted. */
export interface PageRequest {
  readonly limit: number
  /** The last `limit` rows before `before` instead of the first ones after `after`; still in the list's order. */
  readonly backwards: boolean
  readonly after?: Keys | undefined
  readonly before?: Keys | undefined
}

export interface ListPage<Row> {
  readonly rows: readonly { readonly keys: Keys; readonly row: Row }[]
  /** There are more in the direction of reading. */
  readonly more: boolean
}

/** A list that can be paged: `select` and `from` are SQL without their keywords. */
export interface List {
  readonly select: RawBuilder<unknown>
  readonly from: RawBuilder<unknown>
  /** All of them hold. */
  readonly where: readonly RawBuilder<unknown>[]
  readonly order: Order
  /** The plan is the same whatever the values are: see db/prepared.ts. */
  readonly prepared?: boolean
  /** Names `select` and `from` of a prepared list without conditions: its statements are built once by this name. */
  readonly name?: string
  /** The values of the slots of a list with a name. */
  readonly values?: Readonly<Record<string, unknown>>
}

/** One page by keyset: page 10,000 costs what page 1 costs. One more row than requested shows whether more follow. */
export async function readListPage<Row>(db: Db, list: List, page: PageRequest): Promise<ListPage<Row>> {
  const rows =
    list.name === undefined || list.where.length > 0
      ? (await db.executeQuery(sql`${preparedMark(list)}${pageStatement(list, page)}`.compile(db))).rows
      : await readNamed(db, list, list.name, page)
  return toListPage<Row>(rows as KeyedRow[], list.order, page)
}

/** The statement of a page of a list with a name, and how those who ask for the same page in the same moment share it. */
interface NamedPage extends SlottedStatement {
  readonly reads: SharedReads<string, unknown[]>
}

/** By what makes up the statement, which has no values but those of slots and of a cursor. */
const named = new WeakMap<Db, LRUCache<string, NamedPage>>()

/** Lists with values, which are searches, take too long to be shared: they end with the operation that asks. */
async function readNamed(db: Db, list: List, name: string, page: PageRequest): Promise<unknown[]> {
  const { statement, parametersOf, reads } = namedPage(db, list, name, page)
  const cursor = valuesOfCursor(page)
  if (!list.values) return (await reads.load(JSON.stringify(cursor))) ?? []
  return (await db.executeQuery({ ...statement, parameters: parametersOf({ ...list.values, ...cursor }) }))
    .rows
}

function namedPage(db: Db, list: List, name: string, page: PageRequest): NamedPage {
  const { limit, backwards, after, before } = page
  const known = named.get(db) ?? new LRUCache<string, NamedPage>({ max: 200 })
  named.set(db, known)
  const key = `${name} ${list.order.name} ${limit} ${backwards} ${after !== undefined} ${before !== undefined}`
  const existing = known.get(key)
  if (existing) return existing
  const slots = {
    ...page,
    after: after && slotsOfKeys('after', after),
    before: before && slotsOfKeys('before', before),
  }
  const { statement, parametersOf } = slotted(
    sql`${preparedMark(list)}${pageStatement(list, slots)}`.compile(db),
  )
  const reads = new SharedReads<string, unknown[]>(async ([cursor = '']) => {
    const parameters = parametersOf(JSON.parse(cursor) as Record<string, unknown>)
    return new Map([[cursor, (await db.executeQuery({ ...statement, parameters })).rows]])
  }, 1)
  const made = { statement, parametersOf, reads }
  known.set(key, made)
  return made
}

function slotsOfKeys(end: 'after' | 'before', keys: Keys): Keys {
  return keys.map((_key, index) => slot(`${end} ${index}`))
}

function valuesOfCursor({ after = [], before = [] }: PageRequest): Record<string, unknown> {
  return Object.fromEntries([
    ...after.map((key, index) => [`after ${index}`, key]),
    ...before.map((key, index) => [`before ${index}`, key]),
  ])
}

/** The number of rows of the list; `most` if there are at least that many, so that every count is bounded. */
export async function countList(db: Db, list: Pick<List, 'from' | 'where'>, most: number): Promise<number> {
  const { rows } = await sql<{ amount: number }>`${countStatement(list, most)}`.execute(db)
  return rows[0]?.amount ?? 0
}

/** A row as `pageStatement` selects it, its place in the columns `key_0`, `key_1`, … */
export type KeyedRow = Record<string, unknown>

/** What a statement over the list begins with: the mark of db/prepared.ts, or nothing. */
export function preparedMark(list: Pick<List, 'prepared'>): RawBuilder<unknown> {
  return list.prepared ? sql`${prepared} ` : sql``
}

/** The rows of a page and one more, each with its keys. */
export function pageStatement(list: List, page: PageRequest): RawBuilder<unknown> {
  const { select, from, where, order } = list
  const keys = sql.raw(order.keys.map((key, index) => `${key.sql} as key_${index}`).join(', '))
  const all = [
    ...where,
    ...(page.after ? [keysetCondition(list, page.after, '<')] : []),
    ...(page.before ? [keysetCondition(list, page.before, '>')] : []),
  ]
  // A plan for any limit would be one for a tenth of all rows.
  const limit = list.prepared ? sql.lit(page.limit + 1) : page.limit + 1
  return sql`select ${select}, ${keys} from ${from} ${conditions(all)}
    order by ${orderBy(order, page.backwards, (key) => key.sql)} limit ${limit}`
}

/** One row with the column `amount`. */
export function countStatement(
  { from, where }: Pick<List, 'from' | 'where'>,
  most: number,
): RawBuilder<unknown> {
  return sql`select count(*)::integer as amount
    from (select from ${from} ${conditions(where)} limit ${most}) counted`
}

function conditions(where: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return where.length === 0 ? sql`` : sql`where ${sql.join(where, sql` and `)}`
}

const types: Record<KeyKind, string> = {
  instant: 'timestamptz',
  day: 'date',
  integer: 'bigint',
  number: 'double precision',
}

function keysetCondition(
  { order, prepared: isPrepared }: Pick<List, 'order' | 'prepared'>,
  keys: Keys,
  sign: '<' | '>',
): RawBuilder<unknown> {
  const columns = sql.raw(order.keys.map((key) => key.sql).join(', '))
  const values = order.keys.map((key, index) => {
    const value = sql`${keys[index]}::${sql.raw(types[key.kind])}`
    // Of a value in a subquery the planner expects the same each time, so that it keeps the plan.
    return isPrepared ? sql`(select ${value})` : value
  })
  return sql`(${columns}) ${sql.raw(sign)} (${sql.join(values)})`
}

/** What follows `order by`, where `name` returns the SQL of each key. */
export function orderBy(
  order: Order,
  backwards: boolean,
  name: (key: Order['keys'][number], index: number) => string,
): RawBuilder<unknown> {
  const direction = backwards ? 'asc' : 'desc'
  return sql.raw(order.keys.map((key, index) => `${name(key, index)} ${direction}`).join(', '))
}

/** The page of the rows of `pageStatement`, in the list's order. */
export function toListPage<Row>(
  rows: KeyedRow[],
  order: Order,
  { limit, backwards }: PageRequest,
): ListPage<Row> {
  const page = rows.slice(0, limit).map((row) => new PlacedRow<Row>(row, order))
  return { rows: backwards ? page.reverse() : page, more: rows.length > limit }
}

/** Its keys are made where they are asked for: most clients take the cursor of the last row alone. */
class PlacedRow<Row> {
  readonly #row: KeyedRow
  readonly #order: Order

  constructor(row: KeyedRow, order: Order) {
    this.#row = row
    this.#order = order
  }

  get row(): Row {
    return this.#row as Row
  }

  get keys(): Keys {
    return this.#order.keys.map((_key, index) => {
      const value = this.#row[`key_${index}`]
      return value instanceof Date ? value.toISOString() : (value as string | number)
    })
  }
}
