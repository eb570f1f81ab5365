import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerConnectionErrors } from '../../src/http/connection-errors.ts'
import { createLogger } from '../../src/log.ts'
import { once } from '../support/patience.ts'

const logged: string[] = []
const log = createLogger({ level: 'debug', format: 'text', write: (line) => logged.push(line) })
const responses = new WeakMap<object, ServerResponse>()
const limits = { connectionsCheckingInterval: 10, headersTimeout: 20, requestTimeout: 20 }
const server = createServer(limits, (request, response) => {
  responses.set(request.socket, response)
  response.setHeader('access-control-allow-origin', 'https://papers.example')
})
answerConnectionErrors(server, (socket) => responses.get(socket), log)

beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'))
afterAll(() => server.close())

async function answerTo(text: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.write(text)
  return Buffer.concat(await socket.toArray()).toString()
}

const upload = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"query":'

test('a body that does not come is refused with a code, which an allowed page can read', async () => {
  const text = await answerTo(upload)
  expect(text).toMatch(/^HTTP\/1\.1 408 /)
  expect(text).toContain('access-control-allow-origin: https://papers.example')
  expect(text).toContain('{"error":{"code":"REQUEST_TIMEOUT","message":"')
})

test('headers that do not come are refused with the same code', async () => {
  const text = await answerTo('GET / HTTP/1.1\r\nhost: x\r\n')
  expect(text).toMatch(/^HTTP\/1\.1 408 /)
  expect(text).toContain('{"error":{"code":"REQUEST_TIMEOUT","message":"')
})

test('neither is more than a line for those who look for it', () => {
  expect(logged).toHaveLength(2)
  for (const line of logged) expect(line).toMatch(/debug: A connection failed/)
})
