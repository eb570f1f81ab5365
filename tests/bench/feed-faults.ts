import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { migrateToLatest } from '../../db/connection/migrate.ts'
import { type DatabaseHandle, openDatabase } from '../../db/database.ts'
import { type EmbeddedDatabase, startEmbedded } from '../../db/embedded/index.ts'
import { parseCursor } from '../../db/feed/cursor.ts'
import { readLogState } from '../../db/feed/log.ts'
import { startProxy } from './feed-proxy.ts'
import { eventReader, type Reader, socketReader } from './feed-readers.ts'
import { type BenchServer, startOurs } from './feed-servers.ts'
import { random } from './random.ts'

/**
 * Everything that can go wrong, at random, while writers write and clients follow; afterwards each client's log
 * must equal the commit log. Silent faults and other histories are in feed-quiet-faults.ts. `node tests/bench/feed-faults.ts [--seeds N] [--seconds S] [--first SEED]`
 */
interface Faults {
  serverKilled: number
  postgresKilled: number
  listenerCut: number
  linkCut: number
  allLinksCut: number
  stalled: number
}

async function main(): Promise<void> {
  const option = (name: string, fallback: number) => {
    const at = process.argv.indexOf(`--${name}`)
    return at === -1 ? fallback : Number(process.argv[at + 1])
  }
  const [seeds, seconds, first] = [option('seeds', 3), option('seconds', 20), option('first', 1)]
  let wrong = 0
  for (let seed = first; seed < first + seeds; seed++) wrong += await run(seed, seconds)
  console.log(wrong === 0 ? 'Every log equals the commit log.' : `${wrong} logs differ from the commit log.`)
  process.exitCode = wrong === 0 ? 0 : 1
}

