import type { IncomingMessage, ServerResponse } from 'node:http'
import { type DocumentNode, type ExecutionResult, type GraphQLSchema, getOperationAST } from 'graphql'
import { processRegularResult } from 'graphql-yoga'
import { outlineOf } from '../../schema/core/walk.ts'
import { clientError } from '../client-errors.ts'
import type { ClientPoints } from '../client-points.ts'
import type { Config } from '../config.ts'
import type { Logger } from '../log.ts'
import { logFailure } from '../log-failure.ts'
import { endedEarly, textOf } from './body.ts'
import type { Engine, Transport } from './engine.ts'
import { parametersOf } from './requests.ts'
import { cacheControlOf, compressed, encodingFor, varyOf } from './responses/answer-headers.ts'
import { freshnessOf } from './responses/cache-hints.ts'
import { etagOf } from './responses/validators.ts'
import type { TrustedDocuments } from './trusted.ts'

export interface PlainRequestOptions {
  readonly engine: Engine
  readonly trusted: TrustedDocuments
  readonly points: ClientPoints
  readonly http: Pick<Config['http'], 'cacheSeconds' | 'compression' | 'corsOrigins'>
  readonly log: Logger
}

/** Answers a request if it is plain. Resolves with false, and has sent nothing, if Yoga is to answer it. */
export type AnswerPlain = (
  request: IncomingMessage,
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
 * it: documents, limits, execution and masking are `getEnveloped`, with all plugins. Whatever is out of the ordinary,
 * faults among it, goes on to Yoga before anything is executed, so that they have one behaviour.
 */
export function createPlainRequests(options: PlainRequestOptions): AnswerPlain {
  const { engine, trusted, points, http, log } = options
  const { cacheSeconds, compression } = http
  const vary = varyOf({ compression, varyByOrigin: http.corsOrigins.length > 0 }).join(', ')

  async function run(asked: Asked, checked: Checked): Promise<ExecutionResult> {
    const { enveloped, document } = checked
    try {
      const result = await enveloped.execute({
        ...{ schema: enveloped.schema, document, operationName: asked.operationName },
        variableValues: asked.variables,
        contextValue: await enveloped.contextFactory(),
      })
      return result as ExecutionResult
    } catch (error) {
      logFailure(log, 'A request failed.', { error })
      return { errors: [clientError(error)] }
    }
  }

  async function send(
    request: IncomingMessage,
    response: ServerResponse,
    mediaType: string,
    result: ExecutionResult,
    schema: GraphQLSchema,
    document: DocumentNode,
    asked: Asked,
    client: string,
  ): Promise<void> {
    const { headers, method } = request
    const { body, init } = processRegularResult(
      result,
      { Response: Captured } as never,
      mediaType,
    ) as unknown as Captured
    const isKept = 'data' in result && !result.errors?.length
    const freshness = isKept
      ? freshnessOf(schema, document, asked.operationName, asked.variables ?? {})
      : undefined
    const bytes = Buffer.from(body)
    const contentType = String(init.headers['Content-Type'])
    const encoding = compression ? encodingFor(headers['accept-encoding'] as string | undefined) : undefined
    const packed = encoding && (await compressed(bytes, encoding))
    response.writeHead(init.status, {
      ...init.headers,
      ...points.headers(client),
      vary,
      'cache-control': cacheControlOf(freshness, cacheSeconds, headers.authorization !== undefined),
      ...(freshness && method === 'GET' && { etag: etagOf(contentType, bytes) }),
      ...(packed && { 'content-encoding': encoding }),
      'content-length': (packed ?? bytes).length,
    })
    response.end(packed ?? bytes)
  }

  /** What is to be executed, if it is valid and has an answer in one piece. */
  function check({ query, operationName }: Asked, method: string, transport: Transport): Checked | undefined {
    try {
      if (trusted.documentOf({ query }) !== query) return undefined
      const enveloped = engine.getEnveloped(transport)
      const document = enveloped.parse(query) as DocumentNode
      if (enveloped.validate(enveloped.schema, document).length > 0) return undefined
      const operation = getOperationAST(document, operationName)
      if (!operation || operation.operation === 'subscription') return undefined
      if (operation.operation === 'mutation' && method !== 'POST') return undefined
      if (outlineOf(enveloped.schema, document, operation).incremental) return undefined
      return { enveloped, document }
    } catch {
      return undefined
    }
  }

  return async (request, response, transport) => {
    const { method = '', headers } = request
    const mediaType = mediaTypeFor(headers.accept)
    if (mediaType === undefined || transport.headOnly) return false
    const asked = method === 'GET' ? askedByGet(request) : await askedByPost(request)
    const checked = asked && check(asked, method, { ...transport, params: asked })
    if (!checked) return false
    const result = await run(asked, checked)
    await send(
      request,
      response,
      mediaType,
      result,
      checked.enveloped.schema,
      checked.document,
      asked,
      transport.client,
    )
    return true
  }
}

interface Checked {
  readonly enveloped: ReturnType<Engine['getEnveloped']>
  readonly document: DocumentNode
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

/** The media type that Yoga sends to a client that accepts this; undefined where it takes more to find out. */
function mediaTypeFor(accept = '*/*'): string | undefined {
  if (accept.includes(';')) return undefined
  for (const range of accept
    .toLowerCase()
    .split(',')
    .map((part) => part.trim())) {
    if (range === '*/*' || range === 'application/*' || range === 'application/json')
      return 'application/json'
    if (range === 'application/graphql-response+json') return range
  }
  return undefined
}

function askedByGet({ url = '', headers }: IncomingMessage): Asked | undefined {
  if (headers['if-none-match'] !== undefined) return undefined
  try {
    return plain(parametersOf(url))
  } catch {
    return undefined
  }
}

/** Reads the body, which stays with the request for Yoga. */
async function askedByPost(request: IncomingMessage & { body?: Buffer }): Promise<Asked | undefined> {
  const { headers } = request
  if (!Number(headers['content-length']) || headers['content-encoding'] !== undefined) return undefined
  if (!/^application\/json(;\s*charset=utf-8)?$/i.test(headers['content-type'] ?? '')) return undefined
  const body = await readAll(request)
  request.body = body
  try {
    return plain(JSON.parse(textOf(body) ?? ''))
  } catch {
    return undefined
  }
}

function readAll(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    request.on('error', () => reject(endedEarly()))
    request.on('close', () => reject(endedEarly()))
  })
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
