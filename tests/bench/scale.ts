import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import { openDatabase } from '../../db/database.ts'
import { startOurs } from './feed-servers.ts'
import { fillDatabase, startBenchCluster } from './filled-database.ts'
import { ourBodies } from './peers-questions.ts'
import { postgresTimer } from './processor-time.ts'
import { median } from './reads-measure.ts'

/**
 * What a paper, the first page and a page 100 pages deep cost with more and more papers: processor time of the server
 * and of Postgres for each request, which does not grow with what else the machine does.
 * `npm run bench -- scale [--papers 10000,100000] [--folder DIR] [--requests N] [--rounds N]`
 * With `--folder`, the databases are kept there, each in a folder named by its number of papers, and used again.
 */
const { values: options } = parseArgs({
  options: {
    papers: { type: 'string', default: '10000,100000' },
    folder: { type: 'string' },
    requests: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '5' },
  },
})

const settings = { CLIENT_POINTS: '1000000000', RESPONSE_CACHE_BYTES: '0' }

await using stack = new AsyncDisposableStack()
const sizes = await Promise.all(options.papers.split(',').map((papers) => prepare(Number(papers))))
const questions = ['point', 'feed', 'deep'] as const
const first = new Map<string, number>()
console.log(`CPU of a request, µs: server + Postgres; load ${loadavg()[0]?.toFixed(1)}`)
for (const question of questions) {
  const figures = sizes.map(() => ({ server: [] as number[], postgres: [] as number[] }))
  for (let round = 0; round <= Number(options.rounds); round++)
    for (const [index, size] of sizes.entries()) {
      const { server, postgres } = await size.ask(question)
      // The first round warms up.
      if (round === 0) continue
      figures[index]?.server.push(server)
      figures[index]?.postgres.push(postgres)
    }
  for (const [index, { papers }] of sizes.entries()) {
    const [server, postgres] = [median(figures[index]?.server ?? []), median(figures[index]?.postgres ?? [])]
    const smallest = first.get(question) ?? server + postgres
    first.set(question, smallest)
    const ratio = ((server + postgres) / smallest).toFixed(2)
    console.log(
      `${question.padEnd(6)} ${papers.toLocaleString('en').padStart(10)} papers  ${server.toFixed(0).padStart(6)} + ${postgres.toFixed(0).padStart(5)}  ${ratio}x`,
    )
  }
}

/** A server on a database of so many papers, and its questions. */
async function prepare(papers: number) {
  const folder = options.folder === undefined ? undefined : join(options.folder, String(papers))
  const cluster = await startBenchCluster(stack, folder)
  await fillDatabase(cluster.url, papers)
  const handle = stack.use(openDatabase({ connectionString: cluster.url, max: 1 }))
  const server = stack.use(await startOurs(cluster.url, undefined, settings))
  const known = await sql<{ arxiv_id: string }>`
    select arxiv_id from paper where arxiv_id is not null order by md5(id::text) limit 32`.execute(handle.db)
  const places = await sql<{ id: number; published_at: Date }>`
    select id, published_at from paper order by published_at desc, id desc offset 2499 limit 32`.execute(
    handle.db,
  )
  const bodies = await ourBodies({
    arxivIds: known.rows.map(({ arxiv_id }) => arxiv_id),
    places: places.rows.map(({ id, published_at }) => ({ id, publishedAt: published_at.toISOString() })),
    before: 2500,
    texts: [],
  })
  return {
    papers,
    /** µs of processors for each of some requests, four of them at a time. */
    async ask(question: (typeof questions)[number]): Promise<{ server: number; postgres: number }> {
      const requests = Number(options.requests)
      const texts = bodies[question]
      const [cpu, postgresMs] = [server.cpu(), postgresTimer(cluster.pid)]
      let asked = 0
      const ask = async () => {
        while (asked < requests) {
          const body = texts[asked++ % texts.length] ?? ''
          const response = await fetch(`http://127.0.0.1:${server.port}/graphql`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body,
          })
          const answer = await response.text()
          if (response.status !== 200 || answer.includes('"errors"')) throw new Error(answer)
        }
      }
      await Promise.all([ask(), ask(), ask(), ask()])
      const each = (ms: number) => (ms * 1000) / requests
      return { server: each(server.cpu() - cpu), postgres: each(postgresMs()) }
    },
  }
}
