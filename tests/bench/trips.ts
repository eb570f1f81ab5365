import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Session } from 'node:inspector/promises'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createClient } from 'graphql-ws'
import pg from 'pg'
import { WebSocket } from 'ws'
import { startEmbedded } from '../../db/embedded/index.ts'
import { recordPapers } from '../../db/writer/index.ts'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { findFiles, readFiles } from '../../src/ingest/files.ts'
import { ingest } from '../../src/ingest/run.ts'
import { createLogger } from '../../src/log.ts'

/**
 * Through how many files and functions of this project a request, an event and a record go, on a warm server over
 * the planted papers: what V8 counts of calls.
 * `npm run bench -- trips [--files]`; `--files` names the files of each trip.
 */
const { values: options } = parseArgs({ options: { files: { type: 'boolean', default: false } } })

const root = fileURLToPath(new URL('../../', import.meta.url))
const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })

let sent = 0
countStatements()

await using stack = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'daily-papers-trips-'))
stack.defer(() => rm(folder, { recursive: true, force: true }))
const cluster = stack.use(
  await startEmbedded({
    superuser: true,
    dataDir: join(folder, 'pg'),
    database: 'bench',
    sync: false,
    path: process.env.PATH,
  }),
)
const config = readConfig({ PORT: '0', DATABASE_URL: cluster.url })
const app = await startApp(config, createLogger({ level: 'error', format: 'text', write: console.error }))
stack.defer(() => app.close())

const client = createClient({ url: `${app.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket })
stack.defer(() => client.dispose())
let events: ReturnType<typeof client.iterate> | undefined

const response = join(folder, 'response.json')
const entry = {
  paper: {
    id: '2606.00001',
    title: 'A Paper on Papers',
    summary: 'We study papers.',
    publishedAt: '2026-06-15T00:00:00.000Z',
    authors: [{ name: 'Ada Lovelace' }],
    upvotes: 3,
  },
  publishedAt: '2026-06-15T00:00:00.000Z',
  title: 'A Paper on Papers',
  summary: 'We study papers.',
  numComments: 1,
}
await writeFile(response, JSON.stringify([entry]))

const arxivId = '2510.04618'
let written = 0

const trips: Record<string, () => Promise<unknown>> = {
  '{ paper(arxivId: …) { title } }': () => query(`{ paper(arxivId: "${arxivId}") { title } }`),
  '{ papers(first: 2) { nodes { title } } }': () => query('{ papers(first: 2) { nodes { title } } }'),
  'the same with `filter: {text}`, `totalCount`, authors': () =>
    query(
      '{ papers(first: 2, filter: { text: "attention" }) { totalCount nodes { title authors { nodes { name } } } } }',
    ),
  'one record written, its event on one WebSocket': async () => {
    written += 1
    const record = { ...aRecord, arxivId: `2606.9${String(written).padStart(4, '0')}` }
    // Not before this trip: heartbeats of the subscription would be counted with the queries.
    if (!events) {
      events = client.iterate({ query: 'subscription { paperIngested { cursor paper { title } } }' })
      await sleep(300) // until the server has accepted it
    }
    const next = events.next()
    await recordPapers(app.db, { source: 'client', records: [record] })
    await next
  },
  'ingest of a saved response with one paper, unchanged': async () => {
    const { files } = await findFiles([response])
    const onFault = ({ message }: { message: string }) => console.error(message)
    for await (const { source, readings } of readFiles(files, { observedAt, onFault }))
      await ingest(app.db, source, readings)
  },
}
const observedAt = '2026-06-16T12:00:00.000Z'
const aRecord = {
  observedAt,
  title: 'A Paper on Papers',
  publishedAt: '2026-06-15T00:00:00.000Z',
  authors: [{ name: 'Ada Lovelace' }],
}

console.log('| trip | files | functions | calls | statements |\n| --- | --- | --- | --- | --- |')
for (const [name, trip] of Object.entries(trips)) {
  // The first times prepare statements, fill caches and open connections.
  for (let time = 0; time < 5; time++) await trip()
  await sleep(300)
  const { files, functions, calls, statements } = await quietest(trip)
  console.log(`| ${name} | ${files.length} | ${functions} | ${calls} | ${statements} |`)
  if (options.files) console.log(`\n${files.join('\n')}\n`)
}

/** What one trip enters. Of several, the one with the fewest calls: timers of the server run beside the others. */
async function quietest(trip: () => Promise<unknown>) {
  const runs = []
  for (let time = 0; time < 5; time++) {
    await entered()
    sent = 0
    await trip()
    runs.push({ ...(await entered()), statements: sent })
  }
  return runs.reduce((least, run) => (run.calls < least.calls ? run : least))
}

async function query(text: string): Promise<void> {
  const answer = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: text }),
  })
  const { errors } = (await answer.json()) as { errors?: unknown }
  if (errors) throw new Error(JSON.stringify(errors))
}

/** What was entered since it was last asked: our own files and their named functions. */
async function entered() {
  const { result } = await session.post('Profiler.takePreciseCoverage')
  const files: string[] = []
  let functions = 0
  let calls = 0
  for (const script of result) {
    if (!script.url.startsWith('file://')) continue
    const file = relative(root, fileURLToPath(script.url))
    if (file.startsWith('..') || /^(node_modules|tests)\b/.test(file.split(sep).join('/'))) continue
    const called = script.functions.filter(({ functionName }) => functionName !== '')
    const counts = called.map(({ ranges: [whole] }) => whole?.count ?? 0).filter((count) => count > 0)
    if (counts.length === 0) continue
    files.push(file)
    functions += counts.length
    calls += counts.reduce((sum, count) => sum + count, 0)
  }
  return { files: files.sort(), functions, calls }
}

function countStatements(): void {
  type Query = (this: pg.Client, ...args: unknown[]) => unknown
  const prototype = pg.Client.prototype as unknown as { query: Query }
  const send = prototype.query
  prototype.query = function (...args) {
    sent += 1
    return send.apply(this, args)
  }
}
