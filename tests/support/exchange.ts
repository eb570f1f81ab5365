import { type Agent, type ClientRequest, type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import type { TestApp } from './app.ts'

export interface Exchange {
  readonly method?: string
  /** The target as it stands in the request line. */
  readonly target: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string | Uint8Array
  /** The default is a connection of its own. */
  readonly agent?: Agent
}

export interface Exchanged {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Sends a request whose every header is the caller's: fetch would change or refuse some. 101 ends the connection. */
export function exchange(app: Pick<TestApp, 'url'>, asked: Exchange): Promise<Exchanged> {
  const { promise, resolve, reject } = Promise.withResolvers<Exchanged>()
  const sent = open(app, asked)
  sent.on('error', reject)
  sent.on('response', async (response) => {
    const text = (await response.toArray().catch(reject))?.join('') ?? ''
    resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
  })
  sent.on('upgrade', ({ statusCode = 0, headers }, socket) => {
    socket.destroy()
    resolve({ status: statusCode, headers, text: '' })
  })
  sent.end(asked.body)
  return promise
}

function open(
  { url }: Pick<TestApp, 'url'>,
  { method = 'GET', target, headers = {}, agent }: Exchange,
): ClientRequest {
  const { hostname, port } = new URL(url)
  return request({ hostname, port, method, path: target, headers, agent: agent ?? false })
}

/** Writes text to a connection as it is, and resolves with all that comes back until the server closes it. */
export async function rawExchange({ url }: Pick<TestApp, 'url'>, text: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(text, 'latin1')
  const chunks = await socket.toArray()
  return Buffer.concat(chunks).toString('latin1')
}

export const websocketOffer = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
  'sec-websocket-protocol': 'graphql-transport-ws',
}
