import { once } from 'node:events'
import { connect } from 'node:net'
import { WebSocket } from 'ws'
import { errorCodes } from '../../schema/core/error-codes.ts'

/** What no answer may contain: stacks, statements, paths, texts of Postgres and of the system. */
const leaks =
  /\n\s+at |node_modules|file:\/\/|\.[tj]s:\d|"\/(?:work|home|tmp|usr|var)\/|\bselect\b.+\bfrom\b|syntax error at or near|relation "|column "|violates|duplicate key|invalid byte|\bE(?:CONN|PIPE|NOENT)/i

interface Answered {
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[]
  readonly error?: { readonly code?: string }
}

/** What is wrong with an answer, whatever was asked; undefined if nothing is. */
export function faultOf(status: number, text: string): string | undefined {
  const [leak] = leaks.exec(text) ?? []
  if (leak !== undefined) return `tells ${JSON.stringify(leak)}`
  const { errors = [], error } = jsonIn(text)
  const codes = [...errors.map(({ extensions }) => extensions?.code), ...(error ? [error.code] : [])]
  const wrong = codes.find(
    (code) => code === undefined || !(code in errorCodes) || code === 'INTERNAL_SERVER_ERROR',
  )
  if (codes.length > 0 && wrong !== undefined) return `has the code ${wrong}`
  if (codes.includes(undefined)) return 'has no code'
  return status >= 500 && codes.length === 0 ? `has the status ${status} without a code` : undefined
}

function jsonIn(text: string): Answered {
  try {
    return JSON.parse(text) as Answered
  } catch {
    return {}
  }
}

type Draw = () => number

/** A text with some of its bytes lost, doubled, changed or put in. `draw` gives numbers from 0 to 1. */
function mangled(text: string, draw: Draw): Buffer {
  let bytes = Buffer.from(text)
  const below = (most: number) => Math.floor(draw() * most)
  for (let change = 1 + below(4); change > 0; change -= 1) {
    const at = below(bytes.length)
    const end = at + below(Math.min(40, bytes.length - at))
    const noise = Buffer.from(Array.from({ length: below(12) }, () => below(256)))
    const kind = draw()
    if (kind < 0.25) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)])
    else if (kind < 0.5) bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)])
    else if (kind < 0.75) bytes = Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(end)])
    else bytes = Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)])
  }
  return bytes
}

const body = JSON.stringify({
  query: 'query ($n: Int) { papers(first: $n) { totalCount } }',
  variables: { n: 1 },
})
const requests = [
  `POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  `GET /graphql?query=${encodeURIComponent('{ papers(first: 1) { totalCount } }')} HTTP/1.1\r\nhost: x\r\naccept: */*\r\naccept-encoding: br;q=1, gzip\r\n\r\n`,
  'GET /feed?after=START&kinds=INGESTED&heartbeat=0 HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n',
  'GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n',
]

/** Sends a mangled request and says that there will be no more. Resolves with what is wrong with what comes back. */
export async function sendMangledRequest(url: string, draw: Draw): Promise<string | undefined> {
  const text = requests[Math.floor(draw() * requests.length)] as string
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const chunks: Buffer[] = []
  const isStream = () =>
    /text\/event-stream|101 Switching/.test(Buffer.concat(chunks).toString('latin1', 0, 2000))
  socket.on('data', (chunk) => {
    chunks.push(chunk)
    if (isStream()) socket.destroy()
  })
  socket.on('error', () => {})
  socket.end(mangled(text, draw))
  if (!socket.destroyed) await once(socket, 'close')
  const answer = Buffer.concat(chunks).toString('latin1')
  const [, status = '0'] = /^HTTP\/1\.1 (\d{3}) /.exec(answer) ?? []
  return faultOf(Number(status), answer.slice(answer.indexOf('\r\n\r\n') + 4))
}

const messages = [
  { type: 'connection_init', payload: { authorization: 'Bearer x' } },
  { type: 'ping', payload: { a: 1 } },
  { type: 'complete', id: '1' },
  {
    id: '1',
    type: 'subscribe',
    payload: { query: '{ papers(first: 1) { totalCount } }', variables: { a: 1 } },
  },
  {
    id: '2',
    type: 'subscribe',
    payload: { query: 'subscription { paperIngested(after: "START") { cursor } }' },
  },
].map((message) => JSON.stringify(message))

/** Sends mangled messages, or frames, until the server closes the socket or has read them all. */
export async function sendMangledMessages(wsEndpoint: string, draw: Draw): Promise<string | undefined> {
  const socket = new WebSocket(wsEndpoint, 'graphql-transport-ws')
  const faults: string[] = []
  socket.on('error', () => {})
  socket.on('message', (text) => {
    const { payload } = jsonIn(String(text)) as { payload?: unknown }
    const fault = faultOf(200, JSON.stringify(Array.isArray(payload) ? { errors: payload } : (payload ?? {})))
    if (fault) faults.push(fault)
  })
  const closed = once(socket, 'close')
  await once(socket, 'open')
  socket.send('{"type":"connection_init"}')
  for (let sent = 0; sent < 8; sent += 1) {
    const bytes = mangled(messages[Math.floor(draw() * messages.length)] as string, draw)
    if (draw() < 0.1) (socket as unknown as { _socket?: NodeJS.WritableStream })._socket?.write(bytes)
    else socket.send(bytes, { binary: false }, () => {})
  }
  socket.ping(undefined, undefined, () => {})
  await Promise.race([closed, once(socket, 'pong').catch(() => {})])
  socket.terminate()
  await closed
  return faults[0]
}
