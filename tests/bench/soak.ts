import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import { loadavg } from 'node:os'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import { openDatabase } from '../../db/database.ts'
import { fillDatabase, startBenchCluster } from './filled-database.ts'
import { random } from './random.ts'
import { load } from './soak-load.ts'

/**
 * A server under a moderate load of every kind (queries, pages, subscriptions that come and go, clients that leave,
 * ingest) for an hour, and what grows meanwhile: every ten seconds its memory, heap after a collection, sockets, open
 * files and connections in Postgres. Prints a line a minute, and at the end the slope of each once caches have filled,
 * which takes some ten minutes.
 * `npm run bench -- soak [--minutes N] [--papers N] [--seed N] [--snapshots FOLDER]`
 *
 * With `--snapshots` the server writes its heap there after a sixth, after half and at the end of the time;
 * a tool such as Chromium's compares them. Writing one takes hundreds of MiB that the process keeps.
 */
const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    papers: { type: 'string', default: '3000' },
    seed: { type: 'string', default: '1' },
    snapshots: { type: 'string' },
  },
})
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const sampleMs = 10_000
const token = 'a-token-of-the-benchmark'

await using stack = new AsyncDisposableStack()
const { url: database } = await startBenchCluster(stack, undefined)
await fillDatabase(database, Number(options.papers))
const { db } = stack.use(openDatabase({ connectionString: database, max: 1 }))

const flags = ['--expose-gc', '--import', path('./soak-probe.ts')]
if (options.snapshots !== undefined)
  flags.push('--heapsnapshot-signal=SIGUSR2', `--diagnostic-dir=${options.snapshots}`)
const server = spawn(process.execPath, [...flags, path('../../src/cli.mjs'), 'serve'], {
  env: {
    ...{ PATH: process.env.PATH, DATABASE_URL: database, PORT: '0', PLANT_SEEDS: 'off', WRITE_TOKEN: token },
    LOG_LEVEL: 'warn',
    SLOW_MS: '0',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
})
stack.defer(() => void server.kill('SIGKILL'))

interface Sample {
  readonly atMs: number
  readonly rssMiB: number
  readonly heapMiB: number
  readonly externalMiB: number
  readonly heldMiB: number
  readonly sockets: number
  readonly files: number
  readonly backends: number
}
const measures = ['rssMiB', 'heapMiB', 'externalMiB', 'heldMiB', 'sockets', 'files', 'backends'] as const
const samples: Sample[] = []
const listening = Promise.withResolvers<string>()
createInterface({ input: server.stdout }).on('line', (line) => {
  const [, port] = /localhost:(\d+)\/graphql/.exec(line) ?? []
  if (port !== undefined) listening.resolve(`http://127.0.0.1:${port}`)
  if (line.startsWith('memory ')) void sample(JSON.parse(line.slice('memory '.length)))
})
server.once('exit', (code) => {
  listening.reject(new Error(`The server ended with ${code}.`))
  console.log(`The server ended with ${code}.`)
})
const url = await listening.promise

async function sample({ rss, heapUsed, heapTotal, external }: Record<string, number>): Promise<void> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from pg_stat_activity where backend_type = 'client backend'`.execute(db)
  const files = readdirSync(`/proc/${server.pid}/fd`).flatMap((name) => {
    try {
      return readlinkSync(`/proc/${server.pid}/fd/${name}`)
    } catch {
      return []
    }
  })
  samples.push({
    ...{ atMs: performance.now(), rssMiB: (rss ?? 0) / 2 ** 20 },
    ...{ heapMiB: (heapUsed ?? 0) / 2 ** 20, externalMiB: (external ?? 0) / 2 ** 20 },
    heldMiB: (heapTotal ?? 0) / 2 ** 20,
    ...{ files: files.length, sockets: files.filter((file) => file.startsWith('socket:')).length },
    backends: (rows[0]?.count ?? 1) - 1,
  })
}

const counts = new Map<string, number>()
const note = (outcome: string) => counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
const forMs = Number(options.minutes) * 60_000
const startedMs = performance.now()
const signal = AbortSignal.timeout(forMs)
const working = load({ url, token, signal, note, draw: random(Number(options.seed)) })
const snapshotsAtMs = options.snapshots === undefined ? [] : [forMs / 6, forMs / 2, forMs - 60_000]
while (!signal.aborted) {
  await sleep(60_000, undefined, { signal }).catch(() => {})
  if (performance.now() - startedMs > (snapshotsAtMs[0] ?? Infinity)) {
    snapshotsAtMs.shift()
    server.kill('SIGUSR2')
  }
  const last = samples.at(-1)
  const minute = Math.round((performance.now() - startedMs) / 60_000)
  if (last)
    console.log(`minute ${minute}: ${measures.map((of) => `${of} ${last[of].toFixed(0)}`).join(', ')}`)
}
await working
// What was held for clients is given back within some seconds; the last samples tell.
await sleep(2 * sampleMs + 5_000)

const warmAtMs = startedMs + Math.min(Math.max(forMs / 6, 12 * 60_000), forMs / 2)
const warm = samples.filter(({ atMs }) => atMs > warmAtMs && atMs < startedMs + forMs)
for (const of of measures) {
  const values = warm.map((each) => each[of])
  const slope = slopeOf(
    warm.map(({ atMs }) => atMs / 3_600_000),
    values,
  )
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const range = `${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)}`
  console.log(
    `${of}: mean ${mean.toFixed(1)} (${range}), ${slope.toFixed(2)} an hour, ${samples.at(-1)?.[of].toFixed(1)} at the end without clients`,
  )
}
for (const [outcome, count] of [...counts].toSorted()) console.log(`  ${outcome} ×${count}`)
console.log(`load ${loadavg()[0]?.toFixed(1)}`)
server.kill('SIGTERM')
await once(server, 'exit')

/** Of the straight line with the least squares. */
function slopeOf(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanX, meanY] = [mean(xs), mean(ys)]
  let above = 0
  let below = 0
  for (const [at, x] of xs.entries()) {
    above += (x - meanX) * ((ys[at] ?? 0) - meanY)
    below += (x - meanX) ** 2
  }
  return above / below
}
