import type { ServerResponse } from 'node:http'
import type { ExecutionResult } from 'graphql'
import { processRegularResult } from 'graphql-yoga'
import { KeptResponse, type SendOptions, sendKept } from '../cache/kept-response.ts'
import type { Made, ResponseCache } from '../cache/response-cache.ts'
import { clientError } from '../client-errors.ts'
import type { ClientPoints } from '../client-points.ts'
import type { Config } from '../config.ts'
import type { Pending } from '../execution/execution.ts'
import type { Logger, RequestScope } from '../log.ts'
import { logFailure } from '../log-failure.ts'
import { corsHeaders } from '../origins.ts'
import { keptCost } from './bounded-execution.ts'
import { type Engine, leaving, type Transport } from './engine.ts'
import type { PlainDocument, PlainDocuments } from './plain-documents.ts'
import { askedByGet, askedIn, keyOf, type PlainQuestion, type PostedRequest } from './plain-question.ts'
import type { PluginHooks } from './plugin-hooks.ts'
import { cacheControlFor } from './responses/answer-headers.ts'
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
  /** Of the response: names and values in turn. */
  readonly headers: readonly string[]
}

/** Who answers where the short way does not. */
export interface OtherWays {
  /** Has a request answered by Yoga. Nothing has been sent, and the body is with the request if it was read. */
  goOn(exchange: Exchange): void
  /** Has a request answered for what went wrong. */
  fail(exchange: Exchange, error: unknown): void
}

/** What all answers of a server have in common. */
export interface Way extends PlainRequestOptions {
  readonly documents: PlainDocuments
  readonly send: Pick<SendOptions, 'compression' | 'vary'>
}

/** The answer to one request whose body has come. */
export class PlainAnswer {
  readonly #way: Way
  readonly #exchange: Exchange
  readonly #others: OtherWays
  readonly #mediaType: string
  /** Undefined for GET. */
  readonly #body: Buffer | undefined
  /** The body, byte by byte, or the address. */
  readonly #question: string
  readonly #client: string
  #isMade = false

  constructor(
    way: Way,
    exchange: Exchange,
    others: OtherWays,
    mediaType: string,
    body: Buffer | undefined,
    client: string,
  ) {
    this.#way = way
    this.#exchange = exchange
    this.#others = others
    this.#mediaType = mediaType
    this.#body = body
    this.#question = body?.toString('latin1') ?? exchange.request.url ?? ''
    this.#client = client
  }

  begin(): void {
    const { request, viewer } = this.#exchange
    // Refused there, before anything is read.
    if (this.#way.points.refusalInDebt(this.#client)) {
      this.#others.goOn(this.#exchange)
      return
    }
    const key = keyOf(viewer, this.#mediaType, request.method ?? '', this.#question)
    // Who asks for the cost wants to know that of an execution.
    const found = this.#asksCost ? responseOf(this.#make()) : this.#way.cache.respond(key, () => this.#make())
    const sent =
      found instanceof Promise ? found.then((response) => this.#settle(response)) : this.#settle(found)
    if (sent instanceof Promise) sent.catch((error) => this.#others.fail(this.#exchange, error))
  }

  get #asksCost(): boolean {
    return this.#exchange.request.headers['x-cost'] !== undefined
  }

  #make(): Pending<Made | undefined> {
    this.#isMade = true
    const { request, response, viewer } = this.#exchange
    const body = this.#body
    const params = body ? askedIn(body, this.#question) : askedByGet(request)
    if (!params) return undefined
    const asksCost = this.#asksCost
    const onLeave = leaving(response)
    const context = { viewer, client: this.#client, asksCost, onLeave, req: request, res: response, params }
    const found = this.#way.documents.find(params.query, params.operationName, context)
    if (!found || (found.isMutation && !body)) return undefined
    const result = this.#execute(found, params, context)
    return result instanceof Promise
      ? result.then((each) => this.#made(each, found, params))
      : this.#made(result, found, params)
  }

  #execute(
    { schema, document }: PlainDocument,
    { operationName, variables: variableValues }: PlainQuestion,
    contextValue: Transport,
  ): Pending<ExecutionResult> {
    const { hooks } = this.#way
    try {
      hooks.buildContext(contextValue)
      const result = hooks.execute({ schema, document, contextValue, operationName, variableValues })
      return result instanceof Promise ? result.catch((error) => this.#failed(error)) : result
    } catch (error) {
      return this.#failed(error)
    }
  }

  #failed(error: unknown): ExecutionResult {
    logFailure(this.#way.log, 'A request failed.', { error })
    return { errors: [clientError(error)] }
  }

  /** The answer as it is sent, and kept if the next one who asks the same may get it. */
  #made(
    result: ExecutionResult,
    { schema, document }: PlainDocument,
    { operationName, variables = {} }: PlainQuestion,
  ): Made {
    const mediaType = this.#mediaType
    const body = cleanJsonOf(result)
    if (body === undefined) return { response: madeByYoga(result, mediaType), isKept: false }
    const freshness = freshnessOf(schema, document, operationName, variables)
    const cacheControl = freshness && cacheControlFor(freshness, this.#way.http.cacheSeconds)
    const response = new KeptResponse({ body, contentType: `${mediaType}; charset=utf-8`, cacheControl })
    return { response, isKept: freshness?.clocked === false }
  }

  #settle(found: KeptResponse | undefined): Pending<void> {
    const { points } = this.#way
    if (this.#isMade || !found || !points.take(this.#client, keptCost(found.length))) return this.#send(found)
    // The execution says how long a client without points has to wait.
    const made = responseOf(this.#make())
    return made instanceof Promise ? made.then((response) => this.#send(response)) : this.#send(made)
  }

  #send(found: KeptResponse | undefined): Pending<void> {
    const { request, response, headers } = this.#exchange
    if (!found) return this.#others.goOn(this.#exchange)
    const { points, http, send } = this.#way
    const own = [...headers, ...corsHeaders(request, http.corsOrigins), ...points.headers(this.#client)]
    return sendKept(request, response, found, send, own)
  }
}

/** What Yoga makes of a result with errors, or with a status of its own. */
function madeByYoga(result: ExecutionResult, mediaType: string): KeptResponse {
  const captured = processRegularResult(result, { Response: Captured } as never, mediaType)
  const { body, init } = captured as unknown as Captured
  const { 'Content-Type': contentType = mediaType, ...headers } = init.headers
  return new KeptResponse({ status: init.status, body, contentType, headers, cacheControl: undefined })
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
