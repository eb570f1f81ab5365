import type { ExecutionArgs } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'
import type { Viewer } from '../../../schema/core/context.ts'
import { cacheControlFor, cacheControlOf, compressed, encodingFor, scoped, varyOf } from './answer-headers.ts'
import { type Freshness, freshnessOf } from './cache-hints.ts'
import { etagOf, type Given, names, questionOf } from './validators.ts'

export interface AnswerOptions {
  /** Seconds for which caches may show paper content without asking again; 0 makes them ask each time. */
  readonly cacheSeconds: number
  /** Whether bodies are compressed for clients that take it. */
  readonly compression: boolean
  /** Whether the origin of a page is part of what is sent; see `corsOrigins`. */
  readonly varyByOrigin: boolean
  /** The version of all that answers are made from; see db/version.ts. */
  readonly version: () => Promise<string>
}

/** What the HTTP server knows of a request. */
interface Transport {
  readonly viewer: Viewer
  readonly headOnly?: boolean
}

/** Answers of which the validators are kept. */
const rememberedAnswers = 5_000

interface Revalidation {
  readonly question: string
  readonly ifNoneMatch: string
  readonly version: string | undefined
}

/**
 * The HTTP side of answers: Cache-Control by what was asked, validators, 304 and compression. The ETag of a query
 * sent with GET names its body. A client that sends one back gets 304 before anything is executed if the database
 * has not changed since this server found the same, and otherwise after an execution that ends in the same body.
 */
export function finishAnswers(options: AnswerOptions): Plugin {
  const { cacheSeconds, compression, varyByOrigin, version } = options
  const validators = new LRUCache<string, Given>({ max: rememberedAnswers })
  const revalidations = new WeakMap<Request, Revalidation>()
  const kept = new WeakMap<Request, Freshness>()
  const vary = varyOf({ compression, varyByOrigin })

  return {
    async onRequest({ request, serverContext, endResponse, fetchAPI }) {
      const ifNoneMatch = request.headers.get('if-none-match')
      if (request.method !== 'GET' || ifNoneMatch === null) return
      const { sharingKey } = (serverContext as unknown as Transport).viewer
      const address = request.url.slice(request.url.indexOf('?') + 1)
      const question = questionOf(address, request.headers.get('accept') ?? '', sharingKey)
      // Before the execution: what is committed meanwhile makes the next comparison fail.
      const now = await version().catch(() => undefined)
      revalidations.set(request, { question, ifNoneMatch, version: now })
      const given = validators.get(question)
      if (given === undefined || given.version !== now || !names(ifNoneMatch, given.etag)) return
      const { etag, cacheControl } = given
      const headers = {
        etag,
        'cache-control': scoped(cacheControl, request.headers.has('authorization')),
        vary: vary.join(', '),
      }
      endResponse(new fetchAPI.Response(null, { status: 304, headers }))
    },

    onExecute({ args }) {
      const { request } = args.contextValue as { request?: Request }
      const { schema, document, operationName, variableValues } = args as ExecutionArgs
      if (!request) return
      const freshness = freshnessOf(schema, document, operationName, variableValues ?? {})
      if (freshness) kept.set(request, freshness)
    },

    onExecutionResult({ request, result }) {
      // What failed may go well the next time.
      if (!result || !('data' in result) || result.errors?.length) kept.delete(request)
    },

    async onResponse({ request, response, serverContext, setResponse, fetchAPI }) {
      const { headers } = response
      if (response.status === 304) return
      headers.set('vary', merged(headers.get('vary'), vary))
      const mediaType = headers.get('content-type') ?? ''
      if (!/^application\/(graphql-response\+)?json\b/.test(mediaType)) {
        // What comes in parts or as events: a proxy that compresses or buffers would hold it back.
        headers.set('cache-control', 'no-store, no-transform')
        headers.set('x-accel-buffering', 'no')
        // Yoga's encoding `none` is no encoding, and whether the connection is kept is not for it to say.
        headers.delete('content-encoding')
        headers.delete('connection')
        if (!(serverContext as unknown as Transport).headOnly) return
        await close(response.body)
        const { status, statusText } = response
        return setResponse(new fetchAPI.Response(null, { status, statusText, headers }))
      }
      const freshness = kept.get(request)
      headers.set(
        'cache-control',
        cacheControlOf(freshness, cacheSeconds, request.headers.has('authorization')),
      )
      const revalidation = revalidations.get(request)
      const isCacheable = freshness !== undefined && request.method === 'GET'
      const encoding = compression ? encodingFor(request.headers.get('accept-encoding')) : undefined
      if (!isCacheable && !encoding) return

      const body = Buffer.from(await response.text())
      if (isCacheable) {
        const etag = etagOf(mediaType, body)
        headers.set('etag', etag)
        if (revalidation?.version !== undefined && !freshness.clocked) {
          validators.set(revalidation.question, {
            ...{ etag, version: revalidation.version },
            cacheControl: cacheControlFor(freshness, cacheSeconds),
          })
        }
        if (revalidation && names(revalidation.ifNoneMatch, etag)) {
          headers.delete('content-type')
          headers.delete('content-length')
          return setResponse(new fetchAPI.Response(null, { status: 304, headers }))
        }
      }
      const { status, statusText } = response
      const packed = encoding && (await compressed(body, encoding))
      const sent = packed ?? body
      if (packed) headers.set('content-encoding', encoding)
      headers.set('content-length', String(sent.length))
      setResponse(new fetchAPI.Response(sent, { status, statusText, headers }))
    },
  }
}

/** Ends a stream, and the subscription behind it, which Yoga opens at the first read. */
async function close(stream: ReadableStream | null): Promise<void> {
  const reader = stream?.getReader()
  await reader?.read()
  await reader?.cancel()
}

function merged(vary: string | null, more: readonly string[]): string {
  const names = new Map(more.map((name) => [name.toLowerCase(), name]))
  for (const name of vary?.split(/\s*,\s*/) ?? []) {
    if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name)
  }
  return [...names.values()].join(', ')
}
