import { sql } from 'kysely'
import type { AccessRole, AccessTokenRow } from './access-tables.ts'
import { write } from './connection/write-queue.ts'
import type { Db } from './database.ts'

export interface NewAccessToken {
  readonly name: string
  readonly role: AccessRole
  /** SHA-256 of the token in hexadecimal. */
  readonly hash: string
  readonly expiresAt: Date | null
}

/** Stores a token. Undefined if there is one of this name that is not revoked. */
export function createAccessToken(
  db: Db,
  { name, role, hash, expiresAt }: NewAccessToken,
): Promise<AccessTokenRow | undefined> {
  return write(db, (trx) =>
    trx
      .insertInto('access_token')
      .values({ name, role, hash, created_at: sql<Date>`clock_timestamp()`, expires_at: expiresAt })
      .onConflict((conflict) => conflict.column('name').where('revoked_at', 'is', null).doNothing())
      .returningAll()
      .executeTakeFirst(),
  )
}

/** All tokens, the revoked ones included, in the order in which they were created. */
export function allAccessTokens(db: Db): Promise<AccessTokenRow[]> {
  return db.selectFrom('access_token').selectAll().orderBy('id').execute()
}

/** Returns whether there was a token of this name to revoke. */
export async function revokeAccessToken(db: Db, name: string): Promise<boolean> {
  const { numUpdatedRows } = await write(db, (trx) =>
    trx
      .updateTable('access_token')
      .set({ revoked_at: sql<Date>`clock_timestamp()` })
      .where('name', '=', name)
      .where('revoked_at', 'is', null)
      .executeTakeFirstOrThrow(),
  )
  return numUpdatedRows > 0
}

/** Notes when tokens were used last, by their ids. Another server may have noted a later use. */
export async function noteTokenUses(db: Db, uses: ReadonlyMap<number, Date>): Promise<void> {
  const ids = [...uses.keys()]
  const times = [...uses.values()].map((time) => time.toISOString())
  await write(db, (trx) =>
    sql`
      update access_token set last_used_at = greatest(access_token.last_used_at, used.at)
      from unnest(${ids}::bigint[], ${times}::timestamptz[]) as used (id, at)
      where access_token.id = used.id`.execute(trx),
  )
}
