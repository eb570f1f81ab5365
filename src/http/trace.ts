/**
 * The trace that a `traceparent` header (W3C Trace Context) makes a request part of: 32 hexadecimal digits, under
 * which a gateway in front logs the same request. Undefined for a header that is absent or not of that form.
 */
export function traceIdOf(traceparent: string | string[] | undefined): string | undefined {
  if (typeof traceparent !== 'string') return undefined
  const [, version, traceId] =
    /^([\da-f]{2})-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}(?:-.*)?$/.exec(traceparent) ?? []
  return version !== 'ff' && traceId !== undefined && !/^0+$/.test(traceId) ? traceId : undefined
}
