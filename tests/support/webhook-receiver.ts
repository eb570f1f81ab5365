import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'
import { awaiting } from './patience.ts'

/** A request as an endpoint got it. */
export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly id: string
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into it.
  readonly json: any
}

/** What an endpoint does with a request instead of answering 200. */
export type Answer = (received: Received, response: ServerResponse, request: IncomingMessage) => unknown

/** An endpoint for webhooks; the paths of one receiver are as many endpoints. */
export interface Receiver extends AsyncDisposable {
  readonly url: string
  /** All requests so far, those that were not answered with 200 included. */
  readonly received: Received[]
  /** Of events about papers, those that were answered with 200. */
  readonly accepted: Received[]
  /** From now on; undefined for 200. */
  answer: Answer | undefined
  /** Resolves when there are as many accepted events of papers. */
  accepts(count: number, path?: string): Promise<Received[]>
  /** Resolves with the first request, from now on or before, that is as wanted. */
  receives(isWanted: (received: Received) => boolean): Promise<Received>
}

/** @param tls its certificate and key, for HTTPS */
export async function startReceiver(tls?: {
  readonly cert: string
  readonly key: string
}): Promise<Receiver> {
  const received: Received[] = []
  const accepted: Received[] = []
  const listeners = new Set<() => void>()
  const until = <Value>(look: () => Value | undefined): Promise<Value> => {
    const { promise, resolve } = Promise.withResolvers<Value>()
    const listener = () => {
      const value = look()
      if (value === undefined) return
      listeners.delete(listener)
      resolve(value)
    }
    listeners.add(listener)
    listener()
    return awaiting(
      () => `a webhook; ${received.length} came, ${accepted.length} of them were accepted`,
      promise,
    )
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request).catch(() => undefined)
    if (body === undefined) return
    const { headers, url: path = '' } = request
    const one: Received = { path, headers, body, id: String(headers['webhook-id']), json: JSON.parse(body) }
    received.push(one)
    response.once('finish', () => {
      if (response.statusCode === 200 && one.id.startsWith('evt_')) accepted.push(one)
      for (const listener of listeners) listener()
    })
    if (receiver.answer) await receiver.answer(one, response, request)
    else response.end('thank you')
    for (const listener of listeners) listener()
  }
  const server = tls ? createTlsServer(tls, answer) : createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const receiver: Receiver = {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    accepted,
    answer: undefined,
    accepts: (count, path) =>
      until(() => {
        const of = accepted.filter((one) => path === undefined || one.path === path)
        return of.length >= count ? of : undefined
      }),
    receives: (isWanted) => until(() => received.find(isWanted)),
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
  return receiver
}

export const answerWith =
  (status: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (_received, response) =>
    response.writeHead(status, headers).end(`status ${status}`)

/** Throws if a request is not signed as Standard Webhooks has it. */
export function verifySignature({ body, headers }: Received, secret: string): void {
  new Webhook(secret).verify(body, headers as Record<string, string>)
}
