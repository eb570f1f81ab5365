import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { useTestApp } from '../support/app.ts'
import { once } from '../support/patience.ts'
import { bearer, createToken } from '../support/tokens.ts'

const app = useTestApp({ MAX_SUBSCRIPTIONS_PER_ADDRESS: '1' })
let gateway: string
let reader: string
beforeAll(async () => {
  gateway = await createToken(app, 'gateway', 'gateway')
  reader = await createToken(app, 'reader', 'read')
})
const sockets: WebSocket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate()
  await vi.waitFor(() => expect(app.hub.held.subscriptions).toBe(0), { timeout: 150_000 })
})

describe('over HTTP', () => {
  const streams: AbortController[] = []
  afterEach(() => {
    for (const stream of streams.splice(0)) stream.abort()
  })

  /** The status of a request for the feed, which stays open if there is one. */
  async function listen(headers: Record<string, string>): Promise<number> {
    const stream = new AbortController()
    streams.push(stream)
    return (await fetch(`${app.url}/feed`, { headers, signal: stream.signal })).status
  }

  test('a gateway names the clients for which it asks, and each has a share of its own', async () => {
    const as = (id: string) => ({ ...bearer(gateway), 'x-client-id': id })
    expect([await listen(as('ada')), await listen(as('grace')), await listen(as('ada'))]).toEqual([
      200, 200, 429,
    ])
  })

  test('whoever has no such role gets no other share by inventing names', async () => {
    for (const headers of [bearer(reader), {}]) {
      expect(await listen({ ...headers, 'x-client-id': 'one' })).toBe(200)
      expect(await listen({ ...headers, 'x-client-id': 'two' })).toBe(429)
    }
  })
})

describe('over one WebSocket', () => {
  async function open(token: string) {
    const socket = new WebSocket(app.wsEndpoint, 'graphql-transport-ws')
    sockets.push(socket)
    const refused: string[] = []
    socket.on('message', (text) => {
      const message = JSON.parse(String(text))
      const [error] = message.payload?.errors ?? []
      if (error) refused.push(`${message.id} ${error.extensions.code}`)
    })
    await once(socket, 'open')
    const payload = { authorization: `Bearer ${token}` }
    socket.send(JSON.stringify({ type: 'connection_init', payload }))
    await once(socket, 'message')
    const subscribe = (id: string, clientId: string) => {
      const query = 'subscription { paperIngested { cursor } }'
      socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query, extensions: { clientId } } }))
    }
    return { refused, subscribe }
  }

  test('a gateway has as many subscriptions for each client as one client may have', async () => {
    const { refused, subscribe } = await open(gateway)
    for (const id of ['ada', 'grace', 'edsger']) subscribe(id, id)
    await vi.waitFor(() => expect(app.hub.held).toMatchObject({ subscriptions: 3, clients: 3 }), {
      timeout: 150_000,
    })
    subscribe('again', 'ada')
    await vi.waitFor(() => expect(refused).toEqual(['again TOO_MANY_SUBSCRIPTIONS']), { timeout: 150_000 })
  })

  test('any other client is one, whatever it calls itself', async () => {
    const { refused, subscribe } = await open(reader)
    subscribe('1', 'ada')
    await vi.waitFor(() => expect(app.hub.held.subscriptions).toBe(1), { timeout: 150_000 })
    subscribe('2', 'grace')
    await vi.waitFor(() => expect(refused).toEqual(['2 TOO_MANY_SUBSCRIPTIONS']), { timeout: 150_000 })
  })
})
