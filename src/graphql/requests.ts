import { MIMEType } from 'node:util'
import { type DocumentNode, getOperationAST, Kind } from 'graphql'
import type { GraphQLParams, Plugin, YogaInitialContext } from 'graphql-yoga'
import type { Context } from '../../schema/core/context.ts'
import { type ApiError, httpError } from '../../schema/core/errors.ts'
import { type BodyLimits, bodyLimitOf, readBody } from './body.ts'

/** Reads GraphQL requests from addresses and bodies, in the place of Yoga's parsers. */
export function readRequests(limits: BodyLimits): Plugin {
  return {
    onRequestParse({ request, serverContext, setRequestParser }) {
      if (request.method === 'GET') setRequestParser(({ url }) => parametersOf(url))
      else {
        const { viewer } = serverContext as unknown as Pick<Context, 'viewer'>
        setRequestParser((posted) => readPost(posted, bodyLimitOf(viewer, limits)))
      }
    },
    onParse: () => refuseForgeableMutation,
    onParams({ params, setParams }) {
      // No operation has the empty name. Clients that always send the field mean none.
      if (params?.operationName !== '') return
      const { operationName: _, ...others } = params
      setParams(others)
    },
  }
}

/**
 * Headers that a page of another site can send only if its browser has asked this server before (a preflight). The
 * first is Apollo's, the second that of Hot Chocolate.
 */
const preflightHeaders = ['apollo-require-preflight', 'graphql-preflight', 'x-requested-with']

/**
 * Refuses mutations in requests that a page of another site can have its visitors send without a preflight: with the
 * rights that a proxy adds to them, for example. Over WebSocket there is no request.
 */
function refuseForgeableMutation({ result, context }: AfterParse): void {
  const { request, params } = context as Partial<YogaInitialContext>
  if (!request || !isDocument(result)) return
  const isGet = request.method === 'GET'
  if (!isGet && (isJson(request) || preflightHeaders.some((name) => request.headers.has(name)))) return
  if (getOperationAST(result, params?.operationName)?.operation !== 'mutation') return
  if (isGet)
    throw httpError('METHOD_NOT_ALLOWED', 'GET executes no mutations. Send them with POST.', {
      Allow: 'POST',
    })
  throw httpError(
    'UNSUPPORTED_MEDIA_TYPE',
    'Send mutations as JSON, with the header Content-Type: application/json, or add the header Apollo-Require-Preflight: true.',
  )
}

function isJson({ headers }: Request): boolean {
  return mediaTypeOf(headers.get('content-type'))?.essence.endsWith('json') ?? false
}

type AfterParse = { readonly result: unknown; readonly context: object }

function isDocument(result: unknown): result is DocumentNode {
  return typeof result === 'object' && result !== null && 'kind' in result && result.kind === Kind.DOCUMENT
}

type Parse = (body: string) => GraphQLParams

async function readPost(request: Request, maxBytes: number): Promise<GraphQLParams> {
  const parse = parserFor(request.headers.get('content-type'))
  return parse(await readBody(request, maxBytes))
}

/** Throws ApiError for a body of another media type or charset. */
function parserFor(contentType: string | null): Parse {
  const type = mediaTypeOf(contentType)
  const parse = type && parsers.get(type.essence)
  if (!type || !parse) throw unsupportedMediaType()
  const charset = type.params.get('charset')
  if (charset !== null && !/^utf-?8$/i.test(charset)) throw unsupportedCharset(charset)
  return parse
}

const parsers: ReadonlyMap<string, Parse> = new Map<string, Parse>([
  ['application/json', readJson],
  ['application/graphql+json', readJson],
  ['application/graphql', (query) => ({ query })],
  ['application/x-www-form-urlencoded', readParameters],
])

/** The first one, if a client sends the header more than once. */
function mediaTypeOf(contentType: string | null): MIMEType | undefined {
  try {
    return new MIMEType(contentType?.split(',', 1)[0] ?? '')
  } catch {
    return undefined
  }
}

function readJson(body: string): GraphQLParams {
  const params = parseJson(
    body,
    'The body is not valid JSON. Send an object like {"query": "{ feedPosition }"}.',
  )
  if (typeof params === 'object' && params !== null) return params
  throw httpError(
    'BAD_REQUEST',
    'The body is not a JSON object. Send one like {"query": "{ feedPosition }"}.',
  )
}

/** The parameters in an address. Throws ApiError. */
export function parametersOf(url: string): GraphQLParams {
  return readParameters(queryOf(url))
}

/** Of an address or a form. */
function readParameters(text: string): GraphQLParams {
  requireUtf8(text)
  const parameters = new URLSearchParams(text)
  const texts = ['query', 'operationName', 'documentId'].map((name) => [name, parameters.get(name)])
  const objects = ['variables', 'extensions'].map((name) => {
    const value = parameters.get(name)?.replace(/^\uFEFF/, '')
    return [name, value && parseJson(value, 'variables and extensions must be JSON, percent-encoded.')]
  })
  return Object.fromEntries([...texts, ...objects].filter(([, value]) => value))
}

/** Throws ApiError for percent-encoded text that is not UTF-8. A `%` that encodes nothing counts as itself. */
export function requireUtf8(text: string): void {
  if (!/%[89a-f]/i.test(text)) return
  try {
    decodeURIComponent(text.replace(/%(?![\da-f]{2})/gi, '%25'))
  } catch {
    throw httpError(
      'BAD_REQUEST',
      'The percent-encoded text is not UTF-8. Encode the UTF-8 bytes of each character.',
    )
  }
}

function parseJson(text: string, fault: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // V8's message would quote the body.
    throw httpError('BAD_REQUEST', fault)
  }
}

function queryOf(url: string): string {
  const start = url.indexOf('?')
  return start === -1 ? '' : url.slice(start + 1)
}

function unsupportedMediaType(): ApiError {
  return httpError(
    'UNSUPPORTED_MEDIA_TYPE',
    'Send the body as JSON, with the header Content-Type: application/json.',
  )
}

function unsupportedCharset(charset: string): ApiError {
  return httpError(
    'UNSUPPORTED_MEDIA_TYPE',
    `The charset ${JSON.stringify(charset.slice(0, 40))} is not supported. Send the body in UTF-8, with the header Content-Type: application/json; charset=utf-8.`,
  )
}
