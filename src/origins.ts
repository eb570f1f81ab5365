import type { IncomingMessage } from 'node:http'

/**
 * Whether a page may ask, by the origin that its browser tells: `*` allows all. What has no origin is no page of
 * another site. `null`, which sandboxed frames and local files have, is an origin like any other.
 */
export function allowsOrigin(origins: readonly string[], origin: string | null | undefined): boolean {
  return origin == null || origins.includes('*') || origins.includes(origin)
}

/**
 * The setting of Yoga for it, per request. Left to itself, Yoga tells pages of other origins that `null` may read,
 * which is what every sandboxed frame is.
 */
export function corsFor(origins: readonly string[]) {
  const options = {
    methods: ['GET', 'POST', 'OPTIONS'],
    exposedHeaders: ['etag', 'x-request-id'],
    // Nothing here looks at cookies.
    credentials: false,
    maxAge: 86_400,
  }
  return (request: Request) => {
    const origin = request.headers.get('origin')
    return origin !== null && allowsOrigin(origins, origin) ? { ...options, origin: [origin] } : false
  }
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
