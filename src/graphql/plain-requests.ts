import { StatementScope } from '../../db/connection/statement-scope.ts'
import { clientIdHeader, payerOf } from '../client-points.ts'
import { bodyLimitOf } from './body.ts'
import {
  type Exchange,
  type OtherWays,
  PlainAnswer,
  type PlainRequestOptions,
  type Way,
} from './plain-answer.ts'
import { PlainDocuments } from './plain-documents.ts'
import { hasPlainBody, mediaTypeFor, readBytes } from './plain-question.ts'
import { varyOf } from './responses/answer-headers.ts'

/** Answers a request if it is plain, and goes on with it if that turns out not to be so. Returns false if it is not. */
export type AnswerPlain = (exchange: Exchange, others: OtherWays) => boolean

/**
 * The short way for what most clients send: one query or mutation as JSON or in the address, answered by one JSON text.
 * It spares the request and response objects of Yoga, which cost more than a small query, and uses everything else of
 * it: documents, limits, execution and masking, with all plugins. Whatever is out of the ordinary, faults among it, goes
 * on to Yoga before anything is executed, so that they have one behaviour. Promises are made only where something waits.
 */
export function createPlainRequests(options: PlainRequestOptions): AnswerPlain {
  const { http } = options
  const { compression } = http
  const way: Way = {
    ...options,
    documents: new PlainDocuments(options.engine, options.trusted),
    send: {
      compression,
      vary: varyOf({ compression, varyByOrigin: http.corsOrigins.length > 0 }).join(', '),
    },
  }

  function answer(exchange: Exchange, others: OtherWays, mediaType: string, body: Buffer | undefined): void {
    const { request, viewer, address, scope } = exchange
    const client = payerOf(viewer, address, request.headers[clientIdHeader])
    new StatementScope(client, { request: scope }).run(() => {
      try {
        new PlainAnswer(way, exchange, others, mediaType, body, client).begin()
      } catch (error) {
        others.fail(exchange, error)
      }
    })
  }

  return (exchange, others) => {
    const { request, viewer } = exchange
    const { method, url, headers } = request
    const isPosted = method === 'POST' && url === '/graphql'
    if (!isPosted && !(method === 'GET' && url?.startsWith('/graphql?'))) return false
    const mediaType = mediaTypeFor(headers.accept)
    if (mediaType === undefined || (!isPosted && headers.accept?.includes('html'))) return false
    if (!isPosted) answer(exchange, others, mediaType, undefined)
    else {
      if (!hasPlainBody(request) || Number(headers['content-length']) > bodyLimitOf(viewer, http))
        return false
      const onBody = (body: Buffer) => answer(exchange, others, mediaType, body)
      readBytes(request, onBody, (error) => others.fail(exchange, error))
    }
    return true
  }
}
