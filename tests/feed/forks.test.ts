import { sql } from 'kysely'
import { expect, test, vi } from 'vitest'
import type { Db } from '../../db/database.ts'
import { query, refusal, startTestApp, type TestApp } from '../support/app.ts'
import { runCli } from '../support/cli.ts'
import { createTestDatabase } from '../support/database.ts'
import { addPapers, append, cursorAt, ingested } from '../support/feed.ts'
import { subscribe } from '../support/subscribe.ts'

const live = `subscription ($after: FeedCursor!) {
  paperIngested(after: $after) { cursor paper { title } }
}`
interface Ingested {
  paperIngested: { cursor: string; paper: { title: string } }
}
const page = `query ($after: FeedCursor!) {
  feed(after: $after, first: 100) { events { ... on PaperEvent { paper { title } } } }
}`

async function ingest(db: Db, ...titles: string[]): Promise<void> {
  for (const id of await addPapers(db, titles)) await append(db, [ingested(id)])
}

/** Other events take the place of those after a position, and no instance is notified. */
async function replaceEventsAfter(db: Db, number: number, ...titles: string[]): Promise<void> {
  await replaceEvents(db, { after: number, titles, by: '0' })
}

/** In one transaction: a server that looks in between would meet a third history. `by` is how far they are dated back. */
async function replaceEvents(
  db: Db,
  { after: number, titles, by }: { after: number; titles: readonly string[]; by: string },
): Promise<void> {
  const papers = titles.length > 0 ? await addPapers(db, titles) : []
  await db.transaction().execute(async (trx) => {
    await sql`delete from feed_event where number > ${number}`.execute(trx)
    await sql`update feed set head = ${number + titles.length}`.execute(trx)
    for (const [index, paper] of papers.entries()) {
      await sql`insert into feed_event (number, kind, paper_id, source, recorded_at, data, mark)
        values (${number + 1 + index}, 'ingested', ${paper}, 'client', clock_timestamp() - ${by}::interval,
                '{"paper": {}}',
                ${1000 + paper})`.execute(trx)
    }
  })
}

async function titlesAfter(app: TestApp, after: string): Promise<string[]> {
  const { feed } = await query<{ feed: { events: { paper: { title: string } }[] } }>(app, page, { after })
  return feed.events.map(({ paper }) => paper.title)
}

async function position(app: TestApp): Promise<string> {
  return (await query<{ feedPosition: string }>(app, '{ feedPosition }')).feedPosition
}

test('an instance that has not noticed another history pages through no other events than the cursor meant', async () => {
  await using app = await startTestApp()
  await ingest(app.db, 'Kept', 'Lost 1', 'Lost 2')
  await app.feed.refresh()
  const [shared, held] = [await cursorAt(app, 1), await cursorAt(app, 3)]
  await replaceEventsAfter(app.db, 1, 'New 1', 'New 2', 'New 3')
  expect((await refusal(app, page, { after: held })).extensions).toMatchObject({
    ...{ code: 'CURSOR_FOREIGN', restartFrom: shared },
  })
})

test('a cursor of the new history is taken by an instance that has not noticed it', async () => {
  await using app = await startTestApp()
  await ingest(app.db, 'Kept', 'Lost')
  await app.feed.refresh()
  await replaceEventsAfter(app.db, 1, 'New 1', 'New 2', 'New 3')
  await using noticed = await startTestApp({ beside: app })
  await using resumed = subscribe<Ingested>(app, live, { after: await cursorAt(noticed, 3) })
  expect((await resumed.next()).paperIngested.paper.title).toBe('New 3')
  await replaceEventsAfter(app.db, 1, 'Newer 1', 'Newer 2', 'Newer 3', 'Newer 4')
  expect(await titlesAfter(app, await cursorAt(noticed, 4))).toEqual(['Newer 4'])
})

test('a reader that is behind goes on where lost events were not replaced yet', async () => {
  await using app = await startTestApp()
  await ingest(app.db, 'Kept', 'Lost 1', 'Lost 2')
  await using started = await startTestApp({ beside: app })
  await replaceEventsAfter(app.db, 1)
  await using behind = subscribe<Ingested>(started, live, { after: 'START' })
  expect((await behind.next()).paperIngested.paper.title).toBe('Kept')
  await vi.waitFor(() => expect(started.feed.history).toBe(1), { timeout: 150_000 })
  await ingest(app.db, 'New')
  expect((await behind.next()).paperIngested.paper.title).toBe('New')
})

test('after two losses a subscriber is led to what all three histories share', async () => {
  await using app = await startTestApp()
  await ingest(app.db, 'Kept', 'Lost later', 'Lost 1', 'Lost 2')
  const before = await app.feed.refresh()
  await replaceEventsAfter(app.db, 2, 'New 1', 'New 2', 'New 3')
  await app.feed.refresh()
  await replaceEventsAfter(app.db, 1, 'Newer 1', 'Newer 2')
  await app.feed.refresh()
  expect(app.feed.history).toBe(2)
  const restartFrom = await cursorAt(app, 1)
  expect(() => app.feed.assertShared(before, 0)).toThrow(expect.objectContaining({ restartFrom }))
})

