import { sql } from 'kysely'
import type { Db } from './database.ts'
import { prepared } from './prepared.ts'
import type { AccountRow, OrganizationRow, PaperAuthorRow } from './tables.ts'

/** In any order; a missing one is left out. */
export async function accountsByNames(db: Db, names: readonly string[]): Promise<AccountRow[]> {
  const { rows } = await sql<AccountRow>`
    ${prepared}select a.* from account a where a.name = any(${names}::text[])`.execute(db)
  return rows
}

/** In any order; a missing one is left out. */
export async function organizationsByNames(db: Db, names: readonly string[]): Promise<OrganizationRow[]> {
  const { rows } = await sql<OrganizationRow>`
    ${prepared}select o.* from organization o where o.name = any(${names}::text[])`.execute(db)
  return rows
}

/** Those that exist, in any order. */
export async function authorsByNames(db: Db, names: readonly string[]): Promise<{ name: string }[]> {
  const { rows } = await sql<{ name: string }>`
    ${prepared}select a.name from author a where a.name = any(${names}::text[])`.execute(db)
  return rows
}

/** Those that exist, in any order. */
export async function keywordsByKeys(db: Db, keys: readonly string[]): Promise<{ key: string }[]> {
  const { rows } = await sql<{ key: string }>`
    ${prepared}select k.key from keyword k where k.key = any(${keys}::text[])`.execute(db)
  return rows
}

/** One author's place on one paper. */
export interface AuthorPlace {
  readonly paperId: number
  readonly position: number
}

/** What the sources say of these authors on these papers, in any order. */
export async function authorsAtPlaces(db: Db, places: readonly AuthorPlace[]): Promise<PaperAuthorRow[]> {
  const paperIds = places.map(({ paperId }) => paperId)
  const positions = places.map(({ position }) => position)
  const { rows } = await sql<PaperAuthorRow>`
    ${prepared}select pa.* from unnest(${paperIds}::bigint[], ${positions}::integer[]) as k (paper_id, position)
    join paper_author pa using (paper_id, position)`.execute(db)
  return rows
}

/** Accounts that an author's `accounts` show at most. */
export const accountsShown = 20

/** The accounts linked to each name, by how many of its papers say so. */
export async function accountsByAuthors(
  db: Db,
  names: readonly string[],
): Promise<(AccountRow & { author_name: string })[]> {
  const { rows } = await sql<AccountRow & { author_name: string }>`
    ${prepared}select k.key as author_name, a.* from unnest(${names}::text[]) as k (key) cross join lateral (
      select a.*, count(*) as papers from paper_author pa join account a on a.name = pa.account_name
      where pa.author_name = k.key group by a.name order by papers desc, a.name limit ${accountsShown}) a
    order by k.key, a.papers desc, a.name`.execute(db)
  return rows
}
