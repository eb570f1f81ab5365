import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { noteReading } from '../../db/sources.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { manualClock } from '../support/clock.ts'
import { createTestDatabase } from '../support/database.ts'
import { append, ingested } from '../support/feed.ts'
import { readFeed } from '../support/feed-stream.ts'
import { plant } from '../support/papers.ts'
import { startDatabaseProxy } from '../support/proxy.ts'
import { subscribe, subscribeSse } from '../support/subscribe.ts'

interface Item {
  type: string
  cursor: string
  previousCursor: string
  caughtUpAt?: string
  sources?: { name: string }[] | null
  paper?: { title: string }
}

const document = `subscription {
  feed(heartbeat: 1) { type: __typename cursor previousCursor
    ... on FeedHeartbeat { caughtUpAt sources { name lastReadAt } }
    ... on PaperEvent { paper { title organization { name } } } } }`

/** The next item of each transport. */
async function transports(app: TestApp): Promise<(() => Promise<Item>)[]> {
  const socket = subscribe<{ feed: Item }>(app, document)
  const sse = await subscribeSse<{ feed: Item }>(app, document)
  const stream = await readFeed(app, '?heartbeat=1')
  onTestFinished(async () => {
    await Promise.all([socket.close(), sse.close()])
    stream.stop()
  })
  const nextOfStream = async () => {
    for (;;) {
      const { data } = await stream.next()
      if (data) return data as unknown as Item
    }
  }
  return [async () => (await socket.next()).feed, async () => (await sse.next()).feed, nextOfStream]
}

test('while the database does not answer, heartbeats go on over each transport, with what was known last', async () => {
  await using database = await createTestDatabase()
  await using proxy = await startDatabaseProxy(database.url)
  await using app = await startTestApp({ settings: { DATABASE_URL: proxy.url }, isAlert: true })
  const nexts = await transports(app)
  for (const next of nexts) {
    const { type, sources } = await next()
    expect(type).toBe('FeedHeartbeat')
    expect(sources?.map(({ name }) => name)).toContain('huggingface')
  }
  proxy.accepts = false
  proxy.silence()
  const silentSince = Date.now()
  for (let beats = 0; beats < 5; beats++) {
    for (const [index, next] of nexts.entries()) {
      const { type, caughtUpAt = '', sources } = await next()
      expect(type).toBe('FeedHeartbeat')
      expect(Date.parse(caughtUpAt)).toBeLessThanOrEqual(silentSince)
      if (index < 2) expect(sources?.map(({ name }) => name)).toContain('huggingface')
      else expect(sources).toBeNull()
    }
  }
})

test('the sources come in the first heartbeat and when they have changed, and the others are small', async () => {
  await using app = await startTestApp({ isAlert: true })
  const stream = await readFeed(app, '?heartbeat=1')
  onTestFinished(() => stream.stop())
  const changed = `subscription { feed(heartbeat: 1) { ... on FeedHeartbeat { sources: changedSources { name lastReadAt } } } }`
  await using socket = subscribe<{ feed: Item }>(app, changed)
  const lists = [
    async () => (await socket.next()).feed.sources,
    async () => {
      for (;;) {
        const { event, data } = await stream.next()
        if (event === 'heartbeat') return (data as unknown as Item).sources
      }
    },
  ]
  const untilListed = async (next: () => Promise<Item['sources']>, name: string) => {
    for (;;) {
      const sources = await next()
      if (sources) return sources.find((source) => source.name === name)
    }
  }
  for (const next of lists) {
    expect(await next()).toHaveLength(5)
    expect(await next()).toBeNull()
  }
  await noteReading(app.db, 'arxiv', { read: 1, new: 0, changed: 0, rejected: 0 })
  for (const next of lists) {
    expect(await untilListed(next, 'arxiv')).toMatchObject({ lastReadAt: expect.any(String) })
    expect(await next()).toBeNull()
  }
  // A late subscriber is told at once, and nobody else because of it.
  await using late = subscribe<{ feed: Item }>(app, changed)
  expect((await late.next()).feed.sources).toHaveLength(5)
  for (const next of lists) expect(await next()).toBeNull()
})

test('while an event cannot be read, heartbeats go on from before it; then it comes, without a gap', async () => {
  await using app = await startTestApp()
  const organization = { name: 'lab', fullName: 'A lab' }
  await plant(app.db, [{ arxivId: '2611.00001', title: 'Behind a lock', organization }])
  const { id: paper } = await app.db.selectFrom('paper').select('id').executeTakeFirstOrThrow()
  await app.feed.refresh()
  const nexts = await transports(app)
  const last: Item[] = []
  for (const next of nexts) last.push(await next())
  await app.db.transaction().execute(async (trx) => {
    await sql`lock table organization in access exclusive mode`.execute(trx)
    await append(app.db, [ingested(paper)])
    await app.feed.refresh()
    const appended = Date.now()
    for (const [index, next] of nexts.entries()) {
      for (let beats = 0; beats < 4; beats++) {
        const item = await next()
        expect(item).toMatchObject({ type: 'FeedHeartbeat', cursor: last[index]?.cursor })
        expect(item.previousCursor).toBe(last[index]?.cursor)
        expect(Date.parse(item.caughtUpAt ?? '')).toBeLessThanOrEqual(appended)
      }
    }
  })
  for (const [index, next] of nexts.entries()) {
    let item = await next()
    while (item.type === 'FeedHeartbeat') item = await next()
    expect(item).toMatchObject({ previousCursor: last[index]?.cursor, paper: { title: 'Behind a lock' } })
  }
})

test.each(['/graphql', '/feed'])(
  'an event stream of %s has comments while the database does not answer, and forbids to transform it',
  async (path) => {
    await using database = await createTestDatabase()
    await using proxy = await startDatabaseProxy(database.url)
    const clock = manualClock()
    await using app = await startTestApp({ settings: { DATABASE_URL: proxy.url }, clock })
    const stop = new AbortController()
    const query = 'subscription { paperIngested { cursor } }'
    const url = path === '/feed' ? `${app.url}/feed?heartbeat=3600` : `${app.endpoint}?query=${query}`
    const { headers, body } = await fetch(url, {
      headers: { accept: 'text/event-stream' },
      signal: stop.signal,
    })
    expect(headers.get('cache-control')).toContain('no-transform')
    proxy.accepts = false
    proxy.silence()
    let comments = 0
    clock.advance(15_000)
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      comments += chunk.split('\n').filter((line) => line.startsWith(':')).length
      if (comments >= 2) break
      if (comments > 0) clock.advance(15_000)
    }
    stop.abort()
  },
  60_000,
)
