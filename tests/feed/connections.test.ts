import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { anonymous } from '../../schema/core/context.ts'
import { schema } from '../../schema/index.ts'
import { createEngine } from '../../src/graphql/engine.ts'
import { clientAddress } from '../../src/http/client-address.ts'
import { listen } from '../../src/http/listen.ts'
import { createHttpServer } from '../../src/http/server.ts'
import { createLogger } from '../../src/log.ts'
import { WebSockets } from '../../src/subscriptions/transports/ws.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { manualClock } from '../support/clock.ts'
import { plant } from '../support/papers.ts'
import { once } from '../support/patience.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({
    settings: {
      MAX_SUBSCRIPTIONS_PER_SOCKET: '4',
      MAX_SUBSCRIPTIONS_PER_ADDRESS: '5',
      MAX_SOCKETS_PER_ADDRESS: '4',
    },
  })
})
afterAll(() => app.close())

const sockets: WebSocket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate()
  await vi.waitFor(() => expect(app.sockets.size).toBe(0), { timeout: 150_000 })
})

interface Message {
  type: string
  id?: string
  payload?: unknown
}

const document = 'subscription { paperIngested { cursor paper { title } } }'

/** A client that speaks the protocol by hand and keeps every message. */
async function connect(url = app.wsEndpoint, init: Record<string, unknown> = {}, options = {}) {
  const socket = new WebSocket(url, 'graphql-transport-ws', options)
  sockets.push(socket)
  const messages: Message[] = []
  socket.on('message', (text) => messages.push(JSON.parse(String(text))))
  const closed = once(socket, 'close').then(([code, reason]) => [code, String(reason)] as const)
  await once(socket, 'open')
  const say = (message: Message) => socket.send(JSON.stringify(message))
  say({ type: 'connection_init', payload: init })
  return {
    socket,
    closed,
    say,
    subscribe: (id: string, query = document) => say({ type: 'subscribe', id, payload: { query } }),
    /** The first message that fits. */
    heard: (fits: Partial<Message>) =>
      vi.waitFor(
        () => {
          const message = messages.find((each) =>
            Object.entries(fits).every(([key, value]) => each[key as keyof Message] === value),
          )
          expect(message, JSON.stringify(messages)).toBeDefined()
          return message
        },
        { timeout: 150_000 },
      ),
    messages,
  }
}

test('leaving frees everything at once, however a client leaves', async () => {
  const { watchers } = app.feed.held
  const byMessage = await connect()
  await byMessage.heard({ type: 'connection_ack' })
  byMessage.subscribe('a')
  await vi.waitFor(() => expect(app.hub.held.subscriptions).toBe(1), { timeout: 150_000 })
  byMessage.say({ type: 'complete', id: 'a' })
  await vi.waitFor(() => expect(app.hub.held).toMatchObject({ subscriptions: 0, topics: 0, clients: 0 }), {
    timeout: 150_000,
  })
  byMessage.subscribe('b')
  await vi.waitFor(() => expect(app.hub.held.subscriptions).toBe(1), { timeout: 150_000 })
  byMessage.socket.terminate()
  await vi.waitFor(() => expect(app.hub.held).toMatchObject({ subscriptions: 0, topics: 0, clients: 0 }), {
    timeout: 150_000,
  })
  expect(app.feed.held.watchers).toBe(watchers)
})

test('a fault in one operation ends that one, and the socket goes on', async () => {
  const client = await connect()
  await client.heard({ type: 'connection_ack' })
  client.subscribe('good')
  await vi.waitFor(() => expect(app.hub.held.subscriptions).toBe(1), { timeout: 150_000 })
  client.subscribe('syntax', 'subscription { paperIngested {')
  client.subscribe('unknown', 'subscription { paperDevoured { cursor } }')
  client.subscribe(
    'depth',
    `subscription { paperIngested { paper { ${'authors { nodes { papers { nodes { '.repeat(6)} id ${'} } } }'.repeat(6)} } } }`,
  )
  expect(JSON.stringify(await client.heard({ id: 'syntax' }))).toContain('Syntax Error')
  expect(await client.heard({ id: 'unknown' })).toMatchObject({ type: 'error' })
  expect(JSON.stringify(await client.heard({ id: 'depth' }))).toContain('QUERY_TOO_LARGE')
  await plant(app.db, [{ arxivId: '2605.00001', title: 'Still here' }])
  expect(await client.heard({ id: 'good', type: 'next' })).toMatchObject({
    payload: { data: { paperIngested: { paper: { title: 'Still here' } } } },
  })
})

