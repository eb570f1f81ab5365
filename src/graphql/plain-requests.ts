import type { ServerResponse } from 'node:http'
import type { ExecutionResult } from 'graphql'
import { processRegularResult } from 'graphql-yoga'
import { KeptResponse, sendKept } from '../cache/kept-response.ts'
import type { Made, ResponseCache } from '../cache/response-cache.ts'
import { clientError } from '../client-errors.ts'
import { type ClientPoints, clientIdHeader, payerOf } from '../client-points.ts'
import type { Config } from '../config.ts'
import type { Pending } from '../execution/execution.ts'
import { type Logger, type RequestScope, requestScope } from '../log.ts'
import { logFailure } from '../log-failure.ts'
import { corsHeaders } from '../origins.ts'
import { bodyLimitOf } from './body.ts'
import { keptCost } from './bounded-execution.ts'
import type { Engine, Transport } from './engine.ts'
import { type PlainDocument, PlainDocuments } from './plain-documents.ts'
import {
  askedByGet,
  askedIn,
  hasPlainBody,
  keyOf,
  mediaTypeFor,
  type PlainQuestion,
  type PostedRequest,
  readBytes,
} from './plain-question.ts'
import type { PluginHooks } from './plugin-hooks.ts'
import { cacheControlFor, varyOf } from './responses/answer-headers.ts'
import { freshnessOf } from './responses/cache-hints.ts'
import type { TrustedDocuments } from './trusted.ts'

export interface PlainRequestOptions {
  readonly engine: Engine
  /** Of the plugins of the engine. */
  readonly hooks: PluginHooks
  readonly trusted: TrustedDocuments
  readonly points: ClientPoints
  readonly cache: ResponseCache
  readonly http: Pick<
    Config['http'],
    'cacheSeconds' | 'compression' | 'corsOrigins' | 'maxBodyBytes' | 'maxMessageBytes'
  >
  readonly log: Logger
}

/** A request to `/graphql` that has just come, and its response. */
export interface Exchange {
  readonly request: PostedRequest
  readonly response: ServerResponse
  readonly scope: RequestScope
  readonly viewer: Transport['viewer']
  /** By which the sender is counted if it has no token. */
  readonly address: string
  readonly onLeave: NonNullable<Transport['onLeave']>
  /** Of the response: names and values in turn. */
  readonly headers: readonly string[]
  /** Has the request answered by Yoga. Nothing has been sent, and the body is with the request if it was read. */
  goOn(): void
  /** Has the request answered for what went wrong. */
  fail(error: unknown): void
}

/** Answers a request if it is plain, and goes on with it if that turns out not to be so. Returns false if it is not. */
export type AnswerPlain = (exchange: Exchange) => boolean

/**
 * The short way for what most clients send: one query or mutation as JSON or in the address, answered by one JSON text.
 * It spares the request and response objects of Yoga, which cost more than a small query, and uses everything else of
 * it: documents, limits, execution and masking, with all plugins. Whatever is out of the ordinary, faults among it, goes
 * on to Yoga before anything is executed, so that they have one behaviour. Promises are made only where something waits.
 */
