import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { RequestScope } from '../log.ts'

/** What log lines and masked errors say of a request: its id, and the trace that a gateway in front began. */
export function scopeOf({ headers }: IncomingMessage): RequestScope {
  const traceId = traceIdOf(headers.traceparent)
  return { requestId: idOf(headers['x-request-id']), ...(traceId && { traceId }) }
}

/** The id that a proxy in front gave the request, or a new one. */
function idOf(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID()
}

/**
 * The trace that a `traceparent` header (W3C Trace Context) makes a request part of: 32 hexadecimal digits, under
 * which a gateway in front logs the same request. Undefined for a header that is absent or not of that form.
 */
function traceIdOf(traceparent: string | string[] | undefined): string | undefined {
  if (typeof traceparent !== 'string') return undefined
  const [, version, traceId] =
    /^([\da-f]{2})-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}(?:-.*)?$/.exec(traceparent) ?? []
  return version !== 'ff' && traceId !== undefined && !/^0+$/.test(traceId) ? traceId : undefined
}
