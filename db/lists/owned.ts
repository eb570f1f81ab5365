import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'
import { type KeyType, keyTable } from '../keys.ts'
import {
  countStatement,
  type KeyedRow,
  type List,
  type ListPage,
  orderBy,
  type PageRequest,
  pageStatement,
  preparedMark,
  readListPage,
  toListPage,
} from './page.ts'

/** The lists of many owners of one kind: one for each key, all in one statement. */
export interface OwnedList extends Omit<List, 'where'> {
  /** Whose rows these are, given the owner's key as SQL. */
  readonly owned: (key: RawBuilder<unknown>) => RawBuilder<unknown>
  /** The type of the key. */
  readonly keyType: KeyType
  /**
   * For lists of papers: a smaller table with a row for each paper of an owner, or some more, by which Postgres finds
   * out whether an owner has few papers. `exact` if it has just as many rows.
   */
  readonly membership?: Pick<OwnedList, 'from' | 'owned'> & { readonly exact: boolean }
}

/**
 * The same page of the list of each owner; an owner without rows has an empty page. One owner gets a statement of
 * its own, in which the planner sees the key: only then can it distinguish a rare keyword from a common one.
 */
export async function readListPages<Owner extends string | number, Row>(
  db: Db,
  owners: readonly Owner[],
  list: OwnedList,
  page: PageRequest,
): Promise<Map<Owner, ListPage<Row>>> {
  const [only, ...others] = owners
  if (only !== undefined && others.length === 0) {
    const key = sql`${only}::${sql.raw(list.keyType)}`
    return new Map([[only, await readListPage<Row>(db, { ...list, where: [list.owned(key)] }, page)]])
  }
  const inOrder = orderBy(list.order, page.backwards, (_key, index) => `x.key_${index}`)
  const each = list.membership
    ? cheaperPageStatement(list, list.membership, page)
    : pageStatement({ ...list, where: [list.owned(sql`k.key`)] }, page)
  const statement = sql<KeyedRow & { owner: Owner }>`
    ${preparedMark(list)}select k.key as owner, x.* from ${keyTable(owners, list.keyType)} cross join lateral (${each}) x
    order by k.key, ${inOrder}`
  const { rows } = await statement.execute(db)
  const byOwner = new Map<Owner, KeyedRow[]>(owners.map((owner) => [owner, []]))
  for (const { owner, ...row } of rows) byOwner.get(owner)?.push(row)
  return new Map([...byOwner].map(([owner, owned]) => [owner, toListPage<Row>(owned, list.order, page)]))
}

/** The number of rows of each owner's list, all in one statement; `most` if there are at least that many. */
export async function countLists<Owner extends string | number>(
  db: Db,
  owners: readonly Owner[],
  list: Pick<OwnedList, 'from' | 'owned' | 'keyType' | 'membership'>,
  most: number,
): Promise<Map<Owner, number>> {
  const { from, owned } = list.membership?.exact ? list.membership : list
  const each = countStatement({ from, where: [owned(sql`k.key`)] }, most)
  const { rows } = await sql<{ owner: Owner; amount: number }>`
    select k.key as owner, x.amount from ${keyTable(owners, list.keyType)} cross join lateral (${each}) x`.execute(
    db,
  )
  return new Map(rows.map(({ owner, amount }) => [owner, amount]))
}

/**
 * The page of the owner `k.key`, by the cheaper of two ways: few rows are found by their owner and sorted; of many,
 * the first ones are soon met on the way through all papers in the list's order. Of n among N papers the first way
 * reads n, the second some N / n for each row of the page, so that they cost the same at n = sqrt(rows x N). The
 * planner cannot choose: it makes one plan for all owners. With 100,000 papers and a page of 20, an owner of up to
 * 1,449 papers is `is_small`.
 */
function cheaperPageStatement(
  list: OwnedList,
  { from, owned }: Pick<OwnedList, 'from' | 'owned'>,
  page: PageRequest,
): RawBuilder<unknown> {
  const mine = list.owned(sql`k.key`)
  const found = sql`(select p.* from paper p where ${mine} and owner.is_small offset 0) p`
  return sql`select y.* from (
      select sqrt(${page.limit + 1} * greatest(reltuples, 0)) as max_rows
      from pg_class where oid = 'paper'::regclass) threshold
    cross join lateral (
      select count(*) <= threshold.max_rows as is_small from (
        select from ${from} where ${owned(sql`k.key`)} limit threshold.max_rows::bigint + 1) counted) owner
    cross join lateral (
      (${pageStatement({ ...list, from: found, where: [] }, page)}) union all
      (${pageStatement({ ...list, where: [mine, sql`not owner.is_small`] }, page)})) y`
}
