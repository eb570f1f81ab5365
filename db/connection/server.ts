import { sql } from 'kysely'
import type { Db } from '../database.ts'

/** The version of Postgres, e.g. `17.2`; null if it does not name one. */
export async function serverVersion(db: Db): Promise<string | null> {
  const { rows } = await sql<{ server_version: string }>`show server_version`.execute(db)
  return rows[0]?.server_version.split(' ')[0] ?? null
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
