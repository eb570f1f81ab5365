import { request as httpRequest, type IncomingMessage } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { Position } from '../../db/feed/position.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { manualClock } from '../support/clock.ts'
import { append, ingested } from '../support/feed.ts'
import { plant } from '../support/papers.ts'
import { once } from '../support/patience.ts'
import { subscribe } from '../support/subscribe.ts'

/** More than the kernel's buffers hold: 6,000 events of about 4 kB. */
const many = 6000
const sendBuffer = 16 * 1024

let app: TestApp
let paper: number
let start: string
beforeAll(async () => {
  app = await startTestApp({ settings: { FEED_SEND_BUFFER: String(sendBuffer) } })
  await plant(app.db, [{ title: 'Long', abstract: 'A sentence of an abstract. '.repeat(150) }])
  paper = (await app.db.selectFrom('paper').select('id').executeTakeFirstOrThrow()).id
  start = app.feed.cursor(await app.feed.refresh())
})
afterAll(() => app.close())

const document = `subscription ($after: FeedCursor! = NOW) {
  paperIngested(after: $after) { cursor previousCursor paper { title abstract } }
}`

async function flood(): Promise<Position> {
  for (let sent = 0; sent < many; sent += 1000) {
    await append(
      app.db,
      Array.from({ length: 1000 }, () => ingested(paper)),
    )
  }
  return app.feed.refresh()
}

interface Ingested {
  paperIngested: { cursor: string; previousCursor: string }
}

/** A subscriber that can stop reading its socket. */
async function slowSubscriber(after: string, { wsEndpoint, sockets }: TestApp = app) {
  const socket = new WebSocket(wsEndpoint, 'graphql-transport-ws')
  const cursors: string[] = []
  let hole = false
  let mostBuffered = 0
  let previous = after
  socket.on('message', (text) => {
    const message = JSON.parse(String(text))
    if (message.type !== 'next') return
    mostBuffered = Math.max(mostBuffered, sockets.bufferedBytes)
    const { cursor, previousCursor } = (message.payload.data as Ingested).paperIngested
    if (previousCursor !== previous) hole = true
    previous = cursor
    cursors.push(cursor)
  })
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'connection_init' }))
  await once(socket, 'message')
  socket.send(
    JSON.stringify({ type: 'subscribe', id: '1', payload: { query: document, variables: { after } } }),
  )
  return { socket, cursors, hasHole: () => hole, mostBuffered: () => mostBuffered }
}

test('a client that stops reading is not buffered for, and gets everything when it goes on', async () => {
  const slow = await slowSubscriber(start)
  const healthy = subscribe<Ingested>(app, document, { after: start })
  await vi.waitFor(() => expect(app.hub.held.subscriptions).toBe(2), { timeout: 150_000 })
  slow.socket.pause()
  const head = await flood()
  for (let index = 0; index < many; index++) await healthy.next()
  expect(slow.cursors.length).toBeLessThan(many)
  expect(app.sockets.bufferedBytes).toBeLessThan(2 * sendBuffer)
  slow.socket.resume()
  await vi.waitFor(() => expect(slow.cursors.length).toBe(many), { timeout: 150_000 })
  expect(slow.cursors.at(-1)).toBe(app.feed.cursor(head))
  expect(slow.hasHole()).toBe(false)
  expect(slow.mostBuffered()).toBeLessThan(2 * sendBuffer)
  slow.socket.terminate()
  await healthy.close()
})

test('a client that reads nothing for the time in the settings is disconnected, with a code and its cursor', async () => {
  const clock = manualClock()
  await using strict = await startTestApp({
    beside: app,
    settings: { FEED_SEND_BUFFER: String(sendBuffer), FEED_STALL_MS: '60000' },
    clock,
  })
  const slow = await slowSubscriber(start, strict)
  await vi.waitFor(() => expect(slow.cursors.length).toBeGreaterThan(0), { timeout: 150_000 })
  const closed = once(slow.socket, 'close')
  slow.socket.pause()
  await vi.waitFor(() => expect(strict.hub.held.stalled).toBe(1), { timeout: 150_000 })
  clock.advance(59_000)
  await nextTurn()
  expect(strict.hub.held.stalled).toBe(1)
  clock.advance(1_000)
  await vi.waitFor(() => expect(strict.hub.held.subscriptions).toBe(0), { timeout: 150_000 })
  slow.socket.resume()
  const [code, reason] = await closed
  expect(code).toBe(1013)
  expect(String(reason)).toContain(`after ${slow.cursors.at(-1)}`)
  expect(slow.hasHole()).toBe(false)
})

test.each(['/graphql', '/feed'])(
  'SSE on %s honours the pressure of the response and loses nothing',
  async (path) => {
    const body = JSON.stringify({ query: document, variables: { after: start } })
    const url = path === '/feed' ? `${app.url}/feed?after=${start}&heartbeat=3600` : app.endpoint
    const request = httpRequest(url, {
      method: path === '/feed' ? 'GET' : 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
    })
    request.end(path === '/feed' ? undefined : body)
    onTestFinished(() => void request.destroy())
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    let text = ''
    let events = 0
    const { executions } = app.hub.held
    const ends = 'While paused'
    const found = once(response, 'found')
    response.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const messages = text.split('\n\n')
      text = messages.pop() ?? ''
      for (const message of messages) if (/^data: \S/m.test(message)) events += 1
      if (messages.some((message) => message.includes(ends))) response.emit('found')
    })
    response.once('data', () => response.pause())
    await vi.waitFor(() => expect(response.isPaused()).toBe(true), { timeout: 150_000 })
    // Its member is full, so nothing is made for it any more.
    await vi.waitFor(() => expect(app.hub.held.stalled).toBe(1), { timeout: 150_000 })
    expect(app.hub.held.executions - executions).toBeLessThan(many)
    await plant(app.db, [{ arxivId: `2604.0000${path.length}`, title: ends }])
    response.resume()
    await found
    expect(events).toBeGreaterThanOrEqual(many)
    request.destroy()
    await vi.waitFor(() => expect(app.hub.held.subscriptions).toBe(0), { timeout: 150_000 })
  },
)
