import { connect, type Socket } from 'node:net'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { startTestApp, type TestApp, useTestApp } from '../support/app.ts'
import { manualClock } from '../support/clock.ts'
import { exchange, rawExchange } from '../support/exchange.ts'
import { plant } from '../support/papers.ts'
import { once } from '../support/patience.ts'

const app = useTestApp({
  HEADERS_TIMEOUT_MS: '200',
  REQUEST_TIMEOUT_MS: '400',
})
const limited = useTestApp({ MAX_CONNECTIONS_PER_ADDRESS: '4' })
const behindProxy = useTestApp({ TRUST_PROXY: '1', MAX_CONNECTIONS_PER_ADDRESS: '2' })

const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

async function open({ url }: Pick<TestApp, 'url'>, sent = ''): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  sockets.push(socket)
  await once(socket, 'connect')
  socket.write(sent)
  return socket
}

/** A request whose body does not come: it is in progress for as long as the test wants. */
const begun = (address = '') =>
  `POST /graphql HTTP/1.1\r\nhost: x\r\nx-forwarded-for: ${address}\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{`

describe('a request that arrives slowly', () => {
  test('is refused while its headers come', async () => {
    const text = await rawExchange(app, 'GET /health HTTP/1.1\r\nhost: x\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 408 /)
    expect(text).toContain('"code":"REQUEST_TIMEOUT"')
  })

  test('is refused while its body comes', async () => {
    expect(await rawExchange(app, begun())).toMatch(/^HTTP\/1\.1 408 [\s\S]+"code":"REQUEST_TIMEOUT"/)
  })
})

test('a connection waits for its next request for longer than for the headers of one that has begun', async () => {
  const kept = await open(app, 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n')
  expect(String(await once(kept, 'data'))).toMatch(/keep-alive: timeout=80/i)
  for (let round = 0; round < 2; round += 1) await rawExchange(app, 'GET /health HTTP/1.1\r\nhost: x\r\n')
  kept.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n')
  expect(String(await once(kept, 'data'))).toMatch(/^HTTP\/1\.1 200 /)
})

test('a connection beyond those that an address may have is answered with a code, and later ones are served', async () => {
  const idle = await Promise.all(Array.from({ length: 4 }, () => open(limited)))
  const refused = await exchange(limited, { target: '/graphql?query={__typename}' })
  expect(refused).toMatchObject({ status: 429, headers: { connection: 'close', 'retry-after': '5' } })
  expect(JSON.parse(refused.text).errors[0]).toMatchObject({
    message: expect.stringContaining('Your address has 4 connections'),
    extensions: { code: 'TOO_MANY_CONNECTIONS' },
  })
  const socket = new WebSocket(`${limited.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  const [error] = await once(socket, 'error')
  expect(String(error)).toContain('429')
  for (const each of idle) each.destroy()
  await vi.waitFor(async () => expect((await exchange(limited, { target: '/livez' })).status).toBe(200), {
    timeout: 150_000,
  })
})

test('a proxy that is trusted has connections for all its clients, and each of them a number of requests', async () => {
  for (let round = 0; round < 2; round += 1) await open(behindProxy, begun('203.0.113.1'))
  await open(behindProxy, begun('203.0.113.2'))
  const ask = (address: string) =>
    exchange(behindProxy, { target: '/livez', headers: { 'x-forwarded-for': address } })
  await vi.waitFor(async () => expect((await ask('203.0.113.1')).status).toBe(429), { timeout: 150_000 })
  expect((await ask('203.0.113.2')).status).toBe(200)
  expect((await ask('203.0.113.3')).status).toBe(200)
})

describe('responses that are not read', () => {
  const aliases = Array.from({ length: 60 }, (_, index) => `a${index}: abstract`)
  const body = JSON.stringify({ query: `{ papers(first: 1) { nodes { ${aliases.join(' ')} } } }` })
  const large = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
  beforeAll(() => plant(app.db, [{ abstract: 'A sentence. '.repeat(8_000) }]))

  test('are cut after a time without progress', async () => {
    const clock = manualClock()
    await using patient = await startTestApp({ beside: app, clock })
    const socket = await openUnread(patient, large.repeat(3))
    await vi.waitFor(() => expect(patient.connections.unsentBytes).toBeGreaterThan(0), { timeout: 150_000 })
    await vi.waitFor(
      () => {
        clock.advance(10_000)
        expect(patient.connections.unsentBytes).toBe(0)
      },
      { timeout: 150_000 },
    )
    expect(String(patient.logged)).toContain('Nothing was read for 30000 ms.')
    socket.resume()
    await once(socket, 'close')
  })

  test('are cut where more waits for a client than its share, and no other connection is', async () => {
    const clock = manualClock()
    await using strict = await startTestApp({
      beside: app,
      settings: {
        MAX_UNSENT_BYTES_PER_ADDRESS: '1000000',
        // A busy machine must not end the answers for another reason before enough of them wait.
        ...{ QUERY_TIMEOUT_MS: '100000', HEADERS_TIMEOUT_MS: '100000', REQUEST_TIMEOUT_MS: '100000' },
      },
      clock,
    })
    const modest = await open(strict, 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(modest, 'data')
    const greedy = await openUnread(strict, large.repeat(12))
    const twoAnswers = 2 * strict.config.limits.answerBytes
    await vi.waitFor(() => expect(strict.connections.unsentBytes).toBeGreaterThan(twoAnswers), {
      timeout: 150_000,
    })
    await vi.waitFor(
      () => {
        clock.advance(500)
        expect(strict.connections.unsentBytes).toBe(0)
      },
      { timeout: 150_000 },
    )
    greedy.resume()
    await once(greedy, 'close')
    modest.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n')
    expect(String(await once(modest, 'data'))).toMatch(/^HTTP\/1\.1 200 /)
  }, 300_000)
})

async function openUnread(server: Pick<TestApp, 'url'>, sent: string): Promise<Socket> {
  const socket = await open(server)
  socket.pause()
  socket.on('error', () => {})
  socket.write(sent)
  return socket
}
