import { sql } from 'kysely'
import { afterEach, expect, test, vi } from 'vitest'
import { limitWrites } from '../../db/connection/write-queue.ts'
import { openDatabase } from '../../db/database.ts'
import { FeedCursorError, formatCursor } from '../../db/feed/cursor.ts'
import type { Feed } from '../../db/feed/feed.ts'
import { openFeed } from '../../db/feed/open.ts'
import type { FeedOptions } from '../../db/feed/options.ts'
import { pruneLog } from '../../db/feed/prune.ts'
import { useTestDatabase } from '../support/database.ts'
import { addPapers, append, cursorAt, ingested, ingestPaper } from '../support/feed.ts'
import { hold, writersNeed } from '../support/hold.ts'
import { startDatabaseProxy } from '../support/proxy.ts'

const store = useTestDatabase()
let feed: Feed | undefined
afterEach(async () => {
  await feed?.close()
  feed = undefined
})

async function open(options: Partial<FeedOptions> = {}): Promise<Feed> {
  feed = await openFeed({
    connectionString: store.url,
    db: store.database.db,
    pollIntervalMs: 60_000,
    ...options,
  })
  await vi.waitFor(() => expect(feed?.listening).toBe(true), { timeout: 150_000 })
  return feed
}

/** Everything from a position to the head, as a reader behind sees it. */
async function readAll(feed: Feed, after: number): Promise<number[]> {
  const numbers: number[] = []
  for (let at = after; at < feed.head.number; at = numbers.at(-1) ?? at) {
    const entries = await feed.read(at)
    numbers.push(...entries.map(({ number }) => number))
  }
  return numbers
}

/** Resolves with true once there is something after the position, with false when the feed closes first. */
function moved(feed: Feed, after: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const look = () => {
    if (feed.head.number > after || feed.closed) resolve(!feed.closed)
  }
  const stop = feed.watch(look)
  look()
  return promise.finally(stop)
}

const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index + 1)

test('a commit wakes readers; the head is read once for all of them', async () => {
  const feed = await open()
  const { number: start } = await feed.refresh()
  const waiting = Array.from({ length: 50 }, () => moved(feed, start))
  const reads = feed.statements.reads
  const paper = await ingestPaper(store.database.db, 'Waking up')
  expect(await Promise.all(waiting)).toEqual(Array(50).fill(true))
  const pages = await Promise.all(waiting.map(() => feed.read(start)))
  for (const page of pages)
    expect(page.map(({ kind, paperId }) => [kind, paperId])).toEqual([['ingested', paper]])
  expect(feed.statements.reads - reads).toBe(1)
  expect(feed.held.watchers).toBe(0)
})

test('readers that are behind share pages of the log, and get every event once, in order', async () => {
  const { db } = store.database
  const [paper = 0] = await addPapers(db, ['Much talked about'])
  const before = (await db.selectFrom('feed').select('head').executeTakeFirstOrThrow()).head
  await append(
    db,
    Array.from({ length: 1500 }, () => ingested(paper)),
  )
  const feed = await open({ tailEvents: 100 })
  const reads = feed.statements.reads
  const logs = await Promise.all(Array.from({ length: 20 }, (_, index) => readAll(feed, before + index)))
  for (const [index, log] of logs.entries()) expect(log).toEqual(upTo(before + index, feed.head.number))
  expect(feed.statements.reads - reads).toBeLessThan(10)
  await append(
    db,
    Array.from({ length: 300 }, () => ingested(paper)),
  )
  await feed.refresh()
  expect(feed.held.tail.count).toBe(100)
  expect(await readAll(feed, before)).toEqual(upTo(before, feed.head.number))
})

test('numbers follow commits: a transaction that takes numbers and commits late holds back those after it', async () => {
  const { db } = store.database
  const feed = await open()
  const { number: start } = await feed.refresh()
  const [first = 0, second = 0] = await addPapers(db, ['Slow', 'Quick'])
  const { promise: mayCommit, resolve: commit } = Promise.withResolvers<void>()
  const { promise: hasNumber, resolve: tookNumber } = Promise.withResolvers<void>()
  const slow = db.transaction().execute(async (trx) => {
    await append(trx, [ingested(first)])
    tookNumber()
    await mayCommit
  })
  await hasNumber
  const quick = append(db, [ingested(second)])
  expect((await feed.refresh()).number).toBe(start)
  commit()
  await Promise.all([slow, quick])
  await feed.refresh()
  expect((await feed.read(start)).map(({ paperId }) => paperId)).toEqual([first, second])
})

