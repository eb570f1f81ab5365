import { connect } from 'node:net'
import { setImmediate as nextLoop } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { noteConnection, turnOf, turnOfRequest } from '../../src/client-turns.ts'
import { post, useTestApp } from '../support/app.ts'
import { once } from '../support/patience.ts'

const app = useTestApp({ TRUST_PROXY: '1' })

function busy(forMs: number): void {
  for (const untilMs = performance.now() + forMs; performance.now() < untilMs; );
}

/** Uses up what this time around the event loop has for requests: those that follow wait. */
async function useUp(): Promise<void> {
  await nextLoop()
  turnOf(() => 'somebody')
  busy(5)
}

test('a client that asks for little does not wait for all that another one asks for', async () => {
  await useUp()
  const served: string[] = []
  const ask = async (client: string) => {
    await turnOf(() => client)
    busy(3)
    served.push(client)
  }
  const many = Array.from({ length: 20 }, () => ask('many'))
  await ask('one')
  expect(served.length).toBeLessThanOrEqual(2)
  await Promise.all(many)
  expect(served).toHaveLength(21)
})

test('of one client, who came first goes first', async () => {
  await useUp()
  const served: number[] = []
  const turns = [1, 2, 3].map((number) => turnOf(() => 'one')?.then(() => served.push(number)))
  await Promise.all(turns)
  expect(served).toEqual([1, 2, 3])
})

test('where nobody waits and there is time, a request goes at once', async () => {
  await nextLoop()
  expect(turnOf(() => 'one')).toBeUndefined()
})

test('connections go before requests that wait, and not for ever', async () => {
  await useUp()
  noteConnection()
  let loops = 0
  let isServed = false
  const served = turnOf(() => 'one')?.then(() => {
    isServed = true
  })
  while (!isServed) {
    await nextLoop()
    loops += 1
    noteConnection()
  }
  await served
  expect(loops).toBeGreaterThan(2)
  expect(loops).toBeLessThan(30)
})

test('a client of whom a thousand requests wait is refused, and others are not', async () => {
  await useUp()
  const waiting = Array.from({ length: 1_000 }, () => turnOfRequest(() => 'many'))
  await expect(turnOfRequest(() => 'many')).rejects.toMatchObject({ extensions: { code: 'OVERLOADED' } })
  const others = turnOfRequest(() => 'one')
  await Promise.all([...waiting, others])
})

test('a client is answered while another one has many requests in line', async () => {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1')
  await once(socket, 'connect')
  const requests = Array.from({ length: 150 }, (_, number) => {
    const query = encodeURIComponent(`{ paper(arxivId: "2601.00001") { a${number}: title } }`)
    return `GET /graphql?query=${query} HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 203.0.113.1\r\n\r\n`
  })
  let text = ''
  socket.on('data', (data) => {
    text += data
  })
  socket.write(requests.join(''))
  await once(socket, 'data')
  const answers = () => text.split('HTTP/1.1 200').length - 1
  const other = await post(app, { query: '{ __typename }' }, { 'x-forwarded-for': '203.0.113.2' })
  expect(other.status).toBe(200)
  expect(answers()).toBeLessThan(150)
  while (answers() < 150) await once(socket, 'data')
  socket.destroy()
})
