import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { EventStream } from '../../src/subscriptions/transports/sse-stream.ts'
import { manualClock } from '../support/clock.ts'
import { once } from '../support/patience.ts'

test('a feed on which nothing happens sends a comment each 15 seconds, without asking the database', async () => {
  const clock = manualClock()
  const subscription = { resume() {}, leave() {}, cursor: () => 'here' }
  const server = createServer((_request, response) => {
    new EventStream(response, subscription, { sendBuffer: 1_000, clock }).start(false)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader?.read())?.value).toBe('retry: 2000\nid: here\n\n')
  for (let comments = 0; comments < 3; comments += 1) {
    clock.advance(15_000)
    expect((await reader?.read())?.value).toBe(':\n\n')
  }
  await reader?.cancel()
  server.close()
})
