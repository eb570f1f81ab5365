import { readAddress } from '../db/connection/address.ts'
import { migrateToLatest, pendingMigrations } from '../db/connection/migrate.ts'
import type { PoolCounts } from '../db/connection/pool.ts'
import { answersWithin, databaseFacts } from '../db/connection/server.ts'
import { limitWrites } from '../db/connection/write-queue.ts'
import { type DatabaseHandle, type Db, openDatabase } from '../db/database.ts'
import { hasPapers } from '../db/papers.ts'
import type { StatementObserver } from '../db/prepared.ts'
import { rebuildTerms } from '../db/writer/rebuild-terms.ts'
import type { Config } from './config.ts'
import { databaseFault, StartError } from './faults.ts'
import { createLifecycle } from './lifecycle.ts'
import { type LocatedDatabase, locateDatabase } from './locate-database.ts'
import type { Logger } from './log.ts'

/** A database that is open and at the newest schema. */
export interface Store {
  readonly db: Db
  /** The same for short readings that everybody waits for: with connections of its own and a short time limit. */
  readonly headDb: Db
  /** For reading the version of what `db` reads. */
  readonly versionDb: Db
  /** For the connection that listens to the feed. */
  readonly listenUrl: string
  /** Which one it is, for people; without its password. */
  readonly description: string
  /** Migrations that this opening ran. */
  readonly migrated: readonly string[]
  /** Connections in use and idle, and how many operations wait for one. */
  readonly pools: Readonly<Record<'requests' | 'feed', () => PoolCounts>>
  /** Settles when the embedded Postgres ended without being asked to. */
  readonly died: Promise<StartError>
  /** Connections for work that takes long: without a time limit, and past a pooler. */
  openForLong(): DatabaseHandle
  /** Whether it answers, within two seconds. */
  answers(): Promise<boolean>
  close(): Promise<void>
}

const oldestPostgres = 15
const readyTimeoutMs = 2_000
/** How much longer than a statement may take its answer may be on its way. */
const answerGraceMs = 2_000

export interface StoreOptions {
  /** Whether the database that a running server has embedded is used. Default false. */
  readonly share?: boolean
  /** Whether the database stays as it is; `migrated` are then the migrations that are missing. Default false. */
  readonly dryRun?: boolean
  /** The database, where it has been looked for already. Who did so closes it. */
  readonly located?: Promise<LocatedDatabase> | undefined
  readonly onStatement?: StatementObserver
}

/**
 * Opens the database that the settings name and migrates it. Without DATABASE_URL that is the embedded one, or,
 * with `share`, the one that a running server has already started on the same data directory.
 */
export async function openStore(
  config: Config,
  log: Logger,
  { share = false, dryRun = false, located, onStatement }: StoreOptions = {},
): Promise<Store> {
  const life = createLifecycle(log)
  try {
    const found = await (located ?? locateDatabase({ config, log, share }))
    const { url, listenUrl, name, description, died } = found
    if (!located) life.opened('embedded database', found.close)
    const { poolSize: max, prepare, shares, writes, headTimeoutMs } = config.database
    // Commands work for the operator, who has time.
    const statementTimeoutMs = share ? writes.statementTimeoutMs : config.database.statementTimeoutMs
    const onError = (error: Error) => log.debug('A database connection was lost.', { reason: error.message })
    const answerTimeoutMs = writes.statementTimeoutMs + answerGraceMs
    const limits = { statementTimeoutMs, answerTimeoutMs, shares }
    const handle = openDatabase({ connectionString: url, max, prepare, onError, onStatement, ...limits })
    life.opened('connections', handle.close)
    limitWrites(handle.db, config.database.writes)
    const head = openDatabase({
      connectionString: url,
      max: 2,
      statementTimeoutMs: headTimeoutMs,
      prepare,
      onError,
      onStatement,
      answerTimeoutMs: headTimeoutMs + 1_000,
    })
    life.opened('connections of the feed', head.close)
    try {
      const version = await checkedVersion(handle.db)
      const migrated = dryRun ? await pendingMigrations(handle.db) : await migrate(listenUrl)
      // Without papers no terms are of an older version: this only notes it, before there are some.
      if (!dryRun && migrated.length > 0 && !(await hasPapers(handle.db))) await rebuildTerms(handle.db)
      return {
        db: handle.db,
        headDb: head.db,
        // Where there are several hosts, one pool may be connected to another server than the other.
        versionDb: hasSeveralHosts(url) ? handle.db : head.db,
        listenUrl,
        description: `${description} (Postgres ${version})`,
        migrated,
        pools: { requests: () => handle.sessions.counts, feed: () => head.sessions.counts },
        died,
        openForLong() {
          const long = openDatabase({ connectionString: listenUrl, max: 2, statementTimeoutMs: 0, onError })
          life.opened('connections for long work', long.close)
          return long
        },
        // Not on the connections of requests: while all of them are in use, the server is busy, and ready.
        answers: () => answersWithin(head.db, readyTimeoutMs),
        close: life.close,
      }
    } catch (error) {
      throw error instanceof StartError ? error : databaseFault(error, name)
    }
  } catch (error) {
    await life.close()
    throw error
  }
}

function hasSeveralHosts(url: string): boolean {
  return new Set(readAddress(url).targets.map(({ host }) => host)).size > 1
}

/** The version of Postgres, after a refusal of databases that would answer wrongly, or not at all, later. */
async function checkedVersion(db: Db): Promise<string> {
  const { version, encoding } = await databaseFacts(db)
  if (Number.parseInt(version, 10) < oldestPostgres) {
    throw new StartError(
      `The database runs on Postgres ${version}, but the oldest supported version is ${oldestPostgres}. Upgrade Postgres, or correct DATABASE_URL.`,
    )
  }
  if (encoding !== 'UTF8') {
    throw new StartError(`The database has the encoding ${encoding}, but UTF8 is needed. ${anotherDatabase}`)
  }
  return version
}

const anotherDatabase =
  "Create one with: create database papers encoding 'UTF8' locale 'C.UTF-8' template template0; and name it in DATABASE_URL."

/**
 * On a connection of its own without a time limit: another server may be at a long migration. Not through a pooler in
 * transaction mode, which would take the lock in one session and give it back in another.
 */
async function migrate(url: string): Promise<string[]> {
  const { db, close } = openDatabase({ connectionString: url, max: 1, statementTimeoutMs: 0 })
  try {
    return await migrateToLatest(db)
  } finally {
    await close()
  }
}