export function createPlainRequests(options: PlainRequestOptions): AnswerPlain {
  const { engine, hooks, trusted, points, cache, http, log } = options
  const documents = new PlainDocuments(engine, trusted)
  const { cacheSeconds, compression, corsOrigins } = http
  const vary = varyOf({ compression, varyByOrigin: corsOrigins.length > 0 }).join(', ')

  function failed(error: unknown): ExecutionResult {
    logFailure(log, 'A request failed.', { error })
    return { errors: [clientError(error)] }
  }

  function run(asked: PlainQuestion, { schema, document }: PlainDocument, transport: Transport) {
    try {
      const contextValue = { ...transport, params: asked }
      hooks.buildContext(contextValue)
      const { operationName, variables: variableValues } = asked
      const result = hooks.execute({ schema, document, contextValue, operationName, variableValues })
      return result instanceof Promise ? result.catch(failed) : result
    } catch (error) {
      return failed(error)
    }
  }

  /** The answer as it is sent, and kept if the next one who asks the same may get it. */
  function made(
    result: ExecutionResult,
    mediaType: string,
    { schema, document }: PlainDocument,
    { operationName, variables = {} }: PlainQuestion,
  ): Made {
    const json = cleanJsonOf(result)
    if (json === undefined) {
      const captured = processRegularResult(result, { Response: Captured } as never, mediaType)
      const { body, init } = captured as unknown as Captured
      const { 'Content-Type': contentType = mediaType, ...headers } = init.headers
      const parts = { status: init.status, body, contentType, headers }
      return { response: new KeptResponse({ ...parts, cacheControl: undefined }), isKept: false }
    }
    const freshness = freshnessOf(schema, document, operationName, variables)
    const cacheControl = freshness && cacheControlFor(freshness, cacheSeconds)
    const response = new KeptResponse({
      body: json,
      contentType: `${mediaType}; charset=utf-8`,
      cacheControl,
    })
    return { response, isKept: freshness?.clocked === false }
  }

  /** Answers a request whose body has come; `body` is undefined for GET. */
  function answer(exchange: Exchange, mediaType: string, body: Buffer | undefined): void {
    const { request, response, viewer, headers, onLeave, goOn, fail } = exchange
    const { method = '', url = '' } = request
    const client = payerOf(viewer, exchange.address, request.headers[clientIdHeader])
    const asksCost = request.headers['x-cost'] !== undefined
    const question = body?.toString('latin1') ?? url
    // Refused there, before anything is read.
    if (points.refusalInDebt(client)) {
      goOn()
      return
    }
    let isMade = false
    const make = (): Pending<Made | undefined> => {
      isMade = true
      const asked = body ? askedIn(body, question) : askedByGet(request)
      const transport = { viewer, client, asksCost, onLeave, req: request, res: response }
      const found = asked && documents.find(asked.query, asked.operationName, transport)
      if (!found || (found.isMutation && !body)) return undefined
      const result = run(asked, found, transport)
      return result instanceof Promise
        ? result.then((each) => made(each, mediaType, found, asked))
        : made(result, mediaType, found, asked)
    }
    const send = (answered: KeptResponse | undefined): Pending<void> => {
      if (!answered) return goOn()
      const own = [...headers, ...corsHeaders(request, corsOrigins), ...points.headers(client)]
      return sendKept(request, response, answered, { compression, vary, headers: own })
    }
    const settle = (answered: KeptResponse | undefined): Pending<void> => {
      // The execution says how long a client without points has to wait.
      if (isMade || !answered || !points.take(client, keptCost(answered.body.length))) return send(answered)
      const again = make()
      return again instanceof Promise ? again.then((each) => send(each?.response)) : send(again?.response)
    }
    // Who asks for the cost wants to know that of an execution.
    const found = asksCost
      ? responseOf(make())
      : cache.respond(keyOf(viewer, mediaType, method, question), make)
    const sent = found instanceof Promise ? found.then(settle) : settle(found)
    if (sent instanceof Promise) sent.catch(fail)
  }

  function answerOrFail(exchange: Exchange, mediaType: string, body: Buffer): void {
    try {
      answer(exchange, mediaType, body)
    } catch (error) {
      exchange.fail(error)
    }
  }

  return (exchange) => {
    const { request, scope, viewer, fail } = exchange
    const { method, url, headers } = request
    const isPosted = method === 'POST' && url === '/graphql'
    if (!isPosted && !(method === 'GET' && url?.startsWith('/graphql?'))) return false
    const mediaType = mediaTypeFor(headers.accept)
    if (mediaType === undefined || (!isPosted && headers.accept?.includes('html'))) return false
    if (!isPosted) answer(exchange, mediaType, undefined)
    else {
      if (!hasPlainBody(request) || Number(headers['content-length']) > bodyLimitOf(viewer, http))
        return false
      // Node tells of bodies outside of all scopes.
      const onBody = (body: Buffer) => requestScope.run(scope, answerOrFail, exchange, mediaType, body)
      readBytes(request, onBody, fail)
    }
    return true
  }
}

function responseOf(made: Pending<Made | undefined>): Pending<KeptResponse | undefined> {
  return made instanceof Promise ? made.then((each) => each?.response) : made?.response
}

/** The JSON of a result of compiled execution that has nothing for the status or the headers of a response. */
function cleanJsonOf(result: ExecutionResult & { stringify?: (shown: ExecutionResult) => string }) {
  if (result.errors || result.extensions?.http) return undefined
  return result.stringify?.(result)
}

/** In the place of a `Response`: what Yoga makes of a result. */
class Captured {
  readonly body: string
  readonly init: { readonly status: number; readonly headers: Record<string, string> }

  constructor(body: string, init: Captured['init']) {
    this.body = body
    this.init = init
  }
}
