import type { ServerResponse } from 'node:http'
import type { GraphQLError } from 'graphql'
import { statusOf } from '../../schema/core/error-codes.ts'
import { formattedError, plainError } from '../client-errors.ts'

/** Of each response, names and values in turn. */
export const headersOfAll = ['x-content-type-options', 'nosniff', 'referrer-policy', 'no-referrer']

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'content-length': Buffer.byteLength(text),
    })
    .end(text)
}

/** Refuses a request, as `{"error": {"code": …, "message": …}}`. */
export function refuse(response: ServerResponse, error: GraphQLError): void {
  setRefusalHeaders(response, error)
  sendJson(response, statusOf(error.extensions.code), { error: plainError(error) })
}

/** Refuses a request to `/graphql` in the form of a GraphQL result. */
export function refuseGraphql(response: ServerResponse, error: GraphQLError): void {
  setRefusalHeaders(response, error)
  sendJson(response, statusOf(error.extensions.code), { errors: [formattedError(error)] })
}

/** What a refusal says in its headers, whatever the form of its body. */
export function setRefusalHeaders(response: ServerResponse, { extensions }: GraphQLError): void {
  const status = statusOf(extensions.code)
  // RFC 9110 (15.5.2) requires a challenge.
  if (status === 401) response.setHeader('www-authenticate', 'Bearer')
  if (status === 429 || status === 503) {
    const { retryAfterMs } = extensions
    const seconds = typeof retryAfterMs === 'number' ? Math.ceil(retryAfterMs / 1000) : 5
    response.setHeader('retry-after', String(seconds))
  }
}
