import { sql } from 'kysely'
import type { Db } from './database.ts'
import { anyOf, keyTable } from './keys.ts'
import { prepared } from './prepared.ts'
import type { AccountRow, OrganizationRow, PaperAuthorRow } from './tables.ts'

/** In any order; a missing one is left out. */
export function accountsByNames(db: Db, names: readonly string[]): Promise<AccountRow[]> {
  return db.selectFrom('account').modifyFront(prepared).selectAll().where('name', '=', anyOf(names)).execute()
}

/** In any order; a missing one is left out. */
export function organizationsByNames(db: Db, names: readonly string[]): Promise<OrganizationRow[]> {
  return db
    .selectFrom('organization')
    .modifyFront(prepared)
    .selectAll()
    .where('name', '=', anyOf(names))
    .execute()
}

/** Those that exist, in any order. */
export function authorsByNames(db: Db, names: readonly string[]): Promise<{ name: string }[]> {
  return db
    .selectFrom('author')
    .modifyFront(prepared)
    .select('name')
    .where('name', '=', anyOf(names))
    .execute()
}

/** Those that exist, in any order. */
export function keywordsByKeys(db: Db, keys: readonly string[]): Promise<{ key: string }[]> {
  return db.selectFrom('keyword').modifyFront(prepared).select('key').where('key', '=', anyOf(keys)).execute()
}

/** One author's position on one paper. */
export interface AuthorPosition {
  readonly paperId: number
  readonly position: number
}

/** What the sources say of these authors on these papers, in any order. */
export function authorsAtPositions(db: Db, positions: readonly AuthorPosition[]): Promise<PaperAuthorRow[]> {
  const keys = sql<AuthorPosition>`unnest(${positions.map(({ paperId }) => paperId)}::bigint[],
    ${positions.map(({ position }) => position)}::integer[])`
  return db
    .selectFrom(keys.as<'k'>(sql`k ("paperId", position)`))
    .innerJoin('paper_author as pa', (join) =>
      join.onRef('pa.paper_id', '=', 'k.paperId').onRef('pa.position', '=', 'k.position'),
    )
    .modifyFront(prepared)
    .selectAll('pa')
    .execute()
}

/** The number of accounts that an author's `accounts` show at most. */
export const maxAccountsPerAuthor = 20

/** The accounts linked to each name, those that most of its papers are linked to first. */
export function accountsByAuthors(
  db: Db,
  names: readonly string[],
): Promise<(AccountRow & { author_name: string })[]> {
  return db
    .selectFrom(keyTable(names, 'text'))
    .crossJoinLateral((eb) =>
      eb
        .selectFrom('paper_author as pa')
        .innerJoin('account as a', 'a.name', 'pa.account_name')
        .selectAll('a')
        .select(eb.fn.countAll<number>().as('papers'))
        .whereRef('pa.author_name', '=', 'k.key')
        .groupBy('a.name')
        .orderBy('papers', 'desc')
        .orderBy('a.name')
        .limit(maxAccountsPerAuthor)
        .as('linked'),
    )
    .modifyFront(prepared)
    .select('k.key as author_name')
    .selectAll('linked')
    .orderBy('k.key')
    .orderBy('linked.papers', 'desc')
    .orderBy('linked.name')
    .execute()
}
