import { hash } from 'node:crypto'
import { sql } from 'kysely'
import { expect, test, vi } from 'vitest'
import type { Db } from '../../db/database.ts'
import { type FollowedEvent, followFeed } from '../../src/client/follow.ts'
import { query, refusal, startTestApp, type TestApp } from '../support/app.ts'
import { createTestDatabase } from '../support/database.ts'
import { addPapers, append, ingested } from '../support/feed.ts'
import { nextEvent, readFeed } from '../support/feed-stream.ts'
import { subscribe } from '../support/subscribe.ts'

const live = `subscription ($after: FeedCursor!) {
  paperIngested(after: $after) { cursor previousCursor paper { title } }
}`
interface Ingested {
  paperIngested: { cursor: string; previousCursor: string; paper: { title: string } }
}

async function ingest(db: Db, ...titles: string[]): Promise<void> {
  for (const id of await addPapers(db, titles)) await append(db, [ingested(id)])
}

/** Puts the log back to a position, as a failover does that loses the commits after it. */
async function loseEventsAfter(db: Db, number: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`delete from feed_event where number > ${number}`.execute(trx)
    await sql`update feed set head = ${number}`.execute(trx)
  })
}

interface FeedPage {
  feed: { events: { cursor: string; paper: { title: string } }[]; endCursor: string }
}
const page = `query ($after: FeedCursor!) {
  feed(after: $after, first: 100) { events { cursor ... on PaperEvent { paper { title } } } endCursor }
}`

async function titlesAfter(app: TestApp, after: string): Promise<string[]> {
  const { feed } = await query<FeedPage>(app, page, { after })
  return feed.events.map(({ paper }) => paper.title)
}

async function refusalOf(app: TestApp, after: string) {
  const { code, restartFrom } = (await refusal(app, page, { after })).extensions
  return { code, restartFrom }
}

async function position(app: TestApp): Promise<string> {
  return (await query<{ feedPosition: string }>(app, '{ feedPosition }')).feedPosition
}

test('a cursor of lost events is refused for good, with the last position that is still the same', async () => {
  await using app = await startTestApp()
  const { db } = app
  await ingest(db, 'Kept 1', 'Kept 2')
  const shared = await position(app)
  const { number } = await app.feed.position(shared)
  await ingest(db, 'Lost 1', 'Lost 2', 'Lost 3')
  const held = await position(app)
  await loseEventsAfter(db, number)

  await using restarted = await startTestApp({ beside: app })
  expect(await refusalOf(restarted, held)).toEqual({ code: 'CURSOR_FUTURE', restartFrom: shared })
  await ingest(db, 'New 1', 'New 2', 'New 3', 'New 4')
  for (const server of [restarted, app]) {
    expect(await refusalOf(server, held)).toEqual({ code: 'CURSOR_FOREIGN', restartFrom: shared })
    expect(await titlesAfter(server, shared)).toEqual(['New 1', 'New 2', 'New 3', 'New 4'])
  }
})

test('live subscribers of lost events learn it, and those who are further back go on', async () => {
  await using app = await startTestApp()
  const { db } = app
  await ingest(db, 'Kept 1', 'Kept 2')
  const { number } = await app.feed.refresh()
  const shared = await position(app)
  await using ahead = subscribe<Ingested>(app, live, { after: 'START' })
  await ahead.next()
  await ahead.next()
  await ingest(db, 'Lost')
  expect((await ahead.next()).paperIngested.paper.title).toBe('Lost')

  await loseEventsAfter(db, number)
  await ingest(db, 'New 1', 'New 2')
  expect(await ahead.ended()).toMatchObject([{ extensions: { code: 'CURSOR_FOREIGN', restartFrom: shared } }])
  await using back = subscribe<Ingested>(app, live, { after: shared })
  expect((await back.next()).paperIngested.paper.title).toBe('New 1')
  expect((await back.next()).paperIngested.paper.title).toBe('New 2')
})

