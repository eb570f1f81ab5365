import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { type Db, openDatabase } from '../db/database.ts'
import { type EmbeddedDatabase, startEmbedded } from '../db/embedded/index.ts'
import { runningEmbedded } from '../db/embedded/running.ts'
import { type Feed, openFeed } from '../db/feed/index.ts'
import { migrateToLatest } from '../db/migrate.ts'
import { schema } from '../schema/index.ts'
import { plantSeeds } from '../seeds/plant.ts'
import type { Config } from './config.ts'
import { maskPassword } from './config.ts'
import { databaseFault, StartError } from './faults.ts'
import type { Hub } from './feed/hub.ts'
import { createFeedService, type FeedService } from './feed/service.ts'
import { createEngine } from './graphql.ts'
import { createHttpServer } from './http.ts'
import { followHuggingFace } from './ingest/follow.ts'
import { huggingFaceClient } from './ingest/upstreams.ts'
import { createLifecycle, type Lifecycle } from './lifecycle.ts'
import { drain, listen } from './listen.ts'
import type { Logger } from './log.ts'
import type { WebSockets } from './ws.ts'

/** A database that is open and at the newest schema. */
export interface Store {
  readonly db: Db
  /** For the connection that listens to the feed. */
  readonly listenUrl: string
  /** Which one it is, for people; without its password. */
  readonly description: string
  /** Migrations that this opening ran. */
  readonly migrated: readonly string[]
  /** Settles when the embedded Postgres ended without being asked to. */
  readonly died: Promise<StartError>
  close(): Promise<void>
}

/** The server, running. */
export interface App {
  /** Where it answers, e.g. `http://127.0.0.1:4000`. */
  readonly url: string
  readonly db: Db
  readonly feed: Feed
  /** All subscriptions of this server. */
  readonly hub: Hub
  readonly feedPlugins: FeedService['plugins']
  readonly sockets: WebSockets
  readonly store: Pick<Store, 'description' | 'migrated'>
  /** Settles with the reason when the server cannot go on. */
  readonly failed: Promise<StartError>
  /** Ends subscriptions, lets requests finish for as long as the settings say, and closes everything. */
  close(): Promise<void>
}

const oldestPostgres = 15
/** How long one thing may take to close before the next one is closed. */
const closePatienceMs = 15_000
const readyWithinMs = 2_000

/** Opens everything that serving needs, in order. What fails on the way closes what was opened before it. */
export async function startApp(config: Config, log: Logger): Promise<App> {
  const life = createLifecycle(log, closePatienceMs)
  try {
    const store = await openStore(config, log)
    life.opened('database', store.close)
    const { db } = store
    if (config.plantSeeds) await plantSeeds(db)
    const feed = await openFeed({
      db,
      connectionString: store.listenUrl,
      onError: (error) =>
        log.warn('The feed lost the database for now and tries again.', { reason: error.message }),
    })
    life.opened('feed', () => feed.close())

    let stopping = false
    const isReady = async () => !stopping && (await answers(db))
    const service = createFeedService({ schema, db, feed, config, log })
    const { plugins, routes } = service
    const engine = createEngine({ schema, db, feed, limits: config.limits, http: config.http, log, plugins })
    const server = createHttpServer({ engine, config, isReady, routes, log })
    const url = await listen(server, config.http)
    // Only now: a WebSocketServer would report a failure to listen as one of its own.
    const sockets = service.attach(server, engine)
    life.opened('server', async () => {
      stopping = true
      // Subscriptions end first, so that their clients see an end and not a cut.
      await drain(server, config.shutdownMs, () => service.close())
    })
    if (config.follow.source === 'huggingface') {
      const client = huggingFaceClient(config.upstreams, { onWait: (sentence) => log.debug(sentence) })
      const follower = followHuggingFace({ ...config.follow, db, lockUrl: store.listenUrl, client, log })
      life.opened('follower', follower.close)
    }
    return {
      url,
      db,
      feed,
      hub: service.hub,
      feedPlugins: plugins,
      sockets,
      store,
      failed: store.died,
      close: life.close,
    }
  } catch (error) {
    await life.close()
    throw error
  }
}

/**
 * Opens the database that the settings name and migrates it. Without DATABASE_URL that is the embedded one, or,
 * with `share`, the one that a running server has already started on the same data directory.
 */
export async function openStore(config: Config, log: Logger, { share = false } = {}): Promise<Store> {
  const life = createLifecycle(log, closePatienceMs)
  try {
    const { url, listenUrl, description, died } = await locate(config, log, life, share)
    const { poolSize: max, statementTimeoutMs: statementTimeout } = config.database
    const onError = (error: Error) => log.debug('A database connection broke.', { reason: error.message })
    const handle = openDatabase({ connectionString: url, max, statementTimeout, onError })
    life.opened('connections', handle.close)
    try {
      const version = await versionOf(handle.db)
      const migrated = await migrate(url)
      return {
        db: handle.db,
        listenUrl,
        description: `${description} (Postgres ${version})`,
        migrated,
        died,
        close: life.close,
      }
    } catch (error) {
      throw error instanceof StartError ? error : databaseFault(error, url)
    }
  } catch (error) {
    await life.close()
    throw error
  }
}

async function locate(config: Config, log: Logger, life: Lifecycle, share: boolean) {
  const { url, listenUrl } = config.database
  const never = new Promise<never>(() => {})
  if (url !== undefined)
    return { url, listenUrl: listenUrl ?? url, description: maskPassword(url), died: never }
  const { dataDir: folder, binDir, user, path } = config.embedded
  const dataDir = join(folder, 'pg18')
  const running = share ? await connectable(runningEmbedded(dataDir)) : undefined
  if (running)
    return { url: running, listenUrl: running, description: `embedded, in ${dataDir}`, died: never }
  const embedded = await startEmbedded({ dataDir, binDir, user, path, log: (line) => log.info(line) })
  life.opened('embedded database', () => embedded.stop())
  return {
    url: embedded.url,
    listenUrl: embedded.url,
    description: `embedded, in ${dataDir}`,
    died: deathOf(embedded),
  }
}

async function deathOf({ exited, logFile }: EmbeddedDatabase): Promise<StartError> {
  const { code, signal } = await exited
  const tail = (await readFile(logFile, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-10).join('\n')
  const how = signal ?? `code ${code}`
  return new StartError(`The embedded database ended (${how}). Its log, ${logFile}, ends with:\n${tail}`)
}

async function connectable(url: string | undefined): Promise<string | undefined> {
  if (url === undefined) return undefined
  const { db, close } = openDatabase({ connectionString: url, max: 1 })
  try {
    return (await answers(db)) ? url : undefined
  } finally {
    await close()
  }
}

async function versionOf(db: Db): Promise<string> {
  const { rows } = await sql<{ server_version: string }>`show server_version`.execute(db)
  const version = rows[0]?.server_version.split(' ')[0] ?? 'of unknown version'
  if (Number.parseInt(version, 10) < oldestPostgres) {
    throw new StartError(
      `The database is Postgres ${version}, but ${oldestPostgres} is the oldest that works. Upgrade it, or correct DATABASE_URL.`,
    )
  }
  return version
}

/** On a connection of its own without a time limit: another instance may be at a long migration. */
async function migrate(url: string): Promise<string[]> {
  const { db, close } = openDatabase({ connectionString: url, max: 1, statementTimeout: 0 })
  try {
    return await migrateToLatest(db)
  } finally {
    await close()
  }
}

async function answers(db: Db): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, readyWithinMs, false).unref())
  const asked = sql`select`.execute(db).then(
    () => true,
    () => false,
  )
  return Promise.race([asked, late])
}
