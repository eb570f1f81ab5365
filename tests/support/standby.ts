import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { migrateToLatest } from '../../db/connection/migrate.ts'
import { openDatabase } from '../../db/database.ts'
import { type EmbeddedDatabase, startEmbedded } from '../../db/embedded/index.ts'
import { temporaryFolder } from './embedded.ts'
import { execute } from './execute.ts'
import { awaiting } from './patience.ts'

/** A Postgres that is a primary or a standby, and may become the other. */
export interface ReplicatedServer {
  readonly url: string
  /** Ends with a standby that has all that this one, a primary, has committed. */
  stop(): Promise<void>
  /** Starts it again, as a standby of another. */
  startBehind(primary: ReplicatedServer): Promise<void>
  /** Makes a primary of a standby. No connection is cut. */
  promote(): Promise<void>
}

/** A primary with a migrated, empty database, and a standby that follows it. */
export interface ReplicatedPair extends AsyncDisposable {
  readonly primary: ReplicatedServer
  readonly standby: ReplicatedServer
  /** Resolves when the standby has what the primary has. */
  caughtUp(): Promise<void>
}

const settings = { fsync: 'off', full_page_writes: 'off', wal_level: 'replica', max_wal_senders: 4 }

/** For the tests of a file, which share the making of an empty database: starts a pair for one test. */
export function useReplicatedPairs(): () => Promise<ReplicatedPair> {
  const folder = temporaryFolder()
  const dataDir = join(folder.path, 'origin')
  beforeAll(async () => {
    await using origin = await startEmbedded({
      ...{ superuser: true, dataDir, database: 'papers', sync: false, settings },
    })
    await using database = openDatabase({ connectionString: origin.url, max: 1 })
    await migrateToLatest(database.db)
  })
  afterAll(() => folder[Symbol.asyncDispose]())
  return () => startPair(dataDir)
}

async function startPair(origin: string): Promise<ReplicatedPair> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const [first, second] = [join(folder.path, 'first'), join(folder.path, 'second')]
  // With its owner, who is not root.
  for (const copy of [first, second]) await promisify(execFile)('cp', ['-Rp', origin, copy])
  const primary = stack.use(await startServer(first))
  const standby = stack.use(await startServer(second, primary))
  const opened = stack.move()
  return {
    primary,
    standby,
    async caughtUp() {
      const [at] = await execute<{ lsn: string }>(primary.url, 'select pg_current_wal_lsn() as lsn')
      const reached = `select 1 where pg_last_wal_replay_lsn() >= '${at?.lsn}'`
      await awaiting(() => `the standby to have ${at?.lsn}`, until(standby.url, reached))
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

async function startServer(
  dataDir: string,
  primary?: ReplicatedServer,
): Promise<ReplicatedServer & AsyncDisposable> {
  let running: EmbeddedDatabase | undefined
  const start = async (behind?: ReplicatedServer) => {
    if (behind) await writeFile(join(dataDir, 'standby.signal'), '', { mode: 0o644 })
    else await rm(join(dataDir, 'standby.signal'), { force: true })
    running = await startEmbedded({
      superuser: true,
      dataDir,
      database: 'papers',
      sync: false,
      settings: { ...settings, ...(behind && { primary_conninfo: conninfo(behind.url) }) },
    })
  }
  const stop = async () => {
    await running?.stop()
    running = undefined
  }
  await start(primary)
  const server = {
    get url() {
      if (!running) throw new Error(`${dirname(dataDir)} is not running.`)
      return running.url
    },
    async stop() {
      // What it commits it sends before it ends, but only to standbys that are there.
      await awaiting(() => 'a standby that receives from the primary', until(server.url, streaming))
      await stop()
    },
    startBehind: start,
    async promote() {
      await execute(server.url, 'select pg_promote()')
    },
    [Symbol.asyncDispose]: stop,
  }
  return server
}

const streaming = "select 1 from pg_stat_replication where state = 'streaming'"

/** Asks until there is a row. */
async function until(url: string, statement: string): Promise<void> {
  while ((await execute(url, statement)).length === 0);
}

function conninfo(url: string): string {
  const { host, port, user } = new pg.Client({ connectionString: url })
  return `host=${host} port=${port} user=${user}`
}
