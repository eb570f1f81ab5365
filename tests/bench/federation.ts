import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { migrateToLatest } from '../../db/connection/migrate.ts'
import { openDatabase } from '../../db/database.ts'
import { startEmbedded } from '../../db/embedded/index.ts'
import { startReviews } from '../../src/examples/gateway/reviews-subgraph.ts'
import { compose, papersService, reviewsService } from '../../src/examples/gateway/supergraph.ts'
import { startCli } from '../support/cli.ts'
import { startGateway } from '../support/gateways.ts'
import { generatePapers } from './generate.ts'

/**
 * What a gateway adds to the time of an answer, and what batches of entities cost. Medians of interleaved runs, so
 * that whatever else the machine does falls on all alike.
 * `npm run bench -- federation [--papers N] [--runs N]`
 */
const { values: options } = parseArgs({
  options: {
    papers: { type: 'string', default: '5000' },
    runs: { type: 'string', default: '200' },
  },
})

await using stack = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'daily-papers-bench-'))
stack.defer(() => rm(folder, { recursive: true, force: true }))
const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
const cluster = stack.use(
  await startEmbedded({ superuser: true, dataDir: join(folder, 'pg'), path: process.env.PATH, settings }),
)
const arxivIds = await fill(cluster.url)

const env = { DATABASE_URL: cluster.url, PORT: '0', PLANT_SEEDS: 'off' }
const served = stack.use(startCli(['serve'], { cwd: folder, env }))
const [, port] = await served.said(/API and GraphiQL +http:\/\/[^:]+:(\d+)/)
const direct = `http://127.0.0.1:${port}/graphql`
const reviews = stack.use(await startReviews())
const supergraph = compose([papersService(direct), reviewsService(reviews.url)])
const apollo = stack.use(await startGateway('apollo', supergraph)).endpoint
const hive = stack.use(await startGateway('hive', supergraph)).endpoint

const list = '{ papers(first: 25) { nodes { arxivId title upvotes } } }'
const joined = '{ papers(first: 25) { nodes { arxivId title upvotes reviews { text } } } }'
const entities = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on Paper { title upvotes } } }`
const batch = (amount: number) => ({
  representations: arxivIds.slice(0, amount).map((arxivId) => ({ __typename: 'Paper', arxivId })),
})

await compare('25 papers', [
  ['asked directly', () => ask(direct, list)],
  ['through Apollo Gateway', () => ask(apollo, list)],
  ['through Hive Gateway', () => ask(hive, list)],
])
await compare('25 papers with fields of the other subgraph', [
  ['through Apollo Gateway', () => ask(apollo, joined)],
  ['through Hive Gateway', () => ask(hive, joined)],
])
await compare(
  'entities by arXiv id, asked directly',
  [1, 25, 1000].map((amount) => [String(amount), () => ask(direct, entities, batch(amount))]),
)

type Contender = [name: string, run: () => Promise<void>]

async function compare(title: string, contenders: readonly Contender[]): Promise<void> {
  const times = contenders.map((): number[] => [])
  const runs = Number(options.runs)
  for (let round = -20; round < runs; round++) {
    for (const [index, [, run]] of contenders.entries()) {
      const began = performance.now()
      await run()
      if (round >= 0) times[index]?.push(performance.now() - began)
    }
  }
  console.log(`${title} (${runs} runs each, load ${loadavg()[0]?.toFixed(1)})`)
  for (const [index, [name]] of contenders.entries()) {
    const sorted = times[index]?.toSorted((one, other) => one - other) ?? []
    const at = (share: number) => sorted[Math.floor(sorted.length * share)]?.toFixed(2).padStart(8)
    console.log(`  ${name.padEnd(26)} median ${at(0.5)} ms   p95 ${at(0.95)} ms`)
  }
}

async function ask(endpoint: string, query: string, variables: object = {}): Promise<void> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  const { errors } = (await response.json()) as { errors?: unknown }
  if (errors) throw new Error(JSON.stringify(errors))
}

/** Returns the arXiv ids of what it stored. */
async function fill(url: string): Promise<string[]> {
  await using handle = openDatabase({ connectionString: url, max: 2, statementTimeoutMs: 0 })
  await migrateToLatest(handle.db)
  await generatePapers(handle.db, Number(options.papers))
  const rows = await handle.db
    .selectFrom('paper')
    .select('arxiv_id')
    .where('arxiv_id', 'is not', null)
    .limit(1000)
    .execute()
  return rows.flatMap(({ arxiv_id }) => arxiv_id ?? [])
}
