import { sql } from 'kysely'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { useTestApp } from '../support/app.ts'
import { hold } from '../support/hold.ts'
import { plant } from '../support/papers.ts'
import { once } from '../support/patience.ts'

const app = useTestApp()
beforeAll(() => plant(app.db, [{}]))

interface Message {
  readonly id?: string
  readonly type: string
  readonly payload?: unknown
}

async function open() {
  const socket = new WebSocket(app.wsEndpoint, 'graphql-transport-ws')
  onTestFinished(() => socket.terminate())
  const messages: Message[] = []
  socket.on('message', (text) => messages.push(JSON.parse(String(text))))
  await once(socket, 'open')
  socket.send('{"type":"connection_init"}')
  await once(socket, 'message')
  return {
    subscribe: (id: string, query: string) =>
      socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query } })),
    complete: (id: string) => socket.send(JSON.stringify({ id, type: 'complete' })),
    next: () =>
      vi.waitFor(
        () => {
          const found = messages.find(({ type }) => type === 'next')
          expect(found).toBeDefined()
          return found
        },
        { timeout: 150_000 },
      ),
  }
}

const holdHistory = () => hold(app.db, sql`lock table paper_history in access exclusive mode`)
const events = (field: string, filter = '') =>
  `subscription { paperIngested(after: "START"${filter}) { paper { history { ${field} } } } }`
const subscriptions = (amount: number, topics: number) =>
  vi.waitFor(() => expect(app.hub.held).toMatchObject({ subscriptions: amount, topics }), {
    timeout: 150_000,
  })

test('the statements of a subscription end with its last subscriber', async () => {
  await using lock = await holdHistory()
  const client = await open()
  client.subscribe('1', events('upvotes'))
  client.subscribe('2', events('upvotes'))
  await lock.waiting(1)
  await subscriptions(2, 1)
  client.complete('1')
  await subscriptions(1, 1)
  await lock.waiting(1)
  client.complete('2')
  await lock.waiting(0)
})

test('others that share the event get it all the same', async () => {
  const lock = await holdHistory()
  const client = await open()
  client.subscribe('leaves', events('commentCount'))
  await lock.waiting(1)
  client.subscribe('stays', events('commentCount', ', filter: { publishedFrom: "2000-01-01" }'))
  await subscriptions(2, 2)
  client.complete('leaves')
  await subscriptions(1, 1)
  await lock.release()
  expect(await client.next()).toEqual({
    ...{ id: 'stays', type: 'next' },
    payload: { data: { paperIngested: { paper: { history: expect.any(Array) } } } },
  })
})
