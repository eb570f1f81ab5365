import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { answersWithin } from '../db/connection/server.ts'
import { openDatabase } from '../db/database.ts'
import { findBinaries } from '../db/embedded/binaries.ts'
import { explainLog, withoutBadAdvice } from '../db/embedded/damage.ts'
import { DirectoryInUseError, type EmbeddedDatabase, startEmbedded } from '../db/embedded/index.ts'
import { runningEmbedded } from '../db/embedded/running.ts'
import type { Config } from './config.ts'
import { maskPassword } from './connection-string.ts'
import { StartError } from './faults.ts'
import type { Logger } from './log.ts'

/** A database that can be connected to. */
export interface LocatedDatabase {
  readonly url: string
  /** For the connection that listens to the feed. */
  readonly listenUrl: string
  /** What sentences call it, without its password: `embedded database in .data/pg18`. */
  readonly name: string
  /** The same in a list: `embedded, in .data/pg18`. */
  readonly description: string
  /** Settles when the embedded Postgres ended without being asked to. */
  readonly died: Promise<StartError>
  /** Stops the embedded Postgres, if it was started for this. */
  readonly close: () => Promise<void>
}

export interface LocateOptions {
  readonly config: Config
  readonly log: Logger
  /** Whether the one that a running server has embedded is used. Default false. */
  readonly share?: boolean
  /** Called when the process of an embedded Postgres has begun: it takes a while to be ready. */
  readonly onProcess?: () => void
}

/** Of a process, beside those of its pool: for the head of the feed, for hints, for a migration, for commands. */
const otherConnections = 8
/** How long a running server may take to answer to a new connection. */
const answerTimeoutMs = 2_000
/** How long a command waits for the database of a server that is starting: on a busy machine, a first start takes a minute. */
const startPatienceMs = 180_000
/** Of a database that somebody else runs. */
const anothers = { died: new Promise<never>(() => {}), close: async () => {} }

/**
 * The database that the settings name. Without DATABASE_URL that is the embedded one, which is started, or, with `share`,
 * the one of a server that runs or is just starting.
 */
export async function locateDatabase(options: LocateOptions): Promise<LocatedDatabase> {
  const { config, log, share = false, onProcess } = options
  const { url, listenUrl } = config.database
  if (url !== undefined) {
    const description = maskPassword(url)
    return { url, listenUrl: listenUrl ?? url, name: `database ${description}`, description, ...anothers }
  }
  const { dataDir: folder, user, ...where } = config.embedded
  // A cluster belongs to one major version: another Postgres on this machine begins one of its own.
  const binaries = findBinaries(where)
  const dataDir = join(folder, `pg${binaries.major}`)
  const names = { name: `embedded database in ${dataDir}`, description: `embedded, in ${dataDir}` }
  const { workers, database } = config
  const start = async () => {
    const embedded = await startEmbedded({
      ...{ dataDir, binaries, user, log: (line: string) => log.info(line), onProcess },
      settings: { max_connections: Math.max(100, (workers + 1) * (database.poolSize + otherConnections)) },
    })
    return { url: embedded.url, died: deathOf(embedded), close: embedded.stop }
  }
  const found = share ? await runningOr(start, dataDir, log) : await start()
  return { ...found, ...names, listenUrl: found.url }
}

/** Stops what was found, or is just being started. */
export async function closeLocated(located: Promise<LocatedDatabase>): Promise<void> {
  const found = await located.catch(() => undefined)
  await found?.close()
}

/** The database of the server that has the directory, once it answers, or one that is started where no server has it. */
async function runningOr<Started>(
  start: () => Promise<Started>,
  dataDir: string,
  log: Logger,
): Promise<Started | ({ readonly url: string } & typeof anothers)> {
  const deadlineMs = performance.now() + startPatienceMs
  for (let waits = false; ; waits = true) {
    const url = await connectable(runningEmbedded(dataDir))
    if (url !== undefined) return { url, ...anothers }
    try {
      // Waits a little for the directory by itself.
      return await start()
    } catch (error) {
      if (!(error instanceof DirectoryInUseError) || performance.now() > deadlineMs) throw error
      if (!waits) log.info(`Waiting for the database of ${error.holder}, which is starting.`)
    }
  }
}

async function connectable(url: string | undefined): Promise<string | undefined> {
  if (url === undefined) return undefined
  const { db, close } = openDatabase({ connectionString: url, max: 1 })
  try {
    return (await answersWithin(db, answerTimeoutMs)) ? url : undefined
  } finally {
    await close()
  }
}

async function deathOf({ exited, logFile, dataDir }: EmbeddedDatabase): Promise<StartError> {
  const { code, signal } = await exited
  const text = await readFile(logFile, 'utf8').catch(() => '')
  const tail = text.trimEnd().split('\n').slice(-10).join('\n')
  const how = signal ?? `code ${code}`
  const advice = explainLog(tail, dataDir)
  return new StartError(
    `The embedded database stopped unexpectedly (${how}).${advice === undefined ? '' : ` ${advice}`} Its log, ${logFile}, ends with:\n${withoutBadAdvice(tail)}`,
  )
}
