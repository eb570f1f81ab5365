import { type RawBuilder, sql } from 'kysely'
import type { Db } from './database.ts'
import { prepared } from './prepared.ts'

/** What a key of an order holds: how a cursor is checked before Postgres sees it. */
export type KeyKind = 'instant' | 'day' | 'integer' | 'number'

/** A total order, always descending: the keys from the first to the last, which is unique. */
export interface Order {
  /** Named in cursors, so that one of another order is refused. */
  readonly name: string
  readonly keys: readonly { readonly kind: KeyKind; readonly sql: string }[]
}

/** Where a row stands: the values of the order's keys, an instant as an ISO string. */
export type Keys = readonly (string | number)[]

/** Which part of a list is wanted. */
export interface PageRequest {
  readonly limit: number
  /** The last `limit` rows before `before` instead of the first ones after `after`; still in the list's order. */
  readonly backwards: boolean
  readonly after?: Keys | undefined
  readonly before?: Keys | undefined
}

export interface Page<Row> {
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
}

/** One page by keyset: page 10,000 costs what page 1 costs. One row more than asked tells whether more follow. */
export async function readPage<Row>(db: Db, list: List, page: PageRequest): Promise<Page<Row>> {
  const { rows } = await sql`${front(list)}${pageStatement(list, page)}`.execute(db)
  return toPage<Row>(rows as KeyedRow[], list.order, page)
}

/** The lists of many owners of one kind: one for each key, all in one statement. */
export interface OwnedList extends Omit<List, 'where'> {
  /** Whose rows these are, given the owner's key as SQL. */
  readonly owned: (key: RawBuilder<unknown>) => RawBuilder<unknown>
  /** The type of the key. */
  readonly keyType: 'text' | 'date' | 'bigint'
  /**
   * Where `from` is `paper p`: a smaller table with a row for each row of an owner, or some more. By it Postgres
   * finds out, for each owner, which way is the shorter one; `exact` where it has just as many rows.
   */
  readonly sized?: Pick<OwnedList, 'from' | 'owned'> & { readonly exact: boolean }
}

/**
 * The same page of the list of each owner; an owner without rows has an empty page. One owner gets a statement of
 * its own, in which the planner sees the key: it alone can tell a rare keyword from one that is everywhere.
 */
export async function readPages<Owner extends string | number, Row>(
  db: Db,
  owners: readonly Owner[],
  list: OwnedList,
  page: PageRequest,
): Promise<Map<Owner, Page<Row>>> {
  const [only, ...others] = owners
  if (only !== undefined && others.length === 0) {
    const key = sql`${only}::${sql.raw(list.keyType)}`
    return new Map([[only, await readPage<Row>(db, { ...list, where: [list.owned(key)] }, page)]])
  }
  const inOrder = orderBy(list.order, page.backwards, (_key, index) => `x.key_${index}`)
  const each = list.sized
    ? shorterStatement(list, list.sized, page)
    : pageStatement({ ...list, where: [list.owned(sql`k.key`)] }, page)
  const statement = sql<KeyedRow & { owner: Owner }>`
    ${front(list)}select k.key as owner, x.* from ${owning(owners, list.keyType)} cross join lateral (${each}) x
    order by k.key, ${inOrder}`
  const { rows } = await statement.execute(db)
  const byOwner = new Map<Owner, KeyedRow[]>(owners.map((owner) => [owner, []]))
  for (const { owner, ...row } of rows) byOwner.get(owner)?.push(row)
  return new Map([...byOwner].map(([owner, owned]) => [owner, toPage<Row>(owned, list.order, page)]))
}

/** How many rows the list has; `most` where there are at least so many, so that no count has no end. */
export async function countList(db: Db, list: Pick<List, 'from' | 'where'>, most: number): Promise<number> {
  const { rows } = await sql<{ amount: number }>`${countStatement(list, most)}`.execute(db)
  return rows[0]?.amount ?? 0
}