async function run(seed: number, seconds: number): Promise<number> {
  await using stack = new AsyncDisposableStack()
  const next = random(seed)
  const folder = await mkdtemp(join(tmpdir(), 'daily-papers-faults-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const options = {
    superuser: true,
    dataDir: join(folder, 'pg'),
    sync: false,
    path: process.env.PATH,
    settings: { fsync: 'off' },
  }
  let cluster: EmbeddedDatabase = await startEmbedded(options)
  stack.defer(() => cluster.stop())
  const { url } = cluster
  const database: DatabaseHandle = stack.use(
    openDatabase({ connectionString: url, max: 2, onError: () => {} }),
  )
  await migrateToLatest(database.db)

  const servers: (BenchServer | undefined)[] = [await startOurs(url), await startOurs(url)]
  stack.defer(async () => {
    for (const server of servers) await server?.[Symbol.asyncDispose]()
  })
  const proxy = await startProxy()
  stack.defer(() => proxy.close())
  proxy.target = () => {
    const alive = servers.filter((server) => server !== undefined)
    return alive[Math.floor(next() * alive.length)]?.port
  }

  const stop = new AbortController()
  let calm = false
  const dawdle = () => (!calm && next() < 0.01 ? next() * 1500 : 0)
  const shared = { url: `http://127.0.0.1:${proxy.port}`, signal: stop.signal, dawdle }
  const readers: Reader[] = [
    socketReader({ ...shared, name: 'ws, all', kinds: undefined, keyword: undefined }),
    socketReader({ ...shared, name: 'ws, all again', kinds: undefined, keyword: undefined }),
    socketReader({ ...shared, name: 'ws, ingested, "even"', kinds: ['INGESTED'], keyword: 'even' }),
    socketReader({ ...shared, name: 'ws, "rare"', kinds: undefined, keyword: 'rare' }),
    eventReader({ ...shared, name: 'sse, all', kinds: undefined, keyword: undefined }),
    eventReader({ ...shared, name: 'sse, updated', kinds: ['UPDATED'], keyword: undefined }),
  ]
  const writerFile = fileURLToPath(new URL('./feed-faults-writer.ts', import.meta.url))
  const writers = [1, 2].map((each) =>
    spawn(process.execPath, [writerFile, url, String(seed * 10 + each)], { stdio: 'inherit' }),
  )
  stack.defer(() => {
    for (const writer of writers) writer.kill('SIGKILL')
  })

  const faults: Faults = {
    serverKilled: 0,
    postgresKilled: 0,
    listenerCut: 0,
    linkCut: 0,
    allLinksCut: 0,
    stalled: 0,
  }
  const until = Date.now() + seconds * 1000
  while (Date.now() < until) {
    await sleep(next() * 800)
    const dice = next()
    if (dice < 0.15) {
      const which = next() < 0.5 ? 0 : 1
      const server = servers[which]
      if (!server) continue
      servers[which] = undefined
      faults.serverKilled += 1
      await server[Symbol.asyncDispose]()
      void sleep(next() * 1000).then(async () => {
        servers[which] = await startAgain(url, () => !stop.signal.aborted)
      })
    } else if (dice < 0.22) {
      faults.postgresKilled += 1
      process.kill(cluster.pid, 'SIGKILL')
      await cluster.exited
      await cluster.stop()
      await sleep(next() * 1000)
      cluster = await startEmbedded(options)
    } else if (dice < 0.45) {
      faults.listenerCut += 1
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'daily-papers feed'`
        .execute(database.db)
        .catch(() => {})
    } else if (dice < 0.75) {
      faults.linkCut += 1
      proxy.cutOne(next())
    } else if (dice < 0.85) {
      faults.allLinksCut += 1
      proxy.cutAll()
    } else {
      faults.stalled += 1
      proxy.stall(next() * 3000)
    }
  }
  for (const writer of writers) writer.kill('SIGTERM')
  await Promise.all(writers.map((writer) => writer.exitCode ?? once(writer, 'exit')))
  calm = true
  const wrong = await compare(seed, database, readers, faults)
  stop.abort()
  await Promise.all(readers.map(({ done }) => done))
  return wrong
}

/** A server whose database is away for now does not start; it is tried again, as a supervisor would. */
async function startAgain(url: string, wanted: () => boolean): Promise<BenchServer | undefined> {
  while (wanted()) {
    const server = await startOurs(url).catch(() => undefined)
    if (server) return server
    await sleep(300)
  }
  return undefined
}

async function compare(
  seed: number,
  { db }: DatabaseHandle,
  readers: readonly Reader[],
  faults: Faults,
): Promise<number> {
  const {
    epoch,
    head: { number: head },
  } = await readLogState(db)
  const { rows } = await sql<{ number: number; kind: string; keys: string[] }>`
    select e.number, upper(e.kind) as kind, p.keyword_keys as keys
    from feed_event e join paper p on p.id = e.paper_id order by e.number`.execute(db)
  if (rows.length !== head || rows.some(({ number }, index) => number !== index + 1)) {
    throw new Error('The commit log itself has a gap.')
  }
  console.log(
    `seed ${seed}: ${head} events; ${Object.entries(faults)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
  )
  let wrong = 0
  for (const { name, kinds, keyword, cursors, ...reader } of readers) {
    const expected = rows
      .filter(
        ({ kind, keys }) =>
          (kinds?.includes(kind) ?? true) && (keyword === undefined || keys.includes(keyword)),
      )
      .map(({ number }) => number)
    // A reader that lost something would wait for ever; what it has then is compared.
    const deadline = Date.now() + 60_000
    while (cursors.length < expected.length && Date.now() < deadline) await sleep(50)
    const got = cursors.map((cursor) => parseCursor(epoch, cursor).number)
    const lost = expected.filter((number) => !got.includes(number)).length
    const doubled = got.length - new Set(got).size
    const reordered = got.filter((number, index) => index > 0 && number < (got[index - 1] ?? 0)).length
    const foreign = got.filter((number) => !expected.includes(number)).length
    const equal = lost + doubled + reordered + foreign === 0
    if (!equal) wrong += 1
    console.log(
      `  ${name.padEnd(22)} ${String(got.length).padStart(6)} of ${expected.length}: lost ${lost}, doubled ${doubled}, reordered ${reordered}, not asked for ${foreign}; reconnects ${reader.reconnects}`,
    )
  }
  return wrong
}

await main()
