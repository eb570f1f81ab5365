import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { startTestApp, type TestApp, useTestApp } from '../support/app.ts'
import { manualClock } from '../support/clock.ts'
import { once } from '../support/patience.ts'

const sendBuffer = 64 * 1024
const app = useTestApp({ FEED_SEND_BUFFER: String(sendBuffer) })

const sockets: WebSocket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate()
})

async function open({ wsEndpoint }: Pick<TestApp, 'wsEndpoint'> = app): Promise<WebSocket> {
  const socket = new WebSocket(wsEndpoint, 'graphql-transport-ws')
  sockets.push(socket)
  await once(socket, 'open')
  socket.send('{"type":"connection_init"}')
  await once(socket, 'message')
  return socket
}

const message = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(4_000) } })
/** More than the buffers of the kernel hold in both directions. */
const many = 8_000

test('a client that sends messages and does not read the answers is not read either, until it does', async () => {
  const socket = await open()
  socket.pause()
  for (let sent = 0; sent < many; sent += 1) socket.send(message)
  let before: number
  do {
    before = socket.bufferedAmount
    await nextTurn()
    await vi.waitFor(() => expect(app.sockets.bufferedBytes).toBeGreaterThan(sendBuffer), {
      timeout: 150_000,
    })
  } while (socket.bufferedAmount !== before)
  expect(socket.bufferedAmount).toBeGreaterThan(0)
  expect(app.sockets.bufferedBytes).toBeLessThan(4 * sendBuffer)
  let pongs = 0
  socket.on('message', () => {
    pongs += 1
  })
  socket.resume()
  await vi.waitFor(() => expect(pongs).toBe(many), { timeout: 30_000 })
})

test('a message of more bytes than the settings allow closes the socket', async () => {
  const socket = await open()
  socket.send('x'.repeat(131_072 + 1))
  const [code] = await once(socket, 'close')
  expect(code).toBe(1009)
})

test('a message that does not end closes the socket, whatever control frames say meanwhile', async () => {
  const clock = manualClock()
  await using patient = await startTestApp({ beside: app, clock })
  const [whole, unfinished] = await Promise.all([open(patient), open(patient)])
  const closed = once(unfinished, 'close')
  // The first fragment of a text, after a message whose answer tells that both are there.
  unfinished.send('{"type":"ping"}')
  unfinished.send('{"type":', { fin: false })
  await once(unfinished, 'message')
  for (const elapsedMs of [12_000, 24_000, 36_000]) {
    const pinged = once(whole, 'ping')
    clock.advance(12_000)
    await pinged
    whole.send('{"type":"ping"}')
    await once(whole, 'message')
    if (elapsedMs < 30_000) expect(unfinished.readyState).toBe(WebSocket.OPEN)
  }
  const [code, reason] = await closed
  expect([code, String(reason)]).toEqual([4408, 'The message did not arrive in time.'])
  expect(whole.readyState).toBe(WebSocket.OPEN)
})
