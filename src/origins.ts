import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Whether a page may ask, by the origin that its browser tells: `*` allows all. What has no origin is no page of
 * another site. `null`, which sandboxed frames and local files have, is an origin like any other.
 */
function allowsOrigin(origins: readonly string[], origin: string | null | undefined): boolean {
  return origin == null || origins.includes('*') || origins.includes(origin)
}

const none: readonly string[] = []
const exposed = 'etag, ratelimit, ratelimit-policy, retry-after, www-authenticate, x-request-id'

/**
 * The headers that let a page of an allowed origin read the response, names and values in turn. Without credentials, for
 * nothing here looks at cookies.
 */
export function corsHeaders(
  { headers: { origin } }: IncomingMessage,
  origins: readonly string[],
): readonly string[] {
  if (origin === undefined || origins.length === 0 || !allowsOrigin(origins, origin)) return none
  return ['access-control-allow-origin', origin, 'access-control-expose-headers', exposed]
}

/** Lets pages of the allowed origins read whatever the response will be: refusals of each kind as well. */
export function setCorsHeaders(
  request: IncomingMessage,
  response: ServerResponse,
  origins: readonly string[],
): void {
  if (origins.length === 0) return
  response.setHeader('vary', 'Origin')
  setHeaders(response, corsHeaders(request, origins))
}

/** @param headers names and values in turn */
export function setHeaders(response: ServerResponse, headers: readonly string[]): void {
  for (let at = 0; at < headers.length; at += 2) response.setHeader(headers[at] ?? '', headers[at + 1] ?? '')
}

/** Answers OPTIONS: what a browser asks before it lets a page send a request, or what a program asks of a path. */
export function answerOptions(request: IncomingMessage, response: ServerResponse, allow: string): void {
  response.setHeader('allow', allow)
  if (response.hasHeader('access-control-allow-origin')) {
    response.setHeader('access-control-allow-methods', 'GET, HEAD, POST, OPTIONS')
    const asked = request.headers['access-control-request-headers']
    if (asked !== undefined) response.setHeader('access-control-allow-headers', asked)
    response.setHeader('access-control-max-age', '86400')
    response.setHeader('vary', 'Origin, Access-Control-Request-Headers')
  }
  response.writeHead(204).end()
}

/**
 * Whether a WebSocket may be opened. Browsers ask no leave for one, so the server has to look. Pages of this host
 * always may, GraphiQL for one; a proxy may speak HTTPS for it, so the scheme does not count.
 */
export function mayConnect(
  origins: readonly string[],
  { headers: { origin, host } }: IncomingMessage,
): boolean {
  if (allowsOrigin(origins, origin)) return true
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host
}
