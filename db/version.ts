import { sql } from 'kysely'
import type { Db } from './database.ts'
import { prepared } from './prepared.ts'

/**
 * Names what is visible in the database now: two equal versions mean that nothing was committed between them, by
 * whomever and to whatever table, so that the same statements have the same rows. It is the transaction snapshot,
 * which is the cluster's: another database there that writes makes versions differ although nothing changed here.
 * The start of the server is part of it, because a backup that was restored counts its transactions again.
 */
export async function readVersion(db: Db): Promise<string> {
  const { rows } = await sql<{ version: string }>`
    ${prepared}select concat_ws(' ', pg_current_snapshot(), pg_postmaster_start_time()) as version`.execute(
    db,
  )
  const [row] = rows
  if (!row) throw new Error('The database told no version.')
  return row.version
}
