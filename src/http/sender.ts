import type { ServerResponse } from 'node:http'
import type { Viewer } from '../../schema/core/context.ts'
import type { ViewerOf } from '../auth.ts'
import { type ClientPoints, clientIdHeader, payerOf } from '../client-points.ts'
import type { Config } from '../config.ts'
import { leaving } from '../graphql/engine.ts'
import type { PostedRequest } from '../graphql/plain-question.ts'
import { clientAddress } from './client-address.ts'

/** Who sent a request, as executions need it. */
export interface HttpSender {
  readonly viewer: Viewer
  /** Who pays; see `payerOf`. */
  readonly client: string
  /** Calls back when the connection closes before the response was sent; returns what takes it back. */
  readonly onLeave: (listener: () => void) => () => void
}

export type SenderOf = (request: PostedRequest, response: ServerResponse) => Promise<HttpSender>

/** Reads who sent a request. Rejects with RATE_LIMITED for a client that has spent more points than it had. */
export function readSender(
  viewerOf: ViewerOf,
  { trustProxy }: Pick<Config['http'], 'trustProxy'>,
  points?: ClientPoints,
): SenderOf {
  const addressOf = clientAddress(trustProxy)
  return async (request, response) => {
    const viewer = request.viewer ?? (await viewerOf(request.headers.authorization))
    const client = payerOf(viewer, addressOf(request), request.headers[clientIdHeader])
    const refusal = points?.refusalInDebt(client)
    if (refusal) throw refusal
    return { viewer, client, onLeave: leaving(response) }
  }
}
