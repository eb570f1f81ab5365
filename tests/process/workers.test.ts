import { type AddressInfo, createServer } from 'node:net'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordPapers } from '../../db/writer/index.ts'
import { query } from '../support/app.ts'
import { type CliProcess, runCli, startCli } from '../support/cli.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { nextEvent, readFeed } from '../support/feed-stream.ts'
import { once } from '../support/patience.ts'
import { childrenOf, runs } from '../support/processes.ts'
import { aRecord } from '../support/records.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())

const env = () => ({
  DATABASE_URL: database.url,
  PORT: '0',
  WORKERS: '2',
  POOL_SIZE: '3',
  PLANT_SEEDS: 'off',
})
const serve = () => startCli([], { cwd: '/', env: env() })

async function placeOf(server: CliProcess) {
  const [, endpoint = ''] = await server.said(/API and GraphiQL +(\S+)/)
  return { endpoint, url: endpoint.replace('/graphql', '') }
}

test('WORKERS share a port and deliver the whole feed, one that is killed is replaced, and all end together', {
  timeout: 300_000,
}, async () => {
  await using server = serve()
  const at = await placeOf(server)
  expect(server.stdout).toContain('Workers            2')
  const workers = childrenOf(server.pid)
  expect(workers).toHaveLength(2)

  // Connections are handed out in turn: two of these are at each worker.
  const streams = await Promise.all([1, 2, 3, 4].map(() => readFeed(at, '?after=START')))
  const record = (number: number) => aRecord({ arxivId: `2606.0000${number}`, title: `Paper ${number}` })
  await recordPapers(database.database.db, { source: 'huggingface', records: [record(1)] })
  const events = await Promise.all(streams.map(nextEvent))
  expect(events.map(({ data }) => data?.paper.title)).toEqual(Array(4).fill('Paper 1'))
  const ends = streams.map((stream) => nextEvent(stream).then(String, String))

  const [first = 0, second = 0] = workers
  process.kill(first, 'SIGKILL')
  await server.said(new RegExp(`A worker ended \\(process ${first}, SIGKILL\\): another one takes its place`))
  const ended = await Promise.race(ends)
  expect(ended).toContain('Error')
  await expect
    .poll(() => childrenOf(server.pid).filter((pid) => pid !== first).length, { timeout: 180_000 })
    .toBe(2)
  const later = await query<{ papers: { totalCount: number } }>(at, '{ papers { totalCount } }')
  expect(later.papers.totalCount).toBe(1)

  const all = childrenOf(server.pid)
  expect(all).toContain(second)
  server.kill('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })
  expect(all.filter(runs)).toEqual([])
  expect(server.stderr).toContain('Stopped.')
  await Promise.all(ends)
})

test('whichever worker is asked for metrics tells those of all, also of one that was killed', {
  timeout: 300_000,
}, async () => {
  await using server = startCli([], { cwd: '/', env: { ...env(), METRICS_TOKEN: 'a-token-for-the-metrics' } })
  const { url, endpoint } = await placeOf(server)
  // Each on a connection of its own, which go to the workers in turn.
  const ask = async (target: string) => {
    const headers = { connection: 'close', authorization: 'Bearer a-token-for-the-metrics' }
    return (await fetch(target, { headers })).text()
  }
  const requests = async () => {
    const text = await ask(`${url}/metrics`)
    const [, count] =
      /^daily_papers_http_request_duration_seconds_count\{route="\/graphql",status="2xx"\} (\d+)$/m.exec(
        text,
      ) ?? []
    return { count: Number(count), text }
  }
  for (const _ of [1, 2, 3, 4, 5]) await ask(`${endpoint}?query={__typename}`)
  // A response is counted when its connection has taken it.
  await expect.poll(async () => (await requests()).count, { timeout: 180_000 }).toBe(5)
  const { count, text } = await requests()
  expect(count).toBe(5)
  // The same for all, and so no sum.
  const { head } = await database.database.db.selectFrom('feed').select('head').executeTakeFirstOrThrow()
  expect(text).toContain(`\ndaily_papers_feed_head ${head}\n`)

  const [first = 0] = childrenOf(server.pid)
  process.kill(first, 'SIGKILL')
  await server.said(/another one takes its place/)
  expect((await requests()).count).toBe(5)
})

test('a worker that cannot be replaced yet ends no other, and is replaced once that is possible', {
  timeout: 300_000,
}, async () => {
  await using own = await createTestDatabase()
  await using server = startCli([], { cwd: '/', env: { ...env(), DATABASE_URL: own.url } })
  const at = await placeOf(server)
  const [first = 0, second = 0] = childrenOf(server.pid)
  // A database that refuses new servers and goes on serving those that it has.
  await sql`insert into kysely_migration (name, timestamp) values ('9999_newer', now())`.execute(
    own.database.db,
  )

  process.kill(first, 'SIGKILL')
  await server.said(/code 1\) ended before it could answer.* Trying again in 1 s; 1 of 2 answer/)
  expect(await query(at, '{ papers { totalCount } }')).toEqual({ papers: { totalCount: 0 } })
  expect(runs(second)).toBe(true)

  await sql`delete from kysely_migration where name = '9999_newer'`.execute(own.database.db)
  await expect.poll(() => childrenOf(server.pid).length, { timeout: 180_000 }).toBe(2)
})

test('workers end when the first process is killed', { timeout: 300_000 }, async () => {
  await using server = serve()
  await placeOf(server)
  const workers = childrenOf(server.pid)
  server.kill('SIGKILL')
  await expect.poll(() => workers.filter(runs), { timeout: 180_000 }).toEqual([])
})

test('a worker that cannot start ends all, with the reason once', { timeout: 300_000 }, async () => {
  const { code, stderr } = await runCli([], {
    cwd: '/',
    env: { ...env(), TRUSTED_DOCUMENTS: '/nowhere/documents.json' },
  })
  expect(code).toBe(1)
  expect(stderr.match(/\/nowhere\/documents\.json/g)).toHaveLength(1)
  expect(stderr).toMatch(/A worker \(process \d+, code 1\) ended before it could answer/)
})

test('a port that is taken is found before there is a worker', { timeout: 300_000 }, async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const { code, stderr } = await runCli([], { cwd: '/', env: { ...env(), PORT: String(port) } })
  other.close()
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^Port \d+ is in use by another program\. [^\n]*\n$/),
  ])
})
