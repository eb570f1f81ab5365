import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { migrateToLatest } from '../../db/connection/migrate.ts'
import { openDatabase } from '../../db/database.ts'
import { startEmbedded } from '../../db/embedded/index.ts'
import { execute } from '../support/execute.ts'
import { startDatabaseProxy } from '../support/proxy.ts'
import { startUpstream } from '../support/upstream.ts'
import { databaseUrl } from '../support/urls.ts'
import { startProxy } from './feed-proxy.ts'
import { createHistory, type History } from './feed-quiet-history.ts'
import { eventReader, type Reader, socketReader } from './feed-readers.ts'
import { type BenchServer, startOurs } from './feed-servers.ts'
import { random } from './random.ts'

/**
 * Faults that make no noise, one after another while a writer writes and clients follow two servers: after each, the
 * time until every client has what the log has, and what it got besides.
 * `node tests/bench/feed-quiet-faults.ts [--seeds N] [--first SEED] [--events N] [--only FAULT]`
 */
const statementTimeoutMs = 1_000
const leaseSeconds = 6
/** After this time a client has lost what it has not got. */
const patienceMs = 60_000

function option(name: string, fallback: number): number {
  const at = process.argv.indexOf(`--${name}`)
  return at === -1 ? fallback : Number(process.argv[at + 1])
}

interface Bench {
  readonly next: () => number
  readonly history: History
  readonly silence: () => void
  readonly servers: readonly BenchServer[]
}

const faults: Record<string, (bench: Bench) => Promise<void>> = {
  async 'silent links'({ next, silence }) {
    for (let round = 0; round < 2; round++) {
      silence()
      await sleep(500 + next() * 1500)
    }
  },
  'lock beyond the limits': ({ next, history }) =>
    history.lock('paper_author', statementTimeoutMs * (2 + next() * 2)),
  async 'frozen server'({ next, servers }) {
    const server = servers[Math.floor(next() * servers.length)]
    server?.kill('SIGSTOP')
    await sleep(2_000 + next() * 6_000)
    server?.kill('SIGCONT')
  },
  async 'frozen poller'({ history, servers }) {
    const { pid, fence } = await history.poller()
    const server = servers.find((each) => each.pid === pid)
    if (!server) throw new Error(`No server of this bench polls, but process ${pid}.`)
    server.kill('SIGSTOP')
    const frozen = performance.now()
    while ((await history.poller()).fence === fence) await sleep(50)
    console.log(`  another server polls after ${((performance.now() - frozen) / 1000).toFixed(1)} s`)
    server.kill('SIGCONT')
  },
  async 'wrong clock of a writer'({ next, history }) {
    history.clockOffsetSeconds = Math.round((next() - 0.5) * 500_000)
    await sleep(1_500)
    history.clockOffsetSeconds = 0
  },
  'read-only turn': ({ next, history }) => history.readOnly(1_000 + next() * 2_000),
  'failover, commits lost': ({ next, history }) => history.loseCommits(1 + Math.floor(next() * 150)),
  async 'failover, clock set back'({ next, history }) {
    await history.loseCommits(1 + Math.floor(next() * 150))
    history.clockOffsetSeconds = -Math.round(next() * 250_000)
    await sleep(1_500)
    history.clockOffsetSeconds = 0
  },
  'older backup': ({ next, history }) => history.restoreBackup(500 + next() * 1_500, { writes: 0 }),
  'staging copy': ({ next, history }) =>
    history.restoreBackup(500 + next() * 1_500, { writes: 1 + Math.floor(next() * 150) }),
}

async function main(): Promise<void> {
  const [seeds, first, events] = [option('seeds', 2), option('first', 1), option('events', 2_000)]
  let wrong = 0
  for (let seed = first; seed < first + seeds; seed++) wrong += await run(seed, events)
  console.log(wrong === 0 ? 'Every client has what the log has.' : `${wrong} figures are wrong.`)
  process.exitCode = wrong === 0 ? 0 : 1
}

