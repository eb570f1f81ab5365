import { Agent } from 'node:http'
import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { exchange, rawExchange, websocketOffer } from '../support/exchange.ts'

const app = useTestApp()
const json = { 'content-type': 'application/json' }
const typename = '/graphql?query=%7B__typename%7D'

describe.each([
  [
    'h2c',
    { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAoAAAAAIAAAAA' },
  ],
  ['TLS/1.0', { connection: 'upgrade', upgrade: 'TLS/1.0' }],
  ['several protocols', { connection: 'keep-alive, Upgrade', upgrade: 'h2c, IRC/6.9' }],
  ['an empty one', { connection: 'Upgrade', upgrade: '' }],
])('an offer of %s is ignored', (_name, offer: Record<string, string>) => {
  test.each(['/health', '/ready', typename])('GET %s', async (target) => {
    const { status, headers } = await exchange(app, { target, headers: offer })
    expect(status).toBe(200)
    expect(headers.upgrade).toBeUndefined()
  })

  test('POST, whose body is read', async () => {
    const asked = { method: 'POST', target: '/graphql', body: '{"query":"{ __typename }"}' }
    const { status, text } = await exchange(app, { ...asked, headers: { ...json, ...offer } })
    expect([status, JSON.parse(text)]).toEqual([200, { data: { __typename: 'Query' } }])
  })

  test('the feed', async () => {
    const { status, headers } = await exchange(app, { method: 'HEAD', target: '/feed', headers: offer })
    expect([status, headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8'])
  })

  test('where nothing is', async () => {
    expect((await exchange(app, { target: '/nowhere', headers: offer })).status).toBe(404)
  })
})

test('a connection on which another protocol was offered goes on to be used', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const offer = { connection: 'keep-alive, Upgrade', upgrade: 'h2c' }
  const connections = new Set<Socket>()
  agent.on('free', (socket: Socket) => connections.add(socket))
  for (const target of ['/health', typename, '/ready']) {
    expect((await exchange(app, { target, headers: offer, agent })).status).toBe(200)
  }
  expect(connections.size).toBe(1)
  agent.destroy()
})

test.each(['websocket', 'WebSocket', 'h2c, websocket'])('%s opens a WebSocket', async (upgrade) => {
  const { status, headers } = await exchange(app, {
    target: '/graphql',
    headers: { ...websocketOffer, upgrade },
  })
  expect(status).toBe(101)
  expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
})

test('a WebSocket elsewhere is refused, and so is one that POST or HTTP/1.0 asks for', async () => {
  expect((await exchange(app, { target: '/feed', headers: websocketOffer })).status).toBe(404)
  const body = '{"query":"{ __typename }"}'
  const headers = { ...websocketOffer, ...json }
  expect((await exchange(app, { method: 'POST', target: '/graphql', headers, body })).status).toBe(200)
  const old = 'GET /health HTTP/1.0\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'
  expect(await rawExchange(app, old)).toContain('200 OK')
})