test('a copy of the database and its origin refuse the cursors of each other from where they part', async () => {
  await using store = await createTestDatabase()
  await ingest(store.database.db, 'Shared 1', 'Shared 2')
  await store.database.close()
  await using copied = await createTestDatabase(new URL(store.url).pathname.slice(1))
  await using origin = await startTestApp({ settings: { DATABASE_URL: store.url } })
  await using copy = await startTestApp({ settings: { DATABASE_URL: copied.url } })
  const shared = await position(origin)
  expect(await titlesAfter(copy, shared)).toEqual([])

  await ingest(origin.db, 'Origin 1')
  await ingest(copy.db, 'Copy 1', 'Copy 2')
  await ingest(origin.db, 'Origin 2', 'Origin 3')
  for (const [one, other] of [
    [origin, copy],
    [copy, origin],
  ] as const) {
    const { restartFrom, code } = await refusalOf(one, await position(other))
    expect(['CURSOR_FOREIGN', 'CURSOR_FUTURE']).toContain(code)
    expect(await titlesAfter(one, String(restartFrom))).toEqual(
      one === origin ? ['Origin 1', 'Origin 2', 'Origin 3'] : ['Copy 1', 'Copy 2'],
    )
  }
})

test('an EventSource and the follower of a lost history learn what was lost, and go on', async () => {
  await using app = await startTestApp()
  const { db } = app
  await ingest(db, 'Kept')
  const { number } = await app.feed.refresh()
  const shared = await position(app)
  await ingest(db, 'Lost')
  const held = await position(app)
  const live = await readFeed(app, `?after=${held}`)
  expect((await live.next()).id).toBe(held)
  const stop = new AbortController()
  const onGap = vi.fn()
  const followed: FollowedEvent[] = []
  const following = (async () => {
    const options = { url: app.endpoint, after: held, signal: stop.signal, onGap }
    for await (const event of followFeed(options)) followed.push(event)
  })()
  await vi.waitFor(() => expect(app.hub.held.subscriptions).toBe(2), { timeout: 150_000 })

  await loseEventsAfter(db, number)
  await ingest(db, 'New 1', 'New 2')
  const reset = { id: shared, event: 'reset', data: { code: 'CURSOR_FOREIGN', restartFrom: shared } }
  expect(await nextEvent(live)).toMatchObject(reset)
  // What a browser does next, by the id of the last event.
  const back = await readFeed(app, `?after=${held}`, { 'last-event-id': shared })
  expect((await back.next()).id).toBe(shared)
  expect((await nextEvent(back)).data?.paper.title).toBe('New 1')
  // One that was away meanwhile.
  const away = await readFeed(app, '', { 'last-event-id': held })
  expect(away.response.status).toBe(200)
  expect((await away.next()).id).toBe(shared)
  expect(await nextEvent(away)).toMatchObject(reset)
  expect((await nextEvent(away)).data?.paper.title).toBe('New 1')
  // Any other client gets the refusal as an answer.
  const other = await fetch(`${app.url}/feed?after=${held}`)
  expect(other.status).toBe(400)
  expect(await other.json()).toMatchObject({
    error: { code: 'CURSOR_FOREIGN', restartFrom: shared },
  })

  await vi.waitFor(() => expect(followed.map(({ paper }) => paper.title)).toEqual(['New 1', 'New 2']), {
    timeout: 150_000,
  })
  expect(onGap).toHaveBeenCalledOnce()
  stop.abort()
  await following
  for (const stream of [live, back, away]) stream.stop()
})

test('cursors of the format before marks go on working for what was recorded around the upgrade', async () => {
  await using app = await startTestApp()
  const { db } = app
  await ingest(db, 'Before', 'After')
  const { epoch } = await db.selectFrom('feed').select('epoch').executeTakeFirstOrThrow()
  const { number } = await app.feed.refresh()
  expect(await titlesAfter(app, oldCursor(epoch, number - 1))).toEqual(['After'])
  await sql`update feed set marked_since = now() - interval '2 days'`.execute(db)
  await using later = await startTestApp({ beside: app })
  expect(await refusalOf(later, oldCursor(epoch, number - 1))).toMatchObject({ code: 'CURSOR_FOREIGN' })
})

/** As version 0.1 wrote them: 4 bytes of the database, 6 of the number, 2 of CRC-16/CCITT. */
function oldCursor(epoch: string, number: number): string {
  const bytes = Buffer.alloc(12)
  hash('sha256', `daily-papers feed 1 ${epoch}`, 'buffer').copy(bytes, 0, 0, 4)
  bytes.writeUIntBE(number, 4, 6)
  let crc = 0xffff
  for (const byte of bytes.subarray(0, 10)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++)
      crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff
  }
  bytes.writeUInt16BE(crc, 10)
  return bytes.toString('base64url')
}
