import { tmpdir } from 'node:os'
import { sql } from 'kysely'
import { expect, test, vi } from 'vitest'
import { singleFlight } from '../../db/connection/single-flight.ts'
import { openDatabase } from '../../db/database.ts'
import { beginning } from '../../db/feed/position.ts'
import { Tail } from '../../db/feed/tail.ts'
import { query, startTestApp } from '../support/app.ts'
import { startCli } from '../support/cli.ts'
import { createTestDatabase } from '../support/database.ts'
import { ingestPaper } from '../support/feed.ts'
import { arxivId, plant } from '../support/papers.ts'
import { awaiting, patience } from '../support/patience.ts'
import { startDatabaseProxy } from '../support/proxy.ts'
import { subscribe, subscribeSse } from '../support/subscribe.ts'

interface Received {
  feed: { cursor: string; previousCursor: string; caughtUpAt?: string; paper?: { arxivId: string } }
}

const document = `subscription {
  feed(heartbeat: 1) { cursor previousCursor
    ... on FeedHeartbeat { caughtUpAt } ... on PaperIngested { paper { arxivId } } } }`

test('links to the database fall silent again and again: subscribers go on, and nothing is lost, doubled or moved', async () => {
  await using database = await createTestDatabase()
  await using proxy = await startDatabaseProxy(database.url)
  await using app = await startTestApp({ settings: { DATABASE_URL: proxy.url }, isAlert: true })
  await using socket = subscribe<Received>(app, document)
  await using stream = await subscribeSse<Received>(app, document)
  const { db } = database.database
  const wanted: string[] = []
  const seen: string[][] = [[], []]
  const readNext = async (subscription: typeof socket, into: string[] = []) => {
    for (;;) {
      const { feed } = await subscription.next(25_000)
      if (feed.paper) return into.push(feed.paper.arxivId)
    }
  }
  for (let round = 1; round <= 2; round++) {
    // A moment in which readings may be on their way: the polls and queries of before.
    const asking = query(app, '{ stats { paperCount } }').catch(() => {})
    proxy.silence()
    for (const half of [0, 1]) {
      const id = arxivId(2 * round + half)
      await plant(db, [{ arxivId: id, title: `Round ${round} ${half}` }])
      wanted.push(id)
    }
    for (const _ of [0, 1]) await Promise.all([readNext(socket, seen[0]), readNext(stream, seen[1])])
    await asking
  }
  expect(seen).toEqual([wanted, wanted])
}, 300_000)

test('while no reading works, heartbeats go on and name the time of the last one that did', async () => {
  await using database = await createTestDatabase()
  await using proxy = await startDatabaseProxy(database.url)
  await using app = await startTestApp({ settings: { DATABASE_URL: proxy.url }, isAlert: true })
  await using stream = subscribe<Received>(app, document)
  const caughtUpAt = async () => {
    for (;;) {
      const { feed } = await stream.next()
      if (feed.caughtUpAt) return Date.parse(feed.caughtUpAt)
    }
  }
  await caughtUpAt()
  proxy.accepts = false
  proxy.silence()
  const silentSince = Date.now()
  for (let beats = 0; beats < 4; beats++) expect(await caughtUpAt()).toBeLessThanOrEqual(silentSince)
  proxy.accepts = true
  while ((await caughtUpAt()) <= silentSince) await stream.next()
})

test('a reading that was given up and ends after all changes nothing', async () => {
  await using database = await createTestDatabase()
  const { db } = database.database
  await using proxy = await startDatabaseProxy(database.url)
  await using slow = openDatabase({ connectionString: proxy.url, max: 1, answerTimeoutMs: 60_000 })
  const tail = new Tail(beginning, { count: 100, size: 1_000_000 })
  const over: unknown[] = []
  const readers = [slow.db, db]
  const advance = singleFlight((run) => {
    const reading = tail.advance(readers.shift() ?? db, 256, 0, run, () => {})
    reading.catch(() => {}).then(() => over.push(0))
    return reading
  }, 500)
  await sql`select`.execute(slow.db)
  await ingestPaper(db, 'Before')
  proxy.silence()
  await expect(advance()).rejects.toThrow('No progress in 500 ms.')
  await ingestPaper(db, 'Meanwhile')
  expect(await advance()).toBe('moved')
  proxy.thaw()
  await vi.waitFor(() => expect(over).toHaveLength(2), patience)
  expect(tail.head.number).toBe(2)
  expect(tail.after(0, 10)?.map(({ number }) => number)).toEqual([1, 2])
})

test('a connection without an answer is closed, those that were idle meanwhile too, and new ones are made', async () => {
  await using database = await createTestDatabase()
  await using proxy = await startDatabaseProxy(database.url)
  await using handle = openDatabase({ connectionString: proxy.url, max: 3, answerTimeoutMs: 500 })
  const ask = () => sql`select`.execute(handle.db)
  await Promise.all([ask(), ask(), ask()])
  expect(proxy.links).toBe(3)
  proxy.silence()
  await expect(ask()).rejects.toMatchObject({ code: 'ETIMEDOUT' })
  await Promise.all([ask(), ask(), ask()])
  expect([handle.pool.totalCount, proxy.links]).toEqual([3, 3])
})

test('connections are closed though a statement is never answered', async () => {
  await using database = await createTestDatabase()
  await using proxy = await startDatabaseProxy(database.url)
  const handle = openDatabase({ connectionString: proxy.url, max: 1, answerTimeoutMs: 600_000 })
  const asking = Promise.withResolvers<void>()
  const transaction = handle.db.transaction().execute(async (trx) => {
    await sql`select`.execute(trx)
    proxy.silence()
    asking.resolve()
    await sql`select`.execute(trx)
  })
  const outcome = expect(transaction).rejects.toThrow()
  await awaiting(() => 'the question on the silent link', asking.promise)
  await handle.close()
  await outcome
})

test('a transaction on a silent link fails once, and its connection is closed', async () => {
  await using database = await createTestDatabase()
  await using proxy = await startDatabaseProxy(database.url)
  await using handle = openDatabase({ connectionString: proxy.url, max: 1, answerTimeoutMs: 500 })
  const transaction = handle.db.transaction().execute(async (trx) => {
    await sql`select`.execute(trx)
    proxy.silence()
    await sql`select`.execute(trx)
  })
  await expect(transaction).rejects.toMatchObject({ code: 'ETIMEDOUT' })
  expect(handle.pool.totalCount).toBe(0)
  await sql`select`.execute(handle.db)
})

test('a run that never ends fails at its deadline, and the callers of then begin another one', async () => {
  let runs = 0
  const flight = singleFlight(
    () => (++runs === 1 ? new Promise<number>(() => {}) : Promise.resolve(runs)),
    50,
  )
  const first = flight()
  const second = flight()
  await expect(first).rejects.toMatchObject({ code: 'ETIMEDOUT' })
  expect(await second).toBe(2)
  await flight.idle()
})

test('a server whose links are silent stops when it is asked to', async () => {
  await using database = await createTestDatabase()
  await using proxy = await startDatabaseProxy(database.url)
  await using server = startCli(['serve'], {
    cwd: tmpdir(),
    env: { PORT: '0', PLANT_SEEDS: 'off', DATABASE_URL: proxy.url, SHUTDOWN_MS: '500' },
  })
  await server.said(/API and GraphiQL/)
  proxy.accepts = false
  proxy.silence()
  server.kill('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })
})
