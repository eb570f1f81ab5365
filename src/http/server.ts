import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import Negotiator from 'negotiator'
import { statusOf } from '../../schema/core/error-codes.ts'
import { viewerOf } from '../auth.ts'
import { formattedError } from '../client-errors.ts'
import type { Config } from '../config.ts'
import type { Engine } from '../graphql/engine.ts'
import { bodyTooLarge } from '../graphql/requests.ts'
import { type Logger, requestScope } from '../log.ts'
import { type GraphiqlPage, renderGraphiqlPage } from './graphiql.ts'

export interface HttpOptions {
  readonly engine: Engine
  readonly config: Pick<Config, 'http' | 'writeToken'>
  /** Whether the server can answer queries at this moment. Never rejects. */
  readonly isReady: () => Promise<boolean>
  /** Further paths, e.g. `/feed`. */
  readonly routes?: ReadonlyMap<string, Route>
  readonly log: Logger
}

export type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/** The HTTP side: `/graphql` and around it. Listens nowhere yet. */
export function createHttpServer({ engine, config, isReady, routes, log }: HttpOptions): Server {
  const paths = new Map<string, Route>([
    ['/graphql', graphqlRoute(engine, config)],
    ['/health', (_request, response) => json(response, 200, { status: 'ok' })],
    ['/ready', async (_request, response) => ready(response, await isReady())],
    ['/', home],
    ...(routes ?? []),
  ])

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isHost(request.headers.host)) return badHost(response)
    const route = paths.get(pathOf(request)) ?? notFound
    try {
      await route(request, response)
    } catch (error) {
      log.error('A request failed.', { error })
      if (response.headersSent) response.destroy()
      else json(response, 500, { error: 'Something went wrong on our side.' })
    }
  }

  const server = createServer((request, response) => {
    const requestId = idOf(request)
    if (!server.listening) response.setHeader('connection', 'close')
    response.setHeader('x-request-id', requestId)
    response.setHeader('x-content-type-options', 'nosniff')
    response.setHeader('referrer-policy', 'no-referrer')
    const traceId = traceIdOf(request.headers.traceparent)
    void requestScope.run({ requestId, ...(traceId && { traceId }) }, answer, request, response)
  })
  return server
}

function graphqlRoute(engine: Engine, { http, writeToken }: HttpOptions['config']): Route {
  const graphiql = graphiqlRoute()
  return (request, response) => {
    const { headers, method } = request
    if (method === 'GET' && headers.accept?.includes('text/html')) return graphiql(request, response)
    if (Number(headers['content-length'] ?? 0) > http.maxBodyBytes) {
      response.setHeader('connection', 'close')
      const refusal = bodyTooLarge(http.maxBodyBytes)
      return json(response, statusOf(refusal.extensions.code), { errors: [formattedError(refusal)] })
    }
    return engine.handle(request, response, { viewer: viewerOf(headers.authorization, writeToken) })
  }
}

function graphiqlRoute(): Route {
  let rendering: Promise<GraphiqlPage> | undefined
  return async (request, response) => {
    rendering ??= renderGraphiqlPage().catch((error) => {
      rendering = undefined // the next visitor tries again
      throw error
    })
    const { gzipped, etag, contentSecurityPolicy } = await rendering
    response.setHeader('etag', etag)
    response.setHeader('cache-control', 'no-cache')
    response.setHeader('vary', 'accept, accept-encoding')
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end()
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.setHeader('content-security-policy', contentSecurityPolicy)
    const takesGzip = new Negotiator(request).encoding(['gzip']) !== undefined
    if (takesGzip) response.setHeader('content-encoding', 'gzip')
    const body = takesGzip ? gzipped : gunzipSync(gzipped)
    response.writeHead(200, { 'content-length': body.length }).end(body)
  }
}

function ready(response: ServerResponse, yes: boolean): void {
  json(response, yes ? 200 : 503, { status: yes ? 'ready' : 'not ready' })
}

/** A person who opens the bare address in a browser wants the playground. */
function home(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers.accept?.includes('text/html')) response.writeHead(302, { location: '/graphql' }).end()
  else notFound(request, response)
}

/** Whether the address of a request can be made of it. HTTP/1.0 has none. */
function isHost(host: string | undefined): boolean {
  return host === undefined || URL.canParse(`http://${host}`)
}

function badHost(response: ServerResponse): void {
  json(response, 400, { error: 'The header Host must be a host name, with or without a port.' })
}

function notFound(_request: IncomingMessage, response: ServerResponse): void {
  json(response, 404, { error: 'Not found. The GraphQL API is at /graphql.' })
}

function json(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'content-length': Buffer.byteLength(text),
    })
    .end(text)
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

/** The id that a proxy in front gave the request, or a new one. */
function idOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID()
}

/**
 * The trace that a `traceparent` header (W3C Trace Context) makes a request part of: 32 hexadecimal digits, under
 * which a gateway in front logs the same request. Undefined for a header that is absent or not of that form.
 */
function traceIdOf(traceparent: string | string[] | undefined): string | undefined {
  if (typeof traceparent !== 'string') return undefined
  const [, version, traceId] =
    /^([\da-f]{2})-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}(?:-.*)?$/.exec(traceparent) ?? []
  return version !== 'ff' && traceId !== undefined && !/^0+$/.test(traceId) ? traceId : undefined
}
