import { sql } from 'kysely'
import type { Db } from '../database.ts'

/** What a database is made of, as far as answers depend on it. */
export interface DatabaseFacts {
  /** Of Postgres, e.g. `17.2`. */
  readonly version: string
  /** Of its text, e.g. `UTF8`. */
  readonly encoding: string
}

export async function databaseFacts(db: Db): Promise<DatabaseFacts> {
  const { rows } = await sql<DatabaseFacts>`
    select split_part(current_setting('server_version'), ' ', 1) as version,
      pg_encoding_to_char(d.encoding) as encoding
    from pg_catalog.pg_database d where d.datname = current_database()`.execute(db)
  const [facts] = rows
  if (!facts) throw new Error('Postgres says nothing of its database.')
  return facts
}

/** A standby has not got yet what it was asked for. It may come, so that readers wait. */
export class StandbyBehindError extends Error {
  override name = 'StandbyBehindError'
  /** That of Postgres for a server which cannot be used for now. */
  readonly code = '57P03'
}

/** Whether the server follows another one, and may not have all of its commits yet. */
export async function isStandby(db: Db): Promise<boolean> {
  const { rows } = await sql<{ standby: boolean }>`select pg_is_in_recovery() as standby`.execute(db)
  return rows[0]?.standby ?? false
}

/** Whether the database answers within a time. */
export async function answersWithin(db: Db, timeoutMs: number): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, timeoutMs, false).unref())
  const answer = sql`select`.execute(db).then(
    () => true,
    () => false,
  )
  return Promise.race([answer, late])
}
