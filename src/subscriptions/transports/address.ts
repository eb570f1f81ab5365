import type { IncomingMessage } from 'node:http'

/** The network address by which subscriptions and sockets are counted. */
export function addressOf(request: IncomingMessage | undefined): string {
  return request?.socket.remoteAddress ?? 'unknown'
}
