import { sql } from 'kysely'
import type { Db } from './database.ts'
import { prepared } from './prepared.ts'

/**
 * Names what is visible in the database now: two equal versions mean that nothing was committed between them, by
 * any client and to any table, so that the same statements have the same rows. It is the transaction snapshot,
 * which is the cluster's: another database there that writes makes versions differ although nothing changed here.
 * The start of the server is part of it, because a restored backup counts its transactions again.
 */
export async function readVersion(db: Db): Promise<string> {
  const { version } = await db
    .selectNoFrom(
      sql<string>`concat_ws(' ', pg_current_snapshot(), pg_postmaster_start_time())`.as('version'),
    )
    .modifyFront(prepared)
    .executeTakeFirstOrThrow()
  return version
}
