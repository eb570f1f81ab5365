import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { sendNodeResponse } from '@whatwg-node/server'
import { ApiError } from '../../schema/core/errors.ts'
import type { ViewerOf } from '../auth.ts'
import { clientError } from '../client-errors.ts'
import type { ClientPoints } from '../client-points.ts'
import { turnOfRequest } from '../client-turns.ts'
import type { Config } from '../config.ts'
import { prefersHtml } from '../graphql/accept.ts'
import { bodyLimitOf, bodyTooLarge } from '../graphql/body.ts'
import type { Engine } from '../graphql/engine.ts'
import type { Exchange } from '../graphql/plain-answer.ts'
import type { PostedRequest } from '../graphql/plain-question.ts'
import type { AnswerPlain } from '../graphql/plain-requests.ts'
import { requireUtf8 } from '../graphql/requests.ts'
import { type Logger, type RequestScope, requestScope } from '../log.ts'
import { logFailure } from '../log-failure.ts'
import { answerOptions, setCorsHeaders, setHeaders } from '../origins.ts'
import type { Readiness } from '../readiness.ts'
import { answerConnectionErrors } from './connection-errors.ts'
import type { Connections } from './connections.ts'
import { graphiqlPage } from './graphiql.ts'
import { hasOneHost, normalizeTarget, pathOf, requestScopeOf } from './request.ts'
import { headersOfAll, refuse, refuseGraphql, sendJson } from './respond.ts'
import type { Answer, Route } from './route.ts'
import { readSender } from './sender.ts'
import { createStartingServer } from './starting.ts'

export interface HttpOptions {
  readonly engine: Engine
  /** The short way of plain requests; without it, the engine answers all of them. */
  readonly answerPlain?: AnswerPlain | undefined
  readonly config: Pick<Config, 'http'>
  readonly viewerOf: ViewerOf
  /** What clients may still ask; see client-points.ts. Without it, nobody is limited. */
  readonly points?: ClientPoints
  /** Whether the server can serve at this moment. Never rejects. */
  readonly readiness: () => Promise<Readiness>
  /** Further paths, e.g. `/feed`; with a slash at the end, all paths below, e.g. `/papers/` for `/papers/2601.00001`. */
  readonly routes?: ReadonlyMap<string, Route>
  /** Who gets a connection. Without it, everybody. */
  readonly connections?: Connections
  /** Told of each request to a route, before it is answered. */
  readonly onRequest?: RequestObserver | undefined
  readonly log: Logger
}

/** `route` is its path, e.g. `/graphql`; `other` for paths without one. */
export type RequestObserver = (
  request: IncomingMessage,
  response: ServerResponse,
  route: string,
  scope: RequestScope,
) => void

/** Points of the page of GraphiQL: 2.4 MB, or 9 MB for clients that take nothing compressed. */
const playgroundCost = 10

/** The HTTP side: `/graphql` and around it, on a server that may listen already. */
export function createHttpServer(
  options: HttpOptions,
  server = createStartingServer(options.config.http),
): Server {
  const { config, viewerOf, readiness, routes, connections, onRequest, answerPlain, log } = options
  const { corsOrigins } = config.http
  const live = getRoute((_request, response) => sendJson(response, 200, { status: 'ok' }))
  const isReady = getRoute(async (_request, response) => ready(response, await readiness()))
  const graphql = graphqlRoute(options)
  const answers = new Map<string, Route>([
    ['/graphql', graphql],
    ['/health', live],
    ['/livez', live],
    ['/ready', isReady],
    ['/readyz', isReady],
    ...(routes ?? []),
  ])
  const names = new Map([...answers].map(([path, route]) => [route, path]))
  const nowhere = nowhereOf(answers.get('/'))
  const routeOf = (path: string) => findRoute(answers, path) ?? nowhere
  const newest = new WeakMap<Duplex, ServerResponse>()

  function receive(request: PostedRequest, response: ServerResponse): void {
    const scope = requestScopeOf(request)
    const headers = ['x-request-id', scope.requestId, ...headersOfAll]
    newest.set(request.socket, response)
    normalizeTarget(request)
    const begun = { request, response, scope, headers, address: 'unknown', viewer: undefined }
    try {
      // Before its body comes: many that never end are what a limit of requests at the same time is for.
      begun.address = connections?.admit(request, response) ?? begun.address
      const route = routeOf(pathOf(request))
      onRequest?.(request, response, names.get(route) ?? 'other', scope)
      const turn = turnOfRequest(() => begun.address)
      if (turn) turn.then(() => begin(begun, route)).catch((error) => others.fail(begun, error))
      else begin(begun, route)
    } catch (error) {
      others.fail(begun, error)
    }
  }

  function begin(begun: Begun, route: Route): void {
    const { request, response, scope } = begun
    if (response.destroyed) return
    if (answerPlain && route === graphql && server.listening && hasOneHost(request)) {
      const { authorization } = request.headers
      // Without a header, there is nothing to tell of.
      const viewer =
        authorization === undefined ? viewerOf(undefined) : requestScope.run(scope, viewerOf, authorization)
      if (!(viewer instanceof Promise)) {
        request.viewer = viewer
        begun.viewer = viewer
        if (answerPlain(begun as Exchange, others)) return
      }
    }
    others.goOn(begun)
  }

  const others = {
    goOn({ request, response, scope, headers }: Begun): void {
      void requestScope.run(scope, answer, request, response, headers)
    },
    fail({ request, response, headers }: Begun, error: unknown): void {
      if (!response.headersSent) {
        setHeaders(response, headers)
        setCorsHeaders(request, response, corsOrigins)
      }
      fail(response, error, routeOf(pathOf(request)).refuse ?? refuse)
    },
  }

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    headers: readonly string[],
  ): Promise<void> {
    const route = routeOf(pathOf(request))
    // Its connection failed while the body came, and has been answered for that.
    if (response.headersSent) return
    setHeaders(response, headers)
    if (!server.listening) response.setHeader('connection', 'close')
    setCorsHeaders(request, response, corsOrigins)
    if (!hasOneHost(request)) return refuse(response, badHost())
    const allow = allowedBy(route)
    if (request.method === 'OPTIONS') return answerOptions(request, response, allow.join(', '))
    try {
      requireUtf8(request.url ?? '')
      if (!allow.includes(request.method ?? '') && route !== nowhere) {
        response.setHeader('allow', allow.join(', '))
        throw methodNotAllowed(allow)
      }
      await route.answer(request, response)
    } catch (error) {
      fail(response, error, route.refuse ?? refuse)
    }
  }

  function fail(response: ServerResponse, error: unknown, refuseBy: typeof refuse): void {
    logFailure(log, 'A request failed.', { error })
    if (response.headersSent) response.destroy()
    else refuseBy(response, clientError(error))
  }

  server.removeAllListeners('request').on('request', receive)
  connections?.watch(server)
  answerConnectionErrors(server, (socket) => newest.get(socket), log)
  return server
}

