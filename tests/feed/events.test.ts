import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatCursor } from '../../db/feed/cursor.ts'
import { pruneLog } from '../../db/feed/prune.ts'
import { query, startTestApp, type TestApp } from '../support/app.ts'
import { cursorAt } from '../support/feed.ts'
import { plant } from '../support/papers.ts'
import { subscribe } from '../support/subscribe.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

interface Event {
  type: string
  cursor: string
  previousCursor: string
  paper: { title: string; upvotes: number }
  changes: { field: string; before: unknown; after: unknown }[]
  editionDate: string
  submitterName: string
  withdrawnAt: string
  caughtUpAt: string
  sources: { name: string }[]
}

const fields = `type: __typename cursor previousCursor
  ... on PaperEvent { paper { title upvotes } }
  ... on PaperUpdated { changes { field before after } }
  ... on PaperListed { editionDate submitterName }
  ... on PaperWithdrawn { withdrawnAt }`

const live = `subscription ($after: FeedCursor! = NOW, $kinds: [FeedEventKind!], $heartbeat: Int = 30, $filter: PaperFilter) {
  feed(after: $after, kinds: $kinds, heartbeat: $heartbeat, filter: $filter) {
    ${fields} ... on FeedHeartbeat { caughtUpAt sources { name } }
  }
}`

const pages = `query ($after: FeedCursor! = START, $first: Int = 50, $kinds: [FeedEventKind!], $filter: PaperFilter) {
  feed(after: $after, first: $first, kinds: $kinds, filter: $filter) { events { ${fields} } endCursor hasMore }
}`

interface Page {
  feed: { events: Event[]; endCursor: string; hasMore: boolean }
}

test('everything that happens to a paper arrives with its facts, then a heartbeat; pages tell the same', async () => {
  const start = app.feed.cursor(await app.feed.refresh())
  const paper = { arxivId: '2602.00001', title: 'A life', observedAt: '2026-06-01T08:00:00.000Z', upvotes: 1 }
  const listing = { date: '2026-06-01', submitter: { name: 'akhaliq' } }
  await plant(app.db, [{ ...paper, listing }])
  await plant(app.db, [{ ...paper, listing, upvotes: 5, observedAt: '2026-06-02T08:00:00.000Z' }])
  const withdrawnAt = '2026-06-03T07:00:00.000Z'
  await plant(app.db, [{ ...paper, upvotes: 5, observedAt: '2026-06-03T08:00:00.000Z', withdrawnAt }], {
    source: 'arxiv',
  })
  // A heartbeat speaks for what the server has read by then: let that be all of it.
  const written = Date.now()
  await app.feed.refresh()

  await using subscription = subscribe<{ feed: Event }>(app, live, { after: start })
  const events: Event[] = []
  do events.push((await subscription.next()).feed)
  while (events.at(-1)?.type !== 'FeedHeartbeat')
  expect(events.map(({ type }) => type)).toEqual([
    'PaperIngested',
    'PaperListed',
    'PaperUpdated',
    'PaperWithdrawn',
    'FeedHeartbeat',
  ])
  let previous = start
  for (const event of events) {
    expect(event.previousCursor).toBe(previous)
    previous = event.cursor
  }
  const [ingested, listed, updated, withdrawn, heartbeat] = events
  expect(ingested?.paper).toEqual({ title: 'A life', upvotes: 5 })
  expect(listed).toMatchObject({ editionDate: '2026-06-01', submitterName: 'akhaliq' })
  expect(updated?.changes).toContainEqual({ field: 'upvotes', before: 1, after: 5 })
  expect(withdrawn?.withdrawnAt).toBe(withdrawnAt)
  expect(heartbeat?.sources.map(({ name }) => name)).toContain('huggingface')
  expect(Date.parse(heartbeat?.caughtUpAt ?? '')).toBeGreaterThanOrEqual(written)

  const { feed } = await query<Page>(app, pages, { after: start })
  expect(feed.events).toEqual(events.slice(0, -1).map(({ ...event }) => event))
  expect(feed).toMatchObject({ hasMore: false, endCursor: withdrawn?.cursor })
})

test('pages of any size join to one log; kinds and filters choose from it', async () => {
  await plant(
    app.db,
    Array.from({ length: 7 }, (_, index) => ({
      arxivId: `2602.0010${index}`,
      title: `Seven ${index}`,
      keywords: ['seven'],
    })),
  )
  const whole = (await query<Page>(app, pages, { first: 500 })).feed.events
  for (const first of [1, 3, 500]) {
    const joined: Event[] = []
    let after = 'START'
    for (let more = true; more; ) {
      const { feed } = await query<Page>(app, pages, { after, first })
      joined.push(...feed.events)
      after = feed.endCursor
      more = feed.hasMore
    }
    expect(joined).toEqual(whole)
  }
  const filtered = await query<Page>(app, pages, { kinds: ['INGESTED'], filter: { keywords: ['Seven'] } })
  expect(filtered.feed.events.map(({ paper }) => paper.title)).toEqual(
    Array.from({ length: 7 }, (_, index) => `Seven ${index}`),
  )
})

test('heartbeats carry the cursor of a filter that lets nothing through', async () => {
  await using subscription = subscribe<{ feed: Event }>(app, live, {
    filter: { keywords: ['nothing of the kind'] },
    heartbeat: 1,
  })
  const first = (await subscription.next()).feed
  await plant(app.db, [{ arxivId: '2602.00200', title: 'Unrelated' }])
  const head = app.feed.cursor(await app.feed.refresh())
  let last = first
  while (last.cursor !== head) {
    const next = (await subscription.next()).feed
    expect(next).toMatchObject({ type: 'FeedHeartbeat', previousCursor: last.cursor })
    last = next
  }
})

test('bad cursors and arguments are refused by code, with the way out', async () => {
  const refusal = async (variables: Record<string, unknown>, document = live) => {
    await using subscription = subscribe(app, document, variables)
    const [error] = (await subscription.nextResult()).errors ?? []
    return error
  }
  expect(await refusal({ after: 'nonsense' })).toMatchObject({
    message: expect.stringContaining('START or NOW'),
    extensions: { code: 'CURSOR_MALFORMED' },
  })
  expect(
    await refusal({ after: formatCursor('elsewhere', { number: 3, mark: 3, recordedAtMs: 3 }, []) }),
  ).toMatchObject({
    extensions: { code: 'CURSOR_FOREIGN' },
  })
  expect(
    await refusal({ after: app.feed.cursor({ number: 10_000, mark: 1, recordedAtMs: 1 }) }),
  ).toMatchObject({
    extensions: { code: 'CURSOR_FUTURE' },
  })
  expect(await refusal({ heartbeat: 0 })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } })
  expect(await refusal({ filter: { text: 'the of' } })).toMatchObject({
    extensions: { code: 'BAD_USER_INPUT' },
  })

  const { db } = app
  const first = await cursorAt(app, 1)
  await pruneLog(db, 0)
  await plant(db, [{ arxivId: '2602.00300', title: 'After the pruning' }])
  const fresh = await startTestApp({ beside: app })
  const expired = async () => {
    await using subscription = subscribe(fresh, live, { after: first })
    const [error] = (await subscription.nextResult()).errors ?? []
    return error?.extensions
  }
  const extensions = await expired()
  expect(extensions?.code).toBe('CURSOR_EXPIRED')
  await using subscription = subscribe<{ feed: Event }>(fresh, live, { after: extensions?.restartFrom })
  expect((await subscription.next()).feed.paper.title).toBe('After the pruning')
  await subscription.close()
  await fresh.close()
})
