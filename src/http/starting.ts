import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { ApiError } from '../../schema/core/errors.ts'
import type { Config } from '../config.ts'
import { HttpRequest, pathOf } from './request.ts'
import { refuse, refuseGraphql, sendJson } from './respond.ts'

const starting = 'The server is starting: its database is being prepared.'

/**
 * A server that says of everything that it is starting. It has the port from the first moment on, so that a taken port is
 * found at once, and who asks too early learns when to come back; `createHttpServer` lets it answer.
 */
export function createStartingServer({ timeouts }: Pick<Config['http'], 'timeouts'>): Server {
  const { headersMs, requestMs, keepAliveMs } = timeouts
  const limits = {
    ...{ headersTimeout: headersMs, requestTimeout: requestMs, keepAliveTimeout: keepAliveMs },
    connectionsCheckingInterval: Math.min(1_000, headersMs),
  }
  return createServer({ IncomingMessage: HttpRequest, ...limits }, answer)
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  // A body that nobody reads would be taken for the next request.
  response.setHeader('connection', 'close')
  const path = pathOf(request)
  if (path === '/health' || path === '/livez') sendJson(response, 200, { status: 'ok' })
  else if (path === '/ready' || path === '/readyz') {
    response.setHeader('retry-after', '5')
    sendJson(response, 503, { status: 'not ready', reason: starting, feedAgeMs: null })
  } else {
    const error = new ApiError('DATABASE_UNAVAILABLE', `${starting} Repeat the request in some seconds.`)
    const refuseHere = path === '/graphql' ? refuseGraphql : refuse
    refuseHere(response, error)
  }
}
