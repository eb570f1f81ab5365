import { setImmediate } from 'node:timers/promises'
import { type CompiledQuery, type QueryResult, sql } from 'kysely'
import { singleFlight } from './connection/single-flight.ts'
import { StatementScope } from './connection/statement-scope.ts'
import type { Db } from './database.ts'
import { prepared } from './prepared.ts'

/**
 * Names what is visible in the database now: two equal versions mean that nothing was committed between them, by
 * any client and to any table, so that the same statements have the same rows. It is the transaction snapshot,
 * which is the cluster's: another database there that writes makes versions differ although nothing changed here.
 * The start of the server is part of it, because a restored backup counts its transactions again.
 */
export async function readVersion(db: Db): Promise<string> {
  return versionIn(await db.executeQuery(statementFor(db)))
}

/** Without a version a response is made anew, which beats waiting for long. */
const deadlineMs = 2_000

/** Reads the version as it is after the call, once for all who ask in the same turn or while it is read. */
export function versionReader(db: Db): () => Promise<string> {
  const statement = statementFor(db)
  const read = async () => versionIn(await db.executeQuery(statement))
  return singleFlight(() => StatementScope.outside(read), deadlineMs, setImmediate)
}

function statementFor(db: Db): CompiledQuery<{ version: string }> {
  const version = sql<string>`concat_ws(' ', pg_current_snapshot(), pg_postmaster_start_time())`
  return db.selectNoFrom(version.as('version')).modifyFront(prepared).compile()
}

function versionIn({ rows: [row] }: QueryResult<{ version: string }>): string {
  if (!row) throw new Error('Postgres tells no version.')
  return row.version
}