/** The same of many owners in one statement. */
export async function countLists<Owner extends string | number>(
  db: Db,
  owners: readonly Owner[],
  list: Pick<OwnedList, 'from' | 'owned' | 'keyType' | 'sized'>,
  most: number,
): Promise<Map<Owner, number>> {
  const { from, owned } = list.sized?.exact ? list.sized : list
  const each = countStatement({ from, where: [owned(sql`k.key`)] }, most)
  const { rows } = await sql<{ owner: Owner; amount: number }>`
    select k.key as owner, x.amount from ${owning(owners, list.keyType)} cross join lateral (${each}) x`.execute(
    db,
  )
  return new Map(rows.map(({ owner, amount }) => [owner, amount]))
}

type KeyedRow = Record<string, unknown>

function front(list: Pick<List, 'prepared'>): RawBuilder<unknown> {
  return list.prepared ? prepared : sql``
}

function pageStatement(list: List, page: PageRequest): RawBuilder<unknown> {
  const { select, from, where, order } = list
  const keys = sql.raw(order.keys.map((key, index) => `${key.sql} as key_${index}`).join(', '))
  const within = [
    ...where,
    ...(page.after ? [beyond(order, page.after, '<')] : []),
    ...(page.before ? [beyond(order, page.before, '>')] : []),
  ]
  // A plan for any limit would be one for a tenth of all rows.
  const limit = list.prepared ? sql.lit(page.limit + 1) : page.limit + 1
  return sql`select ${select}, ${keys} from ${from} ${conditions(within)}
    order by ${orderBy(order, page.backwards, (key) => key.sql)} limit ${limit}`
}

/**
 * The page of the owner `k.key`. Few rows are found by their owner and sorted; of many, the first ones are soon met
 * on the way through all papers in the list's order. Of n among N papers the first way reads n, the second some
 * N / n for each row of the page, so that n = sqrt(rows x N) is where they cost the same. The planner cannot choose:
 * it makes one plan for all owners.
 */
function shorterStatement(
  list: OwnedList,
  { from, owned }: Pick<OwnedList, 'from' | 'owned'>,
  page: PageRequest,
): RawBuilder<unknown> {
  const mine = list.owned(sql`k.key`)
  const sorted = sql`(select p.* from paper p where ${mine} and size.few offset 0) p`
  return sql`select y.* from (
      select sqrt(${page.limit + 1} * greatest(reltuples, 0)) as most from pg_class where oid = 'paper'::regclass) m
    cross join lateral (
      select count(*) <= m.most as few from (
        select from ${from} where ${owned(sql`k.key`)} limit m.most::bigint + 1) counted) size
    cross join lateral (
      (${pageStatement({ ...list, from: sorted, where: [] }, page)}) union all
      (${pageStatement({ ...list, where: [mine, sql`not size.few`] }, page)})) y`
}

function countStatement({ from, where }: Pick<List, 'from' | 'where'>, most: number): RawBuilder<unknown> {
  return sql`select count(*)::integer as amount
    from (select from ${from} ${conditions(where)} limit ${most}) counted`
}

function owning(owners: readonly (string | number)[], type: string): RawBuilder<unknown> {
  return sql`unnest(${owners}::${sql.raw(type)}[]) as k (key)`
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

function beyond(order: Order, keys: Keys, sign: '<' | '>'): RawBuilder<unknown> {
  const columns = sql.raw(order.keys.map((key) => key.sql).join(', '))
  const values = order.keys.map((key, index) => sql`${keys[index]}::${sql.raw(types[key.kind])}`)
  return sql`(${columns}) ${sql.raw(sign)} (${sql.join(values)})`
}

function orderBy(
  order: Order,
  backwards: boolean,
  name: (key: Order['keys'][number], index: number) => string,
): RawBuilder<unknown> {
  const direction = backwards ? 'asc' : 'desc'
  return sql.raw(order.keys.map((key, index) => `${name(key, index)} ${direction}`).join(', '))
}

function toPage<Row>(found: KeyedRow[], order: Order, { limit, backwards }: PageRequest): Page<Row> {
  const shown = found.slice(0, limit).map((row) => ({ keys: keysOf(row, order), row: row as Row }))
  return { rows: backwards ? shown.reverse() : shown, more: found.length > limit }
}

function keysOf(row: KeyedRow, order: Order): Keys {
  return order.keys.map((_key, index) => {
    const value = row[`key_${index}`]
    return value instanceof Date ? value.toISOString() : (value as string | number)
  })
}
