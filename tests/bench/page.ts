import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, get } from 'node:http'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { migrateToLatest } from '../../db/connection/migrate.ts'
import { openDatabase } from '../../db/database.ts'
import { findFiles, readFiles } from '../../src/ingest/files.ts'
import { ingest } from '../../src/ingest/run.ts'
import { plant } from '../support/papers.ts'
import { daysFolder } from '../support/source-data.ts'
import { type BenchServer, startServer } from './feed-servers.ts'
import { median } from './feed-setup.ts'
import { startBenchCluster } from './filled-database.ts'
import { folder } from './peers-servers.ts'

/**
 * Pages and feeds for readers, compressed as browsers take them: kept, unchanged for who has them (304), and the first one after a
 * write; beside a bare `node:http` that answers the same bytes, in turns. Prints Markdown.
 * `npm run bench -- page [--rounds N] [--seconds N] [--connections N]`
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '16' },
  },
})
const rounds = Number(options.rounds)
const seconds = Number(options.seconds)
const connections = Number(options.connections)

await using stack = new AsyncDisposableStack()
const { url: databaseUrl } = await startBenchCluster(stack, undefined)
const handle = openDatabase({ connectionString: databaseUrl, max: 2, statementTimeoutMs: 0 })
stack.defer(() => handle.close())
await migrateToLatest(handle.db)
const { files } = await findFiles([daysFolder('captures')])
const onFault = ({ message }: { message: string }) => {
  throw new Error(message)
}
for await (const { source, readings } of readFiles(files, { onFault }))
  await ingest(handle.db, source, readings)

const paths = [
  ...['/', '/editions/2025-09-30', '/papers/2509.24006', '/search?q=sparse+attention', '/trending'],
  ...['/feeds/latest.atom', '/feeds/papers.json?text=sparse+attention', '/feeds/editions.rss'],
]
const ours = stack.use(
  await startServer({
    args: [join(import.meta.dirname, '../../src/cli.mjs'), 'serve'],
    env: { DATABASE_URL: databaseUrl, PORT: '0', PLANT_SEEDS: 'off', CLIENT_POINTS: '1000000000' },
    ready: /localhost:(\d+)\/graphql/,
  }),
)
const scratch = await mkdtemp(join(tmpdir(), 'daily-papers-bench-'))
stack.defer(() => rm(scratch, { recursive: true, force: true }))
const answers: Awaited<ReturnType<typeof ask>>[] = []
for (const path of paths) answers.push(await ask(ours, path))
// The bytes as texts of one byte a letter: as many of them as a browser gets.
await writeFile(join(scratch, 'bodies.json'), JSON.stringify(answers.map(({ bytes }) => 'x'.repeat(bytes))))
const bare = stack.use(
  await startServer({
    args: [join(folder, 'fixed.mjs'), join(scratch, 'bodies.json')],
    ready: /listening on (\d+)/,
  }),
)

const before = loadavg()[0] ?? 0
console.log(
  `Page | bytes sent | bare: /s (CPU µs) | kept: /s (CPU µs) | 304: /s (CPU µs) | kept / bare, CPU | after a write: CPU ms\n--- | --: | --: | --: | --: | --: | --:`,
)
for (const [index, path] of paths.entries()) {
  const { bytes = 0, etag = '' } = answers[index] ?? {}
  const runs: Record<'bare' | 'kept' | 'same', Run[]> = { bare: [], kept: [], same: [] }
  const afterWrites: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const made = {
      bare: await load(bare, `/${index}`),
      kept: await load(ours, path),
      same: await load(ours, path, { 'if-none-match': etag }),
    }
    const afterWrite = await cpuAfterWrites(path)
    if (round === 0) continue // to warm up
    for (const name of ['bare', 'kept', 'same'] as const) runs[name].push(made[name])
    afterWrites.push(afterWrite)
  }
  const cell = (name: keyof typeof runs) =>
    `${Math.round(median(runs[name].map(({ perSecond }) => perSecond)))} (${Math.round(median(runs[name].map(({ micros }) => micros)))})`
  const ratio = median(runs.kept.map(({ micros }, at) => micros / (runs.bare[at]?.micros ?? 1)))
  console.log(
    [
      path,
      bytes,
      cell('bare'),
      cell('kept'),
      cell('same'),
      ratio.toFixed(2),
      median(afterWrites).toFixed(1),
    ].join(' | '),
  )
}
console.log(
  `\nLoad of the machine before ${before.toFixed(1)}, at the end ${(loadavg()[0] ?? 0).toFixed(1)}.`,
)

interface Run {
  readonly perSecond: number
  /** CPU time of the server, in µs a request. */
  readonly micros: number
}

async function load(server: BenchServer, path: string, headers: Record<string, string> = {}): Promise<Run> {
  using agent = disposable(new Agent({ keepAlive: true, maxSockets: connections }))
  const cpuMs = server.cpu()
  const startedMs = performance.now()
  let answered = 0
  const client = async () => {
    while (performance.now() - startedMs < seconds * 1000) {
      await ask(server, path, headers, agent.agent)
      answered += 1
    }
  }
  await Promise.all(Array.from({ length: connections }, client))
  const elapsedMs = performance.now() - startedMs
  return {
    perSecond: (answered * 1000) / elapsedMs,
    micros: ((server.cpu() - cpuMs) * 1000) / answered,
  }
}

/** CPU time of the server in ms for a page that something was committed before, each time. */
async function cpuAfterWrites(path: string): Promise<number> {
  const times = 20
  const cpuMs = ours.cpu()
  for (let time = 0; time < times; time++) {
    await plant(handle.db, [{ upvotes: time, observedAt: new Date().toISOString() }])
    await ask(ours, path)
  }
  return (ours.cpu() - cpuMs) / times
}

function disposable(agent: Agent): Disposable & { readonly agent: Agent } {
  return { agent, [Symbol.dispose]: () => agent.destroy() }
}

async function ask(
  { port }: BenchServer,
  path: string,
  headers: Record<string, string> = {},
  agent?: Agent,
): Promise<{ bytes: number; etag: string | undefined }> {
  const request = get({
    ...{ port, path, host: '127.0.0.1', ...(agent && { agent }) },
    headers: { accept: 'text/html', 'accept-encoding': 'br', ...headers },
  })
  const [response] = await once(request, 'response')
  let bytes = 0
  for await (const chunk of response) bytes += (chunk as Buffer).length
  if (response.statusCode >= 400) throw new Error(`${path}: status ${response.statusCode}.`)
  return { bytes, etag: response.headers.etag }
}