/** A request that has come, before it is known who sent it. */
type Begun = Omit<Exchange, 'viewer'> & { viewer: Exchange['viewer'] | undefined }

function graphqlRoute({ engine, config: { http }, viewerOf, points }: HttpOptions): Route {
  const graphiql = graphiqlPage()
  const senderOf = readSender(viewerOf, http, points)
  return {
    methods: ['GET', 'POST'],
    refuse: refuseGraphql,
    async answer(request, response) {
      const { headers, method } = request
      const headOnly = method === 'HEAD'
      const sender = await senderOf(request, response)
      if (http.graphiql && method !== 'POST' && prefersHtml(headers.accept)) {
        points?.charge(sender.client, playgroundCost)
        return graphiql(request, response)
      }
      const maxBytes = bodyLimitOf(sender.viewer, http)
      if (Number(headers['content-length'] ?? 0) > maxBytes) {
        response.setHeader('connection', 'close')
        throw bodyTooLarge(maxBytes)
      }
      if (headOnly) request.method = 'GET'
      const transport = {
        ...sender,
        ...{ req: request, res: response, headOnly, asksCost: headers['x-cost'] !== undefined },
      }
      // Not `handle`, which sends the stack of what a hook throws.
      const answer = await engine.handleNodeRequestAndResponse(request, response, transport)
      await sendNodeResponse(answer, response, request, false)
    },
  }
}

function getRoute(answer: Answer): Route {
  return { methods: ['GET'], answer }
}

function ready(response: ServerResponse, { reason, feedAgeMs }: Readiness): void {
  if (reason === null) sendJson(response, 200, { status: 'ready', feedAgeMs })
  else sendJson(response, 503, { status: 'not ready', reason, feedAgeMs })
}

/** The route of a path, or of the nearest folder above it that has one. */
function findRoute(routes: ReadonlyMap<string, Route>, path: string): Route | undefined {
  let found = routes.get(path)
  for (let end = path.lastIndexOf('/'); found === undefined && end > 0; end = path.lastIndexOf('/', end - 1))
    found = routes.get(path.slice(0, end + 1))
  return found
}

/** Any path without a route, with any method; refused as the bare address refuses: browsers get a page. */
function nowhereOf(home: Route | undefined): Route {
  return {
    methods: ['GET', 'POST'],
    answer(_request, response) {
      if (home) response.appendHeader('vary', 'Accept')
      throw new ApiError('NOT_FOUND', 'Not found. The GraphQL API is at /graphql.')
    },
    ...(home?.refuse && { refuse: home.refuse }),
  }
}

function allowedBy({ methods }: Route): string[] {
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS']
}

function badHost(): ApiError {
  return new ApiError('BAD_REQUEST', 'Send one header Host, with a host name and, if need be, a port.')
}

function methodNotAllowed(allow: readonly string[]): ApiError {
  return new ApiError(
    'METHOD_NOT_ALLOWED',
    `This path does not accept the method. Use one of: ${allow.join(', ')}.`,
  )
}
