import { connect, type Socket } from 'node:net'
import { sql } from 'kysely'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { StatementScope } from '../../db/connection/statement-scope.ts'
import { openDatabase } from '../../db/database.ts'
import { answerTo, post, useTestApp } from '../support/app.ts'
import { execute } from '../support/execute.ts'
import { plant } from '../support/papers.ts'
import { awaiting, once } from '../support/patience.ts'

const app = useTestApp({
  POOL_SIZE: '4',
  POOL_PER_CLIENT: '2',
  POOL_WAIT_MS: '300',
  // Many ask the same, and each is to be executed.
  RESPONSE_CACHE_BYTES: '0',
  TRUST_PROXY: '1',
})
const hasty = useTestApp({ QUERY_TIMEOUT_MS: '300', STATEMENT_TIMEOUT_MS: '60000' })
beforeAll(async () => {
  await plant(app.db, [{}])
  await plant(hasty.db, [{}])
})
const held: AsyncDisposable[] = []
afterEach(async () => {
  for (const lock of held.splice(0)) await lock[Symbol.asyncDispose]()
})

const slow = '{ paper(arxivId: "2606.00001") { history { upvotes } } }'
const body = JSON.stringify({ query: slow })
const from = (address: string) => ({ 'x-forwarded-for': address })

describe('the statements of a client that leaves end', () => {
  test('over HTTP', async () => {
    await hold(app)
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1')
    send(socket, 'application/json')
    await blocked(app, 1)
    socket.destroy()
    await blocked(app, 0)
  })

  test('over SSE', async () => {
    await hold(app)
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1')
    send(socket, 'text/event-stream')
    await blocked(app, 1)
    socket.destroy()
    await blocked(app, 0)
  })

  test('over WebSocket', async () => {
    await hold(app)
    const socket = await openSocket()
    socket.send(subscribeMessage('1', slow))
    await blocked(app, 1)
    socket.terminate()
    await blocked(app, 0)
  })

  test('over WebSocket, when it completes the operation, and the socket goes on', async () => {
    await hold(app)
    const socket = await openSocket()
    socket.send(subscribeMessage('1', slow))
    await blocked(app, 1)
    socket.send('{"type":"complete","id":"1"}')
    await blocked(app, 0)
    socket.send(subscribeMessage('2', '{ __typename }'))
    const [text] = await once(socket, 'message')
    expect(JSON.parse(String(text))).toMatchObject({ id: '2', type: 'next' })
    socket.terminate()
  })

  test('in a snapshot, and the connection is clean for the next one', async () => {
    await hold(app)
    const stop = new AbortController()
    const request = fetch(app.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ feedPosition ${slow.slice(1)}` }),
      signal: stop.signal,
    })
    await blocked(app, 1)
    stop.abort()
    await expect(request).rejects.toThrow()
    await blocked(app, 0)
    await held.pop()?.[Symbol.asyncDispose]()
    for (let asked = 0; asked < 8; asked += 1)
      expect(await answerTo(app, { query: slow })).toMatchObject({ status: 200, data: { paper: {} } })
    const idle = await execute<{ state: string }>(
      app.database.url,
      "select state from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'",
    )
    expect(idle).toEqual([])
  })
})

test('a query that takes too long is answered in time, and its statements end', async () => {
  await hold(hasty)
  expect(await answerTo(hasty, { query: slow })).toEqual({
    status: 503,
    data: null,
    errors: [
      {
        message: 'The query took too long. Request less data, or try again.',
        extensions: { code: 'QUERY_TIMEOUT' },
      },
    ],
  })
  await blocked(hasty, 0)
})

describe('while one client waits for the database', () => {
  test('others are answered, and it is told that it is too much, not that the database is away', async () => {
    await hold(app)
    const greedy = from('203.0.113.1')
    const stop = new AbortController()
    const waiting = Array.from({ length: 2 }, () =>
      fetch(app.endpoint, {
        ...{ method: 'POST', body, signal: stop.signal },
        headers: { 'content-type': 'application/json', ...greedy },
      }).catch(() => {}),
    )
    await blocked(app, 2)
    const refused = await post(app, { query: slow }, greedy)
    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toEqual({
      data: null,
      errors: [
        {
          message: 'The server has too much to do. Repeat the operation later.',
          extensions: { code: 'OVERLOADED', retryAfterMs: expect.any(Number) },
        },
      ],
    })
    const other = await post(
      app,
      { query: '{ paper(arxivId: "2606.00001") { title } }' },
      from('203.0.113.2'),
    )
    expect(await other.json()).toMatchObject({ data: { paper: { title: 'Paper 1' } } })
    expect((await fetch(`${app.url}/ready`)).status).toBe(200)
    expect(app.logged.filter((line) => /error:/.test(line))).toEqual([])
    stop.abort()
    await Promise.all(waiting)
    await blocked(app, 0)
  })
})

test('a server is ready while each of its connections is in use', async () => {
  await hold(app)
  const stop = new AbortController()
  const waiting = ['203.0.113.1', '203.0.113.1', '203.0.113.2'].map((address) =>
    fetch(app.endpoint, {
      ...{ method: 'POST', body, signal: stop.signal },
      headers: { 'content-type': 'application/json', ...from(address) },
    }).catch(() => {}),
  )
  await blocked(app, 3)
  for (const path of ['/ready', '/readyz', '/livez'])
    expect((await fetch(`${app.url}${path}`)).status).toBe(200)
  stop.abort()
  await Promise.all(waiting)
  await blocked(app, 0)
})

test('a statement that ends as it is cancelled harms no other one', async () => {
  await using handle = openDatabase({
    ...{ connectionString: app.database.url, max: 1 },
    shares: { perClient: 1, maxWaitMs: 60_000, maxWaiting: 1_000 },
  })
  for (let time = 0; time < 40; time += 1) {
    const scope = new StatementScope('a')
    const cancelled = scope.run(() => sql`select pg_sleep(0.005)`.execute(handle.db)).catch(() => {})
    setTimeout(() => scope.end(new Error('The client has left.')), 4 + (time % 5))
    await cancelled
    const next = new StatementScope('a')
    await next.run(() => sql`select pg_sleep(0.002)`.execute(handle.db))
  }
})

async function openSocket(): Promise<WebSocket> {
  const socket = new WebSocket(app.wsEndpoint, 'graphql-transport-ws')
  await once(socket, 'open')
  socket.send('{"type":"connection_init"}')
  await once(socket, 'message')
  return socket
}

function subscribeMessage(id: string, query: string): string {
  return JSON.stringify({ id, type: 'subscribe', payload: { query } })
}

function send(socket: Socket, accept: string): void {
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\naccept: ${accept}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
}

type Server = Pick<typeof app, 'db' | 'database'>

/** Holds the table that the slow query reads, until the test is over. */
async function hold({ db }: Server): Promise<void> {
  const release = Promise.withResolvers<void>()
  const taken = Promise.withResolvers<void>()
  const transaction = db.transaction().execute(async (trx) => {
    await sql`lock table paper_history in access exclusive mode`.execute(trx)
    taken.resolve()
    await release.promise
  })
  await awaiting(() => 'the table to be locked', taken.promise)
  held.push({
    async [Symbol.asyncDispose]() {
      release.resolve()
      await transaction
    },
  })
}

/** Waits until so many statements wait for the lock. */
async function blocked({ database }: Server, amount: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const rows = await execute(
        database.url,
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
      expect(rows.length).toBe(amount)
    },
    { timeout: 150_000 },
  )
}
