import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ExecutionResult } from 'graphql'
import { processRegularResult } from 'graphql-yoga'
import { KeptResponse, sendKept } from '../cache/kept-response.ts'
import type { Made, ResponseCache } from '../cache/response-cache.ts'
import { clientError } from '../client-errors.ts'
import type { ClientPoints } from '../client-points.ts'
import type { Config } from '../config.ts'
import type { Logger } from '../log.ts'
import { logFailure } from '../log-failure.ts'
import { textOf } from './body.ts'
import { leastUsed } from './bounded-execution.ts'
import type { Engine, Transport } from './engine.ts'
import { type PlainDocument, PlainDocuments } from './plain-documents.ts'
import { keyOf, mediaTypeFor, type PostedRequest, postedText } from './plain-question.ts'
import type { PluginHooks } from './plugin-hooks.ts'
import { parametersOf } from './requests.ts'
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
  readonly http: Pick<Config['http'], 'cacheSeconds' | 'compression' | 'corsOrigins'>
  readonly log: Logger
}

/** Answers a request if it is plain. Resolves with false, and has sent nothing, if Yoga is to answer it. */
export type AnswerPlain = (
  request: PostedRequest,
  response: ServerResponse,
  transport: Transport,
) => Promise<boolean>

interface Asked {
  readonly query: string
  readonly operationName: string | undefined
  readonly variables: Record<string, unknown> | undefined
}

/**
 * The short way for what most clients send: one query or mutation as JSON or in the address, answered by one JSON text.
 * It spares the request and response objects of Yoga, which cost more than a small query, and uses everything else of
 * it: documents, limits, execution and masking, with all plugins. Whatever is out of the ordinary,
 * faults among it, goes on to Yoga before anything is executed, so that they have one behaviour.
 */
export function createPlainRequests(options: PlainRequestOptions): AnswerPlain {
  const { engine, hooks, trusted, points, cache, http, log } = options
  const documents = new PlainDocuments(engine, trusted)
  const { cacheSeconds, compression } = http
  const vary = varyOf({ compression, varyByOrigin: http.corsOrigins.length > 0 }).join(', ')

  async function run(asked: Asked, found: PlainDocument, transport: Transport): Promise<ExecutionResult> {
    const { schema, document } = found
    try {
      const contextValue = { ...transport, params: asked }
      hooks.buildContext(contextValue)
      return await hooks.execute({
        ...{ schema, document, contextValue, operationName: asked.operationName },
        variableValues: asked.variables,
      })
    } catch (error) {
      logFailure(log, 'A request failed.', { error })
      return { errors: [clientError(error)] }
    }
  }

  /** The answer as it is sent, and kept if the next one who asks the same may get it. */
  function made(
    result: ExecutionResult,
    mediaType: string,
    { schema, document }: PlainDocument,
    { operationName, variables = {} }: Asked,
  ): Made {
    const json = cleanJsonOf(result)
    if (json === undefined) {
      const captured = processRegularResult(result, { Response: Captured } as never, mediaType)
      const { body, init } = captured as unknown as Captured
      const { 'Content-Type': contentType = mediaType, ...headers } = init.headers
      const parts = { status: init.status, body: Buffer.from(body), contentType, headers }
      return { response: new KeptResponse({ ...parts, cacheControl: undefined }), isKept: false }
    }
    const freshness = freshnessOf(schema, document, operationName, variables)
    const cacheControl = freshness && cacheControlFor(freshness, cacheSeconds)
    const contentType = `${mediaType}; charset=utf-8`
    const response = new KeptResponse({ body: Buffer.from(json), contentType, cacheControl })
    return { response, isKept: freshness?.clocked === false }
  }

  return async (request, response, transport) => {
    const { method = '', headers } = request
    const { viewer, client } = transport
    const mediaType = mediaTypeFor(headers.accept)
    if (mediaType === undefined || transport.headOnly) return false
    const question = method === 'GET' ? request.url : await postedText(request)
    if (question === undefined) return false
    const make = async () => {
      const asked = method === 'GET' ? askedByGet(request) : askedIn(request.body)
      const found = asked && documents.find(asked.query, asked.operationName, transport)
      if (!found || (found.isMutation && method !== 'POST')) return undefined
      return made(await run(asked, found, transport), mediaType, found, asked)
    }
    let isMade = false
    const makeOnce = () => {
      isMade = true
      return make()
    }
    const key = keyOf(viewer, mediaType, method, question)
    // Who asks for the cost wants to know that of an execution.
    let answer = transport.asksCost ? (await makeOnce())?.response : await cache.respond(key, makeOnce)
    // The execution says how long a client without points has to wait.
    if (!isMade && points.take(client, leastUsed)) answer = (await make())?.response
    if (!answer) return false
    const own = Object.entries(points.headers(client)).flat()
    await sendKept(request, response, answer, { compression, vary, headers: own })
    return true
  }
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

function askedByGet({ url = '', headers }: IncomingMessage): Asked | undefined {
  if (headers['if-none-match'] !== undefined) return undefined
  try {
    return plain(parametersOf(url))
  } catch {
    return undefined
  }
}

function askedIn(body: Buffer | undefined): Asked | undefined {
  try {
    return body && plain(JSON.parse(textOf(body) ?? ''))
  } catch {
    return undefined
  }
}

const known = new Set(['query', 'operationName', 'variables'])

/** A request that has a document, and nothing that has to be looked at more closely. */
function plain(params: unknown): Asked | undefined {
  if (!isRecord(params)) return undefined
  for (const name in params) if (params[name] != null && !known.has(name)) return undefined
  const { query, operationName, variables } = params
  if (typeof query !== 'string' || query === '') return undefined
  if (operationName != null && typeof operationName !== 'string') return undefined
  if (variables != null && !isRecord(variables)) return undefined
  return { query, operationName: operationName || undefined, variables: variables ?? undefined }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
