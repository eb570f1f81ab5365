import { afterEach, beforeEach, expect, test } from 'vitest'
import { papersArxivLacks } from '../../db/papers.ts'
import { readArxiv } from '../../src/ingest/arxiv.ts'
import { ingest } from '../../src/ingest/run.ts'
import { arxivClient } from '../../src/ingest/upstreams.ts'
import { testClock } from '../support/clock.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { arxivId, plant } from '../support/papers.ts'
import { gather } from '../support/source-data.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'
import { type Fault, faults } from '../support/upstream-faults.ts'

let upstream: Upstream
let database: TestDatabase
beforeEach(async () => {
  upstream = await startUpstream()
  database = await createTestDatabase()
})
afterEach(async () => {
  await upstream[Symbol.asyncDispose]()
  await database.close()
})

function asking(ids: readonly string[]) {
  const clock = testClock()
  const said: string[] = []
  const upstreams = {
    huggingfaceUrl: upstream.url,
    arxivUrl: upstream.url,
    contact: undefined,
    traceparent: undefined,
  }
  const client = arxivClient(upstreams, { clock, onWait: (sentence) => said.push(sentence) })
  return { readings: readArxiv(ids, { client }), clock, said, host: client.host }
}

const someIds = (count: number) => Array.from({ length: count }, (_, index) => arxivId(index + 1))

test('papers that arXiv has not described are completed, once', async () => {
  const { db } = database.database
  await plant(db, [{}, { title: 'Without an id', arxivId: undefined }, {}])
  const ids = await papersArxivLacks(db, 10)
  expect(ids.toSorted()).toEqual([arxivId(1), arxivId(3)])
  const { readings } = asking(ids)
  expect(await ingest(db, 'arxiv', readings)).toMatchObject({ records: 2, changed: 2, rejected: 0 })
  const row = await db
    .selectFrom('paper')
    .selectAll()
    .where('arxiv_id', '=', arxivId(1))
    .executeTakeFirstOrThrow()
  expect(row.categories.length).toBeGreaterThan(0)
  expect(row.arxiv_version).toBeGreaterThan(0)
  expect(await papersArxivLacks(db, 10)).toEqual([])
  expect(await papersArxivLacks(db, 0)).toEqual([])
})

test('a hundred in a request, one request every 3 seconds', async () => {
  const { readings, clock } = asking(someIds(250))
  const read = await gather(readings)
  expect(read.map(({ records }) => records.length)).toEqual([100, 100, 50])
  expect(upstream.requests.map(({ query }) => query.id_list?.split(',').length)).toEqual([100, 100, 50])
  expect(upstream.requests.map(({ query }) => query.max_results)).toEqual(['100', '100', '50'])
  expect(clock.waits).toEqual([3_000, 3_000])
})

test('an id that arXiv does not know is told', async () => {
  const { readings, host } = asking(['2606.00001', '9999.00001'])
  const [reading] = await gather(readings)
  expect(reading?.records).toHaveLength(1)
  expect(reading?.rejections).toEqual([
    { position: `${host} 9999.00001`, reason: 'arXiv has no paper with this id.' },
  ])
})

const passing: [string, Fault, string][] = [
  ['an error inside a 200', faults.arxivError(), 'arXiv answered with an error: incorrect id format for 1.'],
  ['an empty body', faults.empty(), 'arXiv answered with an empty body'],
  ['"Rate exceeded."', faults.type('application/xml', 'Rate exceeded.'), 'arXiv answered "Rate exceeded."'],
  [
    'a feed that is cut off',
    faults.type('application/atom+xml', '<feed xmlns="http://www.w3.org/2005/Atom"><entry>'),
    '',
  ],
  ['a 503', faults.status(503, { 'retry-after': '5' }), 'failed (503'],
]
test.each(passing)('%s is tried again, and in the end told', async (_name, fault, words) => {
  upstream.next(fault)
  const { readings, said } = asking(['2606.00001'])
  expect((await gather(readings))[0]?.records).toHaveLength(1)
  expect(said).toEqual([expect.stringContaining(words)])
  expect(said[0]).toMatch(/Retrying in \d+ s \(attempt 2 of 5\)\.$/)

  upstream.always(fault)
  const { db } = database.database
  const again = asking(['2606.00001'])
  await expect(ingest(db, 'arxiv', again.readings)).rejects.toThrow(words)
  const source = await db
    .selectFrom('source')
    .selectAll()
    .where('name', '=', 'arxiv')
    .executeTakeFirstOrThrow()
  expect(source.last_error).toContain(words)
  expect(source.last_error).toMatch(/Gave up after 5 attempts\.$/)
})
