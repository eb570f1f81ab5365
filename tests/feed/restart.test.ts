import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { startTestApp, type TestApp } from '../support/app.ts'
import { manualClock } from '../support/clock.ts'
import { createTestDatabase } from '../support/database.ts'
import { plant } from '../support/papers.ts'
import { once } from '../support/patience.ts'
import { subscribe, subscribeSse } from '../support/subscribe.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

interface Ingested {
  paperIngested: { cursor: string; previousCursor: string; paper: { title: string } }
}

const document = `subscription ($after: FeedCursor! = NOW) {
  paperIngested(after: $after) { cursor previousCursor paper { title } }
}`

test('a server that stops gives each subscriber its cursor and when to come back; another one goes on', async () => {
  // On a clock that stands still, so that closing cannot wait for any time to pass.
  const leaving = await startTestApp({ beside: app, clock: manualClock() })
  await plant(app.db, [{ arxivId: '2611.00001', title: 'Before the restart' }])
  const after = app.feed.cursor(await app.feed.refresh())
  const socket = new WebSocket(leaving.wsEndpoint, 'graphql-transport-ws')
  const messages: {
    type: string
    payload?: { data: { feed: { cursor: string; reconnectAfter: number | null } } }
  }[] = []
  socket.on('message', (text) => messages.push(JSON.parse(String(text))))
  const closed = once(socket, 'close')
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'connection_init' }))
  await once(socket, 'message')
  const query = `subscription { feed { cursor ... on FeedHeartbeat { reconnectAfter } } }`
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query } }))
  await vi.waitFor(() => expect(messages.some(({ type }) => type === 'next')).toBe(true), {
    timeout: 150_000,
  })
  const graphqlSse = await subscribeSse<Ingested>(leaving, document, { after })
  const plainSse = await fetch(`${leaving.url}/feed`)
  const plainText = plainSse.text()
  await vi.waitFor(() => expect(leaving.hub.held.subscriptions).toBe(3), { timeout: 150_000 })

  await leaving.close()

  const [code, reason] = await closed
  const last = messages.at(-1)?.payload?.data.feed
  expect(last?.cursor).toBe(after)
  expect(last?.reconnectAfter).toBeGreaterThan(0)
  expect(last?.reconnectAfter).toBeLessThanOrEqual(5000)
  expect([code, String(reason)]).toEqual([
    1012,
    `Restarting. Connect again in ${last?.reconnectAfter} ms after ${after}.`,
  ])
  const { errors } = await graphqlSse.nextResult()
  expect(errors?.[0]?.extensions).toMatchObject({
    code: 'SHUTTING_DOWN',
    cursor: after,
    retryAfterMs: expect.any(Number),
  })
  expect(await graphqlSse.ended()).toBeUndefined()
  expect(await plainText).toMatch(/retry: \d+\n: restarting\n\n$/)

  await plant(app.db, [{ arxivId: '2611.00002', title: 'Between the servers' }])
  await using resumed = subscribe<Ingested>(app, document, { after })
  expect((await resumed.next()).paperIngested.paper.title).toBe('Between the servers')
})

test('Postgres cuts every connection: reads fail with a clear error or work again, subscribers miss nothing', async () => {
  await using other = await createTestDatabase()
  const name = new URL(app.database.url).pathname.slice(1)
  const cut = () =>
    sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`.execute(
      other.database.db,
    )
  await using socket = subscribe<Ingested>(app, document)
  await using stream = await subscribeSse<Ingested>(app, document)
  await vi.waitFor(() => expect(app.hub.held.subscriptions).toBe(2), { timeout: 150_000 })
  const expected: string[] = []
  const seen: string[][] = [[], []]
  for (let round = 0; round < 5; round++) {
    await cut()
    const title = `After cut ${round}`
    // The pool may still hand out a connection that is gone; the writer's caller tries again.
    await vi.waitFor(() => plant(app.db, [{ arxivId: `2612.0000${round}`, title }]), { timeout: 150_000 })
    expected.push(title)
    await cut()
    for (const [index, each] of [socket, stream].entries()) {
      seen[index]?.push((await each.next(15_000)).paperIngested.paper.title)
    }
  }
  expect(seen).toEqual([expected, expected])
  expect(app.hub.held.subscriptions).toBe(2)
})