async function run(seed: number, events: number): Promise<number> {
  await using stack = new AsyncDisposableStack()
  const next = random(seed)
  const folder = await mkdtemp(join(tmpdir(), 'daily-papers-quiet-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const cluster = stack.use(
    await startEmbedded({
      superuser: true,
      dataDir: join(folder, 'pg'),
      database: 'postgres',
      sync: false,
      path: process.env.PATH,
      settings: { fsync: 'off', synchronous_commit: 'off' },
    }),
  )
  await execute(cluster.url, 'create database origin')
  const url = databaseUrl(cluster.url, 'origin')
  {
    await using database = openDatabase({ connectionString: url, max: 1 })
    await migrateToLatest(database.db)
  }
  const links = stack.use(await startDatabaseProxy(url))
  const upstream = stack.use(await startUpstream())
  const env = {
    STATEMENT_TIMEOUT_MS: String(statementTimeoutMs),
    POLL: 'huggingface',
    POLL_LEASE_SECONDS: String(leaseSeconds),
    HUGGINGFACE_URL: upstream.url,
  }
  const servers = [
    stack.use(await startOurs(links.url, undefined, env)),
    stack.use(await startOurs(links.url, undefined, env)),
  ]
  const history = stack.use(await createHistory(cluster.url, 'origin', links))

  const proxy = await startProxy()
  stack.defer(() => proxy.close())
  proxy.target = () => servers[Math.floor(next() * servers.length)]?.port
  const stop = new AbortController()
  const all = { kinds: undefined, keyword: undefined, signal: stop.signal, dawdle: () => 0 }
  const shared = { ...all, url: `http://127.0.0.1:${proxy.port}` }
  const readers = [
    socketReader({ ...shared, name: 'ws' }),
    socketReader({ ...shared, name: 'ws too' }),
    eventReader({ ...shared, name: 'sse' }),
    eventReader({ ...shared, name: 'sse too' }),
  ]
  stack.defer(async () => {
    stop.abort()
    await Promise.all(readers.map(({ done }) => done))
  })

  console.log(`seed ${seed}`)
  console.log(
    'fault                     events   lost  doubled  reordered   told  not told  seconds until all is well',
  )
  let wrong = 0
  const only = process.argv[process.argv.indexOf('--only') + 1]
  const names = Object.keys(faults).filter((name) => !process.argv.includes('--only') || name === only)
  const bench: Bench = { next, history, servers, silence: () => links.silence() }
  for (const name of names) wrong += await measure(name, bench, readers, events / names.length)
  return wrong
}

async function measure(
  name: string,
  bench: Bench,
  readers: readonly Reader[],
  events: number,
): Promise<number> {
  const { history } = bench
  const before = readers.map(({ told, cursors }) => ({ told, received: cursors.length }))
  const lostBefore = history.lost.size
  const start = history.written
  await history.until(start + events / 2)
  await faults[name]?.(bench)
  const over = performance.now()
  await history.until(start + events)
  await history.pause()
  const log = await history.log()
  const judged = await Promise.all(
    readers.map(async (reader) => {
      const complete = () => new Set(reader.cursors.map(history.keyOf)).isSupersetOf(new Set(log))
      while (!complete() && performance.now() - over < patienceMs) await sleep(50)
      return judge(reader.cursors.map(history.keyOf), log)
    }),
  )
  const seconds = (performance.now() - over) / 1000
  history.resume()
  const newlyLost = new Set([...history.lost].slice(lostBefore))
  const told = readers.map((reader, index) => reader.told - (before[index]?.told ?? 0))
  // Whoever had received what is no more must have been told.
  const notTold = readers.filter(
    ({ cursors }, index) =>
      told[index] === 0 && cursors.some((cursor) => newlyLost.has(history.keyOf(cursor))),
  ).length
  const sum = (pick: (figures: Figures) => number) =>
    judged.reduce((total, figures) => total + pick(figures), 0)
  const [lost, doubled, reordered] = [
    sum((it) => it.lost),
    sum((it) => it.doubled),
    sum((it) => it.reordered),
  ]
  const cells = [lost, doubled, reordered, told.reduce((a, b) => a + b, 0), notTold]
  console.log(
    `${name.padEnd(24)}${String(history.written - start).padStart(8)}${cells.map((cell, index) => String(cell).padStart([7, 9, 11, 7, 10][index] ?? 8)).join('')}  ${seconds.toFixed(1)}`,
  )
  return lost + doubled + reordered + notTold
}

interface Figures {
  readonly lost: number
  readonly doubled: number
  readonly reordered: number
}

/** What a client got, against the log as it is; events of a history that was lost do not count. */
function judge(received: readonly string[], log: readonly string[]): Figures {
  const places = new Map(log.map((key, index) => [key, index]))
  const kept = received.map((key) => places.get(key)).filter((place) => place !== undefined)
  return {
    lost: log.length - new Set(kept).size,
    doubled: kept.length - new Set(kept).size,
    reordered: kept.filter((place, index) => index > 0 && place < (kept[index - 1] ?? 0)).length,
  }
}

await main()
