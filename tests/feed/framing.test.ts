import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { frameOf } from '../../src/subscriptions/frame.ts'
import { fittingFrames, JoinedFrames } from '../../src/subscriptions/transports/joined-frames.ts'
import { textMessages } from '../../src/subscriptions/transports/ws-framing.ts'
import { once } from '../support/patience.ts'

const frames = (...texts: string[]) => texts.map((text) => frameOf(text, undefined))

test('results of any length are messages of a WebSocket, between those of the library', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const head = '{"payload":'
  // Around the lengths at which the header changes, in characters of one, two and four bytes.
  const lengths = [0, 1, 125, 126, 0xffff, 0x10000, 200_000]
  const texts = lengths
    .map((length) => '1'.repeat(Math.max(1, length - head.length - 1)))
    .concat('"é"', '"🤗"')
  const sockets = new WebSocketServer({ noServer: true })
  server.once('upgrade', (request, raw, start) => {
    sockets.handleUpgrade(request, raw, start, (socket) => {
      socket.send('before')
      raw.write(textMessages(frames(...texts), head))
      socket.send('after')
      socket.close()
    })
  })
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const received: string[] = []
  client.on('message', (data) => received.push(String(data)))
  await once(client, 'close')
  expect(received).toEqual(['before', ...texts.map((text) => `${head}${text}}`), 'after'])
  server.close()
})

test('a sink takes frames until what it holds is beyond its bound', () => {
  const some = frames('12345', '12345', '12345')
  expect([-1, 0, 4, 5, 9, 10].map((room) => fittingFrames(some, room))).toEqual([0, 1, 1, 2, 2, 3])
})

test('who gets the same frames with the same key shares the bytes; others have their own', () => {
  let joins = 0
  const joined = new JoinedFrames((some, key) => {
    joins += 1
    return Buffer.from(some.map(({ bytes }) => `${key}${bytes}`).join(' '))
  })
  const some = frames('1', '2')
  expect(String(joined.of(some, 2, 'a'))).toBe('a1 a2')
  expect(joined.of(some, 2, 'a')).toBe(joined.of(some, 2, 'a'))
  expect(joins).toBe(1)
  expect(String(joined.of(some, 2, 'b'))).toBe('b1 b2')
  expect(String(joined.of(some, 1, 'b'))).toBe('b1')
})
