import type { ServerResponse } from 'node:http'
import type { Viewer } from '../../schema/core/context.ts'
import type { ViewerOf } from '../auth.ts'
import { sendKept } from '../cache/kept-response.ts'
import type { ResponseCache } from '../cache/response-cache.ts'
import { type ClientPoints, clientIdHeader, payerOf } from '../client-points.ts'
import type { Config } from '../config.ts'
import { leastUsed } from './bounded-execution.ts'
import { keyOf, mediaTypeFor, type PostedRequest, postedText } from './plain-question.ts'
import { varyOf } from './responses/answer-headers.ts'

export interface KeptRequestOptions {
  readonly cache: ResponseCache
  readonly viewerOf: ViewerOf
  readonly points: ClientPoints
  readonly addressOf: (request: PostedRequest) => string
  readonly http: Pick<Config['http'], 'compression' | 'corsOrigins'>
}

/**
 * Answers a request from what is kept. Where nothing is, and for requests out of the ordinary, undefined or false:
 * nothing has been sent then. `observe` is called before something is sent.
 *
 * @param headers names and values in turn, of this response
 */
export type AnswerKept = (
  request: PostedRequest,
  response: ServerResponse,
  headers: readonly string[],
  observe: (request: PostedRequest, response: ServerResponse) => void,
) => Promise<boolean> | undefined

/** Bytes of a longer question are not looked at twice. */
const longestQuestion = 16_384

/** The shortest way: it does for a kept response what the whole way does for each, and nothing else. */
export function createKeptRequests(options: KeptRequestOptions): AnswerKept {
  const { cache, viewerOf, points, addressOf, http } = options
  const { compression } = http
  const vary = varyOf({ compression, varyByOrigin: http.corsOrigins.length > 0 }).join(', ')

  return (request, response, headers, observe) => {
    const mediaType = takes(request)
    const viewer = mediaType && viewerOf(request.headers.authorization)
    return viewer && !(viewer instanceof Promise) ? answer(mediaType, viewer) : undefined

    async function answer(type: string, sender: Viewer): Promise<boolean> {
      const { method = '', url } = request
      const question = method === 'GET' ? url : await postedText(request)
      const finding = question && cache.find(keyOf(sender, type, method, question))
      const kept = finding ? await finding : undefined
      const client = payerOf(sender, addressOf(request), request.headers[clientIdHeader])
      if (!kept || points.take(client, leastUsed)) return false
      observe(request, response)
      const own = [...headers, ...Object.entries(points.headers(client)).flat()]
      await sendKept(request, response, kept, { compression, vary, headers: own })
      return true
    }
  }
}

/** The media type of the answer to a request that may be answered here. */
function takes({ method, url, headers }: PostedRequest): string | undefined {
  const isOurs = method === 'POST' ? url === '/graphql' : method === 'GET' && url?.startsWith('/graphql?')
  if (!isOurs || headers.origin !== undefined || headers['x-cost'] !== undefined) return undefined
  if (Number(headers['content-length'] ?? 0) > longestQuestion) return undefined
  return headers.accept?.includes('html') ? undefined : mediaTypeFor(headers.accept)
}
