import { expect, test, vi } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { addPapers, append, cursorAt, ingested } from '../support/feed.ts'
import { plant } from '../support/papers.ts'
import { subscribe, subscribeSse, type TestSubscription } from '../support/subscribe.ts'

const app = useTestApp({ WRITE_TOKEN: 'a-token-for-writing' })

interface Ingested {
  paperIngested: { cursor: string; previousCursor: string; paper: { title: string } }
}

const document = `subscription ($after: FeedCursor! = NOW, $filter: PaperFilter) {
  paperIngested(after: $after, filter: $filter) { cursor previousCursor paper { title } }
}`

const titles = async (subscription: TestSubscription<Ingested>, count: number) => {
  const seen: string[] = []
  while (seen.length < count) seen.push((await subscription.next()).paperIngested.paper.title)
  return seen
}

/** A subscription counts from the moment it is admitted; it has joined its topic once its cursor is checked. */
async function opened(subscriptions: number, topics = Math.min(1, subscriptions)): Promise<void> {
  await vi.waitFor(() => expect(app.hub.held).toMatchObject({ subscriptions, topics }), { timeout: 150_000 })
}

test('one execution serves all subscribers of one kind, whatever their transport', async () => {
  const subscriptions = [
    ...Array.from({ length: 20 }, () => subscribe<Ingested>(app, document)),
    ...(await Promise.all(Array.from({ length: 3 }, () => subscribeSse<Ingested>(app, document)))),
  ]
  await opened(23)
  const { executions } = app.hub.held
  await plant(app.db, [{ arxivId: '2601.00001', title: 'Shared' }])
  expect(await Promise.all(subscriptions.map((each) => titles(each, 1)))).toEqual(Array(23).fill(['Shared']))
  expect(app.hub.held.executions - executions).toBe(1)
  await Promise.all(subscriptions.map((each) => each.close()))
  await opened(0)
  expect(app.hub.held).toMatchObject({ topics: 0, subscriptions: 0, clients: 0, contexts: 0 })
})

test('a late subscriber catches up on its own, then shares', async () => {
  const start = app.feed.cursor(await app.feed.refresh())
  const early = subscribe<Ingested>(app, document)
  await opened(1)
  await plant(app.db, [
    { arxivId: '2601.00011', title: 'One' },
    { arxivId: '2601.00012', title: 'Two' },
  ])
  expect(await titles(early, 2)).toEqual(['One', 'Two'])
  const late = subscribe<Ingested>(app, document, { after: start })
  expect(await titles(late, 2)).toEqual(['One', 'Two'])
  expect(app.hub.held.topics).toBe(1)
  const { executions } = app.hub.held
  await plant(app.db, [{ arxivId: '2601.00013', title: 'Three' }])
  expect([await titles(early, 1), await titles(late, 1)]).toEqual([['Three'], ['Three']])
  expect(app.hub.held.executions - executions).toBe(1)
  await Promise.all([early.close(), late.close()])
  await opened(0)
})

test('those who began at different places are each told what came before', async () => {
  const early = subscribe<Ingested>(app, document, { filter: { keywords: ['needle'] } })
  await opened(1)
  const start = app.feed.cursor(await app.feed.refresh())
  await plant(app.db, [{ arxivId: '2601.00021', title: 'Hay' }])
  const late = subscribe<Ingested>(app, document, { filter: { keywords: ['needle'] } })
  await opened(2)
  const between = app.feed.cursor(await app.feed.refresh())
  await plant(app.db, [{ arxivId: '2601.00022', title: 'Needle', keywords: ['needle'] }])
  const first = (await early.next()).paperIngested
  const second = (await late.next()).paperIngested
  expect(first).toEqual({ ...second, previousCursor: start })
  expect(second.previousCursor).toBe(between)
  await plant(app.db, [{ arxivId: '2601.00023', title: 'Another', keywords: ['needle'] }])
  expect((await early.next()).paperIngested).toEqual((await late.next()).paperIngested)
  await Promise.all([early.close(), late.close()])
  await opened(0)
})

test('different rights never share', async () => {
  const reader = subscribe<Ingested>(app, document)
  const writer = subscribe<Ingested>(app, document, {}, { authorization: 'Bearer a-token-for-writing' })
  await opened(2, 2)
  await Promise.all([reader.close(), writer.close()])
  await opened(0)
})

test('a hundred filters are matched together for a batch, and share the results', async () => {
  const subscriptions = Array.from({ length: 100 }, (_, index) =>
    subscribe<Ingested>(app, document, { filter: { minUpvotes: index } }),
  )
  await opened(100, 100)
  const { matches } = app.feed.statements
  const { executions } = app.hub.held
  await plant(app.db, [
    { arxivId: '2601.00031', title: 'Some votes', upvotes: 49 },
    { arxivId: '2601.00032', title: 'All votes', upvotes: 99 },
  ])
  const seen = await Promise.all(subscriptions.map((each, index) => titles(each, index <= 49 ? 2 : 1)))
  for (const [index, each] of seen.entries()) {
    expect(each).toEqual(index <= 49 ? ['Some votes', 'All votes'] : ['All votes'])
  }
  // One, if all are served in one turn of the event loop, which a busy machine divides.
  expect(app.feed.statements.matches - matches).toBeLessThan(20)
  // The second paper follows the first for half of them, and the beginning for the others.
  expect(app.hub.held.executions - executions).toBe(3)
  await Promise.all(subscriptions.map((each) => each.close()))
  await opened(0)
})

test('a stretch read when the log ended in the middle of it is not taken for the whole one', async () => {
  const ids = await addPapers(app.db, ['Often told'])
  const many = (count: number) =>
    append(
      app.db,
      Array.from({ length: count }, () => ingested(ids[0] ?? 0)),
    )
  const { number: start } = await app.feed.refresh()
  // Up to two events after a round number, where a subscriber gets them from a stretch of two.
  await many(64 - (start % 64) + 2)
  const { number: head } = await app.feed.refresh()
  const first = subscribe<Ingested>(app, document, { after: await cursorAt(app, head - 2) })
  await titles(first, 2)
  await first.close()
  await many(100)
  // This one begins further on in the same stretch, which is whole now.
  const second = subscribe<Ingested>(app, document, { after: await cursorAt(app, head + 4) })
  const cursors: string[] = []
  while (cursors.length < 96) cursors.push((await second.next()).paperIngested.cursor)
  expect(cursors).toEqual(
    await Promise.all(Array.from({ length: 96 }, (_, index) => cursorAt(app, head + 5 + index))),
  )
  expect(second.waiting).toBe(0)
  await second.close()
})
