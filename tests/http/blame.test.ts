import { connect } from 'node:net'
import { sql } from 'kysely'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { post, startTestApp, type TestApp, useTestApp } from '../support/app.ts'
import { exchange, rawExchange } from '../support/exchange.ts'
import { once, patience } from '../support/patience.ts'
import { subscribe, subscribeSse } from '../support/subscribe.ts'

const app = useTestApp({ MAX_BODY_BYTES: '2000', MAX_MESSAGE_BYTES: '2000' })
beforeEach(() => {
  app.logged.length = 0
})

/** Lines for an operator to act on, and lines of a stack. */
function alarming({ logged }: TestApp): string[] {
  return logged.filter((line) => /^\S+ (warn|error): |^ +at /m.test(line))
}

/** What was sent before has had its effect, since one process answers in turn. */
async function settled(line: RegExp): Promise<void> {
  await vi.waitFor(() => expect(app.logged.join('\n')).toMatch(line), patience)
  expect((await fetch(`${app.url}/health`)).status).toBe(200)
}

function dial() {
  const { hostname, port } = new URL(app.url)
  return connect(Number(port), hostname)
}

const upload =
  'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"query":'

describe('a fault of a client is no warning, no error and no stack in the log', () => {
  test('an upload that is reset', async () => {
    const socket = dial()
    await new Promise<void>((resolve) => socket.write(upload, () => resolve()))
    await exchange(app, { target: '/health' })
    socket.resetAndDestroy()
    await settled(/A connection failed/)
    expect(alarming(app)).toEqual([])
  })

  test('an upload that ends early', async () => {
    const socket = dial()
    socket.end(upload)
    await socket.toArray()
    await settled(/A connection failed/)
    expect(alarming(app)).toEqual([])
  })

  test('a client that leaves while its query runs', async () => {
    await app.database.database.db.transaction().execute(async (other) => {
      await sql`lock table paper`.execute(other)
      const leave = new AbortController()
      const body = JSON.stringify({ query: '{ papers(first: 1) { nodes { id } } }' })
      const headers = { 'content-type': 'application/json' }
      const left = fetch(app.endpoint, { method: 'POST', headers, body, signal: leave.signal })
      const { pool } = app.database.database
      await vi.waitFor(async () => {
        const waiting = await pool.query('select from pg_locks where not granted')
        expect(waiting.rowCount).toBeGreaterThan(0)
      }, patience)
      leave.abort()
      await expect(left).rejects.toThrow('aborted')
    })
    const asked = await post(app, { query: '{ papers(first: 1) { nodes { id } } }' })
    expect(await asked.json()).toEqual({ data: { papers: { nodes: [] } } })
    expect(alarming(app)).toEqual([])
  })

  test('nonsense behind a request that is being answered: the request is answered, and nothing more', async () => {
    const socket = dial()
    const query = encodeURIComponent('{ papers(first: 1) { nodes { id } } }')
    await app.database.database.db.transaction().execute(async (other) => {
      await sql`lock table paper`.execute(other)
      socket.write(`GET /graphql?query=${query} HTTP/1.1\r\nhost: x\r\n\r\nNONSENSE\r\n\r\n`)
      await settled(/A connection failed/)
    })
    const received = Buffer.concat(await socket.toArray()).toString()
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(received).toMatch(/\r\nconnection: close\r\n/i)
    expect(received).toMatch(/\r\n\r\n\{"data":\{"papers":\{"nodes":\[\]\}\}\}$/)
    expect(alarming(app)).toEqual([])
  })

  test.each([
    'NONSENSE\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'GET / HTTP/1.1\r\nno colon\r\n\r\n',
    'POST /graphql HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nnonsense\r\n',
    `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
  ])('what is not HTTP: %j', async (text) => {
    const answer = await rawExchange(app, text)
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(answer).toMatch(/"error":\{"code":"[A-Z_]+","message":"[^"]+\."\}/)
    await settled(/A connection failed/)
    expect(alarming(app)).toEqual([])
  })

  test.each([
    ['not JSON', '{'],
    ['a message that only servers send', '{"type":"next","id":"1","payload":{}}'],
    ['an unknown type', '{"type":"hello"}'],
    [
      'a subscription before the connection is initialised',
      '{"type":"subscribe","id":"1","payload":{"query":"{a}"}}',
    ],
    ['a message without a query', '{"type":"subscribe","id":"1","payload":{}}'],
    ['a message that is too large', JSON.stringify({ type: 'ping', payload: { x: 'x'.repeat(3_000) } })],
    ['bytes that are not UTF-8', Buffer.from('{"type":"ping\xe9"}', 'latin1')],
  ])('an unexpected WebSocket message: %s', async (_name, message) => {
    const socket = new WebSocket(app.wsEndpoint, 'graphql-transport-ws')
    await once(socket, 'open')
    socket.send(message)
    const [code] = (await once(socket, 'close')) as [number]
    expect([1009, 4400, 4401]).toContain(code)
    expect(alarming(app)).toEqual([])
  })

  test('a WebSocket that is refused, that is cut, or whose upgrade is malformed', async () => {
    const socket = new WebSocket(app.wsEndpoint, 'graphql-transport-ws')
    await once(socket, 'open')
    socket.terminate()
    const elsewhere = new WebSocket(app.wsEndpoint.replace('graphql', 'feed'))
    await once(elsewhere, 'error')
    const headers = { connection: 'upgrade', upgrade: 'websocket' }
    expect((await exchange(app, { target: '/graphql', headers })).status).toBe(400)
    await vi.waitFor(() => expect(app.sockets.size).toBe(0), patience)
    expect(alarming(app)).toEqual([])
  })

  test('a subscription that is refused, over each transport', async () => {
    const document = 'subscription { feed(after: "x") { cursor } }'
    await using socket = subscribe(app, document)
    await socket.nextResult().catch(() => {})
    await using stream = await subscribeSse(app, document)
    await stream.nextResult()
    await fetch(`${app.url}/feed?after=x`)
    expect(alarming(app)).toEqual([])
  })

  test('a stream that its reader leaves', async () => {
    const socket = dial()
    socket.write('GET /feed HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(socket, 'data')
    socket.resetAndDestroy()
    await vi.waitFor(() => expect(app.hub.held.subscriptions).toBe(0), patience)
    expect(alarming(app)).toEqual([])
  })
})

test('an outage of the database is one warning without a stack, however many requests it fails', async () => {
  await using bereft = await startTestApp()
  bereft.logged.length = 0
  await bereft.database.drop()
  const newest = '{ papers(first: 1) { nodes { title } } }'
  for (let asked = 0; asked < 5; asked += 1) {
    await post(bereft, { query: newest })
    await fetch(`${bereft.url}/feed?after=START`)
    await using socket = subscribe(bereft, newest)
    const { errors } = await socket.nextResult()
    expect(errors).toMatchObject([
      { extensions: { code: 'DATABASE_UNAVAILABLE', requestId: expect.any(String) } },
    ])
  }
  expect(alarming(bereft)).toEqual([expect.stringMatching(/^\S+ warn: .*database.* reason=.*$/)])
})
