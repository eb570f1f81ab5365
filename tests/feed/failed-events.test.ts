import { sql } from 'kysely'
import { expect, test, vi } from 'vitest'
import { type FollowedEvent, followFeed } from '../../src/client/follow.ts'
import { useTestApp } from '../support/app.ts'
import { addPapers, append, ingested } from '../support/feed.ts'
import { nextEvent, readFeed } from '../support/feed-stream.ts'
import { plant } from '../support/papers.ts'
import { patience } from '../support/patience.ts'
import { subscribe, subscribeSse } from '../support/subscribe.ts'

const app = useTestApp({ STATEMENT_TIMEOUT_MS: '400' })

const live = 'subscription { paperIngested { cursor paper { title organization { name } } } }'
interface Ingested {
  paperIngested: { cursor: string; paper: { title: string } }
}

const organization = { name: 'lab', fullName: 'A lab' }
const rename = (from: string, to: string) =>
  sql`alter table ${sql.ref(from)} rename to ${sql.ref(to)}`.execute(app.db)

test('an event with a field that fails is delivered with the error, on /feed as an ordinary message', async () => {
  await plant(app.db, [
    { arxivId: '2610.00001', title: 'Of a lab', organization },
    { arxivId: '2610.00002', title: 'Of a lab too', organization },
  ])
  await rename('organization', 'organization_away')
  const stream = await readFeed(app, '?kinds=ingested&after=START')
  const events = [await nextEvent(stream), await nextEvent(stream)]
  await rename('organization_away', 'organization')
  for (const [index, title] of ['Of a lab', 'Of a lab too'].entries()) {
    const { id, event, data } = events[index] ?? {}
    expect(event).toBeUndefined()
    expect(id).toBe(data?.cursor)
    expect(data).toMatchObject({
      ...{ type: 'PaperIngested', paper: { title, organization: null } },
      errors: [{ path: ['feed', 'paper', 'organization'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    })
  }
  stream.stop()
})

test('an event of which nothing can be read is reported once without its cursor, and delivered when it can be', async () => {
  const after = app.feed.cursor(await app.feed.refresh())
  const stream = await readFeed(app, `?after=${after}&kinds=ingested`)
  await using socket = subscribe<Ingested>(app, live)
  expect((await stream.next()).id).toBe(after)
  await vi.waitFor(() => expect(app.hub.held.topics).toBe(2), { timeout: 150_000 })
  const [paper = 0] = await addPapers(app.db, ['Unreadable for a while'])
  await app.db.transaction().execute(async (trx) => {
    await append(trx, [ingested(paper)])
    // Renamed at the moment at which the event appears.
    await sql`alter table paper rename column title to title_away`.execute(trx)
  })
  const { id, event } = await nextEvent(stream)
  expect([id, event]).toEqual([undefined, 'fault'])
  expect((await socket.nextResult()).errors?.[0]?.extensions?.code).toBe('INTERNAL_SERVER_ERROR')
  await sql`alter table paper rename column title_away to title`.execute(app.db)
  expect((await nextEvent(stream)).data).toMatchObject({
    previousCursor: after,
    paper: { title: 'Unreadable for a while' },
  })
  expect((await socket.next()).paperIngested.paper.title).toBe('Unreadable for a while')
  stream.stop()
})

test('a lock that outlasts the statements of readers makes every transport wait, and loses nothing', async () => {
  await plant(app.db, [{ arxivId: '2610.00003', title: 'Behind a lock', organization }])
  const { id: paper } = await app.db
    .selectFrom('paper')
    .select('id')
    .where('arxiv_id', '=', '2610.00003')
    .executeTakeFirstOrThrow()
  const after = app.feed.cursor(await app.feed.refresh())
  await using socket = subscribe<Ingested>(app, live)
  await using sse = await subscribeSse<Ingested>(app, live)
  const stream = await readFeed(app, `?kinds=ingested&after=${after}`)
  const stop = new AbortController()
  const followed: FollowedEvent[] = []
  const following = (async () => {
    const options = { url: app.endpoint, after, kinds: ['INGESTED'], signal: stop.signal }
    for await (const event of followFeed(options)) followed.push(event)
  })()
  await vi.waitFor(() => expect(app.hub.held.topics).toBe(3), { timeout: 150_000 })
  const { executions } = app.hub.held
  await app.db.transaction().execute(async (trx) => {
    await sql`lock table organization in access exclusive mode`.execute(trx)
    await append(app.db, [ingested(paper)])
    // Each topic but that of the follower, which reads no organization, tries more than once.
    await vi.waitFor(() => expect(app.hub.held.executions).toBeGreaterThan(executions + 6), {
      timeout: 150_000,
    })
  })
  for (const subscription of [socket, sse]) {
    expect((await subscription.next()).paperIngested.paper.title).toBe('Behind a lock')
  }
  expect(await nextEvent(stream)).toMatchObject({ data: { paper: { title: 'Behind a lock' } } })
  await vi.waitFor(
    () => expect(followed.map(({ paper }) => paper.title)).toEqual(['Behind a lock']),
    patience,
  )
  stop.abort()
  await following
  stream.stop()
})
