import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { ApiError } from '../../schema/core/errors.ts'
import type { Config } from '../config.ts'
import { answerOptions, setCorsHeaders, setHeaders } from '../origins.ts'
import { isEventSource, postpone } from './event-source.ts'
import { cut, listen } from './listen.ts'
import { HttpRequest, normalizeTarget, pathOf, requestScopeOf } from './request.ts'
import { headersOfAll, refuse, refuseGraphql, sendJson } from './respond.ts'

const starting = 'The server is starting: its database is being prepared.'

/** A port that is listened on. */
export interface OpenPort {
  readonly server: Server
  /** Where it answers, e.g. `http://127.0.0.1:4000`. */
  readonly url: string
  close(): void
}

/**
 * Takes the port before the rest is loaded and the database started, so that one that is taken is found at once, and who
 * comes too early learns when to come back. Fails as `listen` does.
 */
export async function openPort(http: Config['http']): Promise<OpenPort> {
  const server = createStartingServer(http)
  const url = await listen(server, http)
  return { server, url, close: () => cut(server) }
}

/** A server that says of everything that it is starting; `createHttpServer` lets it answer. */
export function createStartingServer({
  timeouts,
  corsOrigins,
}: Pick<Config['http'], 'timeouts' | 'corsOrigins'>): Server {
  const { headersMs, requestMs, keepAliveMs } = timeouts
  const limits = {
    ...{ headersTimeout: headersMs, requestTimeout: requestMs, keepAliveTimeout: keepAliveMs },
    connectionsCheckingInterval: Math.min(1_000, headersMs),
  }
  return createServer({ IncomingMessage: HttpRequest, ...limits }, (request, response) => {
    setHeaders(response, ['x-request-id', requestScopeOf(request).requestId, ...headersOfAll])
    setCorsHeaders(request, response, corsOrigins)
    answer(request, response)
  })
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  // A body that nobody reads would be taken for the next request.
  response.setHeader('connection', 'close')
  normalizeTarget(request)
  const path = pathOf(request)
  if (request.method === 'OPTIONS') answerOptions(request, response, 'GET, HEAD, POST, OPTIONS')
  else if (path === '/health' || path === '/livez') sendJson(response, 200, { status: 'ok' })
  else if (path === '/ready' || path === '/readyz') {
    response.setHeader('retry-after', '5')
    sendJson(response, 503, { status: 'not ready', reason: starting, feedAgeMs: null })
  } else refuseUntilStarted(path, request, response)
}

function refuseUntilStarted(path: string, request: IncomingMessage, response: ServerResponse): void {
  const error = new ApiError('DATABASE_UNAVAILABLE', `${starting} Repeat the request in some seconds.`)
  if (path === '/feed' && isEventSource(request)) postpone(response, error, 3000)
  else if (request.method !== 'POST' && request.headers.accept?.includes('text/html')) showStarting(response)
  else if (path === '/graphql') refuseGraphql(response, error)
  else refuse(response, error)
}

/** A page that browsers load again by themselves. */
function showStarting(response: ServerResponse): void {
  const headers = { 'cache-control': 'no-store', 'retry-after': '5', refresh: '2' }
  response
    .writeHead(503, { 'content-type': 'text/html; charset=utf-8', ...headers })
    .end(
      `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Daily Papers</title><p>${starting} This page loads itself again.\n`,
    )
}