test('a copy of a copy and the origin lead each other to what all of them share', async () => {
  await using store = await createTestDatabase()
  await ingest(store.database.db, 'Shared 1', 'Shared 2')
  await store.database.close()
  await using first = await createTestDatabase(new URL(store.url).pathname.slice(1))
  await ingest(first.database.db, 'First 1', 'First 2')
  await first.database.close()
  await using second = await createTestDatabase(new URL(first.url).pathname.slice(1))
  await using origin = await startTestApp({ settings: { DATABASE_URL: store.url } })
  await using copy = await startTestApp({ settings: { DATABASE_URL: second.url } })
  await ingest(origin.db, 'Origin 1', 'Origin 2', 'Origin 3')
  await ingest(copy.db, 'Second 1', 'Second 2')
  for (const [one, other, titles] of [
    [origin, copy, ['Origin 1', 'Origin 2', 'Origin 3']],
    [copy, origin, ['First 1', 'First 2', 'Second 1', 'Second 2']],
  ] as const) {
    const { restartFrom } = (await refusal(one, page, { after: await position(other) })).extensions
    expect(await titlesAfter(one, String(restartFrom))).toEqual(titles)
  }
})

test('new-history parts a copy that Postgres cannot tell from its origin', async () => {
  await using store = await createTestDatabase()
  await ingest(store.database.db, 'Shared 1', 'Shared 2')
  await store.database.close()
  await using copied = await createTestDatabase(new URL(store.url).pathname.slice(1))
  // What a copy of the files has.
  await sql`update feed set place = feed_place()`.execute(copied.database.db)
  const env = { DATABASE_URL: copied.url }
  const { code, stdout } = await runCli(['new-history'], { cwd: import.meta.dirname, env })
  expect([code, stdout]).toEqual([0, expect.stringContaining('a new history begins after event 2.')])

  await using origin = await startTestApp({ settings: { DATABASE_URL: store.url } })
  await using copy = await startTestApp({ settings: env })
  await ingest(origin.db, 'Origin 1')
  await ingest(copy.db, 'Copy 1')
  await ingest(origin.db, 'Origin 2', 'Origin 3')
  await ingest(copy.db, 'Copy 2')
  for (const [one, other, titles] of [
    [origin, copy, ['Origin 1', 'Origin 2', 'Origin 3']],
    [copy, origin, ['Copy 1', 'Copy 2']],
  ] as const) {
    const { restartFrom } = (await refusal(one, page, { after: await position(other) })).extensions
    expect(await titlesAfter(one, String(restartFrom))).toEqual(titles)
  }
})

test.each([
  ['back', '- 1'],
  ['ahead', '+ 1'],
])('nobody loses an event by a fork whose clock is a day %s', async (_where, days) => {
  await using store = await createTestDatabase()
  await ingest(store.database.db, 'Shared 1', 'Shared 2')
  await store.database.close()
  await using other = await createTestDatabase(new URL(store.url).pathname.slice(1))
  await using origin = await startTestApp({ settings: { DATABASE_URL: store.url } })
  await using fork = await startTestApp({ settings: { DATABASE_URL: other.url } })
  await ingest(origin.db, 'Origin 1', 'Origin 2', 'Origin 3')
  await ingest(fork.db, 'Fork 1', 'Fork 2', 'Fork 3')
  const redate = sql`update feed_event set recorded_at = recorded_at ${sql.raw(days)} * interval '1 day' where number > 2`
  await redate.execute(fork.db)
  await using restarted = await startTestApp({ beside: origin, settings: { DATABASE_URL: other.url } })
  for (const [here, there, titles] of [
    [restarted, origin, ['Fork 1', 'Fork 2', 'Fork 3']],
    [origin, restarted, ['Origin 1', 'Origin 2', 'Origin 3']],
  ] as const) {
    // By a cursor dated a day too early, nobody can tell which of the shared events came before it: they come again.
    const { restartFrom } = (await refusal(here, page, { after: await position(there) })).extensions
    const found = await titlesAfter(here, String(restartFrom))
    expect(found.slice(-3)).toEqual(titles)
    expect(found.slice(0, -3)).toEqual(['Shared 1', 'Shared 2'].slice(5 - found.length))
  }
})

test('a live subscriber of a history that ends is led to what is shared, though the new events are dated back', async () => {
  await using app = await startTestApp()
  await ingest(app.db, 'Kept', 'Lost 1', 'Lost 2')
  const shared = await cursorAt(app, 1)
  await using events = subscribe<Ingested>(app, live, { after: 'START' })
  for (const title of ['Kept', 'Lost 1', 'Lost 2'])
    expect((await events.next()).paperIngested.paper.title).toBe(title)
  await replaceEvents(app.db, { after: 1, titles: ['New 1', 'New 2', 'New 3'], by: '1 year' })
  await app.feed.refresh()
  const [error] = (await events.ended()) as { extensions: { code: string; restartFrom: string } }[]
  expect(error?.extensions.code).toBe('CURSOR_FOREIGN')
  // The same position as before, whose cursor may name the new history by now.
  for (const cursor of [shared, error?.extensions.restartFrom ?? ''])
    expect(await titlesAfter(app, cursor)).toEqual(['New 1', 'New 2', 'New 3'])
})