test('the listener comes back after its backend was killed, and what was missed is read', async () => {
  const { db } = store.database
  const onError = vi.fn()
  const feed = await open({ onError })
  const { number: start } = await feed.refresh()
  const waited = moved(feed, start)
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'daily-papers feed' and datname = current_database()`.execute(db)
  await vi.waitFor(() => expect(onError).toHaveBeenCalledOnce(), { timeout: 150_000 })
  await ingestPaper(db, 'While nobody listened')
  expect(await waited).toBe(true)
  await vi.waitFor(() => expect(feed.listening).toBe(true), { timeout: 150_000 })
})

test('that the first connection failed is told if the next one fails, too', async () => {
  await using proxy = await startDatabaseProxy(store.url)
  let attempts = 0
  Object.defineProperty(proxy, 'accepts', { get: () => ++attempts > 1, configurable: true })
  const onError = vi.fn()
  await open({ connectionString: proxy.url, onError })
  expect(attempts).toBeGreaterThan(1)
  expect(onError).not.toHaveBeenCalled()
  await feed?.close()

  Object.defineProperty(proxy, 'accepts', { get: () => ++attempts < 0 })
  feed = await openFeed({ connectionString: proxy.url, db: store.database.db, onError })
  await vi.waitFor(() => expect(onError).toHaveBeenCalledOnce(), { timeout: 150_000 })
})

test('without notifications the poll finds what is new', async () => {
  const feed = await open({ pollIntervalMs: 20 })
  const { number: start } = await feed.refresh()
  const { db } = store.database
  await db.transaction().execute(async (trx) => {
    const [paper] = await addPapers(trx, ['Silent'])
    await sql`update feed set head = head + 1`.execute(trx)
    await sql`insert into feed_event (number, kind, paper_id, source, recorded_at, data)
      values (${start + 1}, 'ingested', ${paper}, 'client', now(), '{}')`.execute(trx)
  })
  expect(await moved(feed, start)).toBe(true)
})

test('each bad cursor has its own refusal, with the way out', async () => {
  const { db } = store.database
  const feed = await open()
  await ingestPaper(db, 'One at least')
  const head = await feed.refresh()
  expect(await feed.position(feed.cursor(head))).toEqual(head)
  expect(await feed.position('NOW')).toEqual(head)
  const refusal = (cursor: string) =>
    feed.position(cursor).then(
      () => 'accepted',
      (error) => error,
    )
  const good = feed.cursor(head)
  const typo = (good.startsWith('A') ? 'B' : 'A') + good.slice(1)
  for (const bad of ['', 'x', typo, `${good}=`, 'now', '🙂'.repeat(4)]) {
    expect(await refusal(bad)).toMatchObject({ code: 'CURSOR_MALFORMED' })
  }
  expect(await refusal(formatCursor('otherbase', head, []))).toMatchObject({ code: 'CURSOR_FOREIGN' })
  expect(await refusal(feed.cursor({ ...head, number: head.number + 1 }))).toMatchObject({
    code: 'CURSOR_FUTURE',
  })
})

test('a cursor from another instance is not in the future, though this instance has not heard yet', async () => {
  const feed = await open()
  const { db } = store.database
  const { number: start } = await feed.refresh()
  await ingestPaper(db, 'Heard elsewhere first')
  expect((await feed.position(await cursorAt({ db, feed }, start + 1))).number).toBe(start + 1)
})

test('pruning forgets the oldest, refuses what is gone, and says where to go on', async () => {
  const { db } = store.database
  const [paper = 0] = await addPapers(db, ['Old news'])
  await append(
    db,
    Array.from({ length: 30 }, () => ingested(paper)),
  )
  const feed = await open({ tailEvents: 5 })
  const { number: horizon } = await feed.refresh()
  const third = await cursorAt({ db, feed }, 3)
  await sql`update feed_event set recorded_at = now() - interval '1 year'`.execute(db)
  const last = await cursorAt({ db, feed }, horizon)
  await append(db, [ingested(paper), ingested(paper)])
  expect(await pruneLog(db, 1, 7)).toBe(horizon)
  await feed.refresh()
  const refusal = await feed.read(0).catch((error) => error)
  expect(refusal).toBeInstanceOf(FeedCursorError)
  expect(refusal).toMatchObject({ code: 'CURSOR_EXPIRED', restartFrom: last })
  expect(await feed.position(third).catch((error) => error)).toMatchObject({
    code: 'CURSOR_EXPIRED',
  })
  expect((await feed.position('START')).number).toBe(horizon)
  expect(await readAll(feed, horizon)).toEqual([horizon + 1, horizon + 2])
  expect(await pruneLog(db, 1, 7)).toBe(0)
})

test('retention that waits for another writer gives up in time, and has removed nothing', async () => {
  await using impatient = openDatabase({ connectionString: store.url, max: 1 })
  limitWrites(impatient.db, { maxWaitMs: 200, maxWaiting: 10 })
  const { db } = store.database
  await ingestPaper(db, 'Kept while the log is locked')
  const count = () => db.selectFrom('feed_event').select('number').execute()
  const before = await count()
  {
    await using _held = await hold(db, writersNeed['the row of the feed'])
    await expect(pruneLog(impatient.db, 0)).rejects.toMatchObject({ name: 'DatabaseBusyError' })
    expect(await count()).toEqual(before)
  }
  expect(await pruneLog(impatient.db, 0)).toBe(before.length)
})

test('retention removes the old beginning of the log alone, whatever clocks dated the events', async () => {
  const { db } = store.database
  const [paper = 0] = await addPapers(db, ['Dated by many clocks'])
  await pruneLog(db, 0)
  const last = await append(
    db,
    Array.from({ length: 6 }, () => ingested(paper)),
  )
  const dated = (number: number, at: string) =>
    sql`update feed_event set recorded_at = now() + ${at}::interval where number = ${number}`.execute(db)
  await dated(last - 5, '-10 days')
  await dated(last - 4, '5 years') // a clock ahead, between two old events
  await dated(last - 3, '-9 days')
  await dated(last - 1, '-6 years') // a clock behind, after a young event
  await pruneLog(db, 5)
  const { rows } = await sql<{ number: number }>`select number from feed_event order by number`.execute(db)
  expect(rows.map(({ number }) => number)).toEqual([last - 2, last - 1, last])
})

test('closing wakes whoever waits, at once', async () => {
  const feed = await open()
  const waiting = moved(feed, (await feed.refresh()).number)
  await feed.close()
  expect(await waiting).toBe(false)
  expect(feed.held.watchers).toBe(0)
})
