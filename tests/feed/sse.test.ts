import { EventSource, type FetchLike } from 'eventsource'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { readFeed } from '../support/feed-stream.ts'
import { plant } from '../support/papers.ts'
import { subscribe } from '../support/subscribe.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

test('events have ids that are cursors; a client that is cut before its first one knows where it stood', async () => {
  const start = app.feed.cursor(await app.feed.refresh())
  const stream = await readFeed(app, '?kinds=ingested')
  expect(stream.response.headers.get('content-type')).toContain('text/event-stream')
  expect(await stream.next()).toMatchObject({ id: start, retry: expect.stringMatching(/^\d+$/) })
  expect(await stream.next()).toMatchObject({ event: 'heartbeat', id: start })
  await plant(app.db, [{ arxivId: '2603.00001', title: 'By SSE' }])
  const message = await stream.next()
  expect(message).toMatchObject({
    data: { type: 'PaperIngested', previousCursor: start, paper: { title: 'By SSE' } },
  })
  expect(message.id).toBe(message.data?.cursor)
  expect(message.event).toBeUndefined()
  stream.stop()
  await vi.waitFor(() => expect(app.hub.held).toMatchObject({ subscriptions: 0, topics: 0 }), {
    timeout: 150_000,
  })
})

test('an EventSource that is cut goes on by itself, and gets each paper once', async () => {
  const cuts: AbortController[] = []
  const cuttable: FetchLike = (url, init) => {
    const cut = new AbortController()
    cuts.push(cut)
    const signals = [cut.signal, init?.signal].filter((signal) => signal instanceof AbortSignal)
    // A body that fails is what a cut connection looks like.
    return fetch(
      url as string,
      { ...init, signal: AbortSignal.any(signals) } as RequestInit,
    ) as ReturnType<FetchLike>
  }
  const source = new EventSource(`${app.url}/feed?kinds=ingested`, { fetch: cuttable })
  const titles: string[] = []
  source.onmessage = ({ data }) => titles.push(JSON.parse(data).paper.title)
  // From here on it has an id to resume from.
  await new Promise((resolve) => source.addEventListener('heartbeat', resolve, { once: true }))
  const expected: string[] = []
  for (let round = 0; round < 2; round++) {
    cuts.at(-1)?.abort(new Error('The connection was cut.'))
    await vi.waitFor(() => expect(app.hub.held.subscriptions).toBe(0), { timeout: 150_000 })
    const title = `While cut ${round}`
    await plant(app.db, [{ arxivId: `2603.0001${round}`, title }])
    expected.push(title)
    await vi.waitFor(() => expect(titles).toEqual(expected), { timeout: 150_000 })
  }
  source.close()
})

test('a client leaves one transport and goes on over another', async () => {
  const stream = await readFeed(app, '')
  const { id } = await stream.next()
  stream.stop()
  await plant(app.db, [{ arxivId: '2603.00021', title: 'Left SSE' }])
  const document = `subscription ($after: FeedCursor!) { paperIngested(after: $after) { cursor paper { title } } }`
  await using socket = subscribe<{ paperIngested: { cursor: string; paper: { title: string } } }>(
    app,
    document,
    {
      after: id,
    },
  )
  const { paperIngested } = await socket.next()
  expect(paperIngested.paper.title).toBe('Left SSE')
  await plant(app.db, [{ arxivId: '2603.00022', title: 'Left WebSocket' }])
  const back = await readFeed(app, '?after=START&kinds=ingested', { 'last-event-id': paperIngested.cursor })
  let message = await back.next()
  while (!message.data || message.event === 'heartbeat') message = await back.next()
  expect(message.data.paper.title).toBe('Left WebSocket')
  back.stop()
})

test('a filter is a PaperFilter as JSON', async () => {
  const filter = encodeURIComponent(JSON.stringify({ keywords: ['Sparsity'] }))
  const stream = await readFeed(app, `?kinds=ingested&filter=${filter}`)
  await stream.next()
  expect((await stream.next()).event).toBe('heartbeat')
  await plant(app.db, [
    { arxivId: '2603.00031', title: 'Dense' },
    { arxivId: '2603.00032', title: 'Sparse', keywords: ['sparsity'] },
  ])
  expect((await stream.next()).data?.paper.title).toBe('Sparse')
  stream.stop()
})

test.each([
  ['?after=nonsense', 400, 'CURSOR_MALFORMED'],
  ['?after=', 400, 'CURSOR_MALFORMED'],
  ['?kinds=deleted', 400, 'BAD_USER_INPUT'],
  ['?filter={', 400, 'BAD_USER_INPUT'],
  ['?filter={"color":"red"}', 400, 'BAD_USER_INPUT'],
  ['?heartbeat=often', 400, 'BAD_USER_INPUT'],
  ['?heartbeat=0', 400, 'BAD_USER_INPUT'],
  ['?since=2026-01-05', 400, 'BAD_USER_INPUT'],
])('/feed%s is refused with a sentence', async (path, status, code) => {
  const response = await fetch(`${app.url}/feed${path}`)
  const { error } = (await response.json()) as { error: { code: string; message: string } }
  expect([response.status, error.code]).toEqual([status, code])
  expect(error.message.length).toBeGreaterThan(20)
})

test('only GET reads the feed; pages of other origins may', async () => {
  expect((await fetch(`${app.url}/feed`, { method: 'POST' })).status).toBe(405)
  const preflight = await fetch(`${app.url}/feed`, {
    method: 'OPTIONS',
    headers: { origin: 'https://a.test' },
  })
  expect(preflight.headers.get('access-control-allow-origin')).toBe('https://a.test')
})