test('a subscription whose only field is skipped is refused, and the socket stays', async () => {
  const client = await connect()
  await client.heard({ type: 'connection_ack' })
  client.subscribe('none', 'subscription { paperIngested @skip(if: true) { recordedAt } }')
  expect(JSON.stringify(await client.heard({ id: 'none' }))).toContain('BAD_USER_INPUT')
  client.subscribe('one', '{ __typename }')
  expect(await client.heard({ id: 'one', type: 'next' })).toMatchObject({
    payload: { data: { __typename: 'Query' } },
  })
})

test('more subscriptions than a socket or an address may have are refused by code, the others go on', async () => {
  const one = await connect()
  await one.heard({ type: 'connection_ack' })
  for (const id of ['1', '2', '3', '4', '5']) one.subscribe(id)
  expect(JSON.stringify(await one.heard({ id: '5' }))).toContain('TOO_MANY_SUBSCRIPTIONS')
  one.subscribe('query', '{ __typename }')
  expect(await one.heard({ id: 'query', type: 'next' })).toMatchObject({ payload: { data: {} } })
  const two = await connect()
  await two.heard({ type: 'connection_ack' })
  for (const id of ['1', '2']) two.subscribe(id)
  expect(JSON.stringify(await two.heard({ id: '2' }))).toContain('Your address or token has 5 subscriptions')
  const { error } = (await (await fetch(`${app.url}/feed`)).json()) as { error: { code: string } }
  expect(error.code).toBe('TOO_MANY_SUBSCRIPTIONS')
  await plant(app.db, [{ arxivId: '2605.00011', title: 'For those within' }])
  await Promise.all([
    one.heard({ id: '1', type: 'next' }),
    one.heard({ id: '2', type: 'next' }),
    two.heard({ id: '1', type: 'next' }),
  ])
})

test('more sockets than an address may have are closed with a code that means: later', async () => {
  const open = await Promise.all(Array.from({ length: 4 }, () => connect()))
  await Promise.all(open.map((client) => client.heard({ type: 'connection_ack' })))
  const [code, reason] = await (await connect()).closed
  expect([code, reason]).toEqual([1013, expect.stringContaining('Your address has 4 connections')])
})

test('other paths take no WebSocket', async () => {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/feed`, 'graphql-transport-ws')
  const [error] = await once(socket, 'error')
  expect(String(error)).toContain('404')
})

test('a peer that answers no ping is disconnected at the next one', async () => {
  const clock = manualClock()
  const { hub, config, db, feed } = app
  const log = createLogger({ level: 'error', format: 'text' })
  const { limits, http } = config
  const engine = createEngine({ schema, db, feed, limits, http, log, plugins: app.feedPlugins })
  const server = createHttpServer({
    engine,
    config,
    viewerOf: () => anonymous,
    readiness: async () => ({ reason: null, feedAgeMs: 0 }),
    log,
  })
  const url = await listen(server, { host: '127.0.0.1', port: 0 })
  const pingIntervalMs = 12_000
  const served = new WebSockets(server, {
    ...{ engine, hub, log, clock, pingIntervalMs, ...config.feed },
    addressOf: clientAddress({ hops: 0 }),
    ...{ viewerOf: () => anonymous, documentOf: () => undefined, origins: ['*'], maxMessageBytes: 10_000 },
    messageTimeoutMs: 60_000,
  })
  const endpoint = `${url.replace('http', 'ws')}/graphql`
  const dead = await connect(endpoint, {}, { autoPong: false })
  const alive = await connect(endpoint)
  await Promise.all([dead.heard({ type: 'connection_ack' }), alive.heard({ type: 'connection_ack' })])
  clock.advance(pingIntervalMs)
  await Promise.all([once(dead.socket, 'ping'), once(alive.socket, 'ping')])
  // Its answer is there once that to a later message is.
  alive.say({ type: 'ping' })
  await alive.heard({ type: 'pong' })
  const pingedAgain = once(alive.socket, 'ping')
  clock.advance(pingIntervalMs)
  expect((await dead.closed)[0]).toBe(1006)
  await pingedAgain
  await vi.waitFor(() => expect(served.size).toBe(1), { timeout: 150_000 })
  expect(alive.socket.readyState).toBe(WebSocket.OPEN)
  await served.close(0, 0)
  server.close()
})
