import { timingSafeEqual } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import { Registry } from '@prometheus-io/client'
import { ApiError } from '../../schema/core/errors.ts'
import { hashOfToken } from '../access-token.ts'
import { listen } from '../http/listen.ts'
import { pathOf } from '../http/request.ts'
import { refuse } from '../http/respond.ts'
import type { Route } from '../http/route.ts'

/**
 * `/metrics` in the text format of Prometheus; with a token, for those who send it as a bearer token.
 *
 * @param read resolves with the metrics in that format.
 */
export function metricsRoute(read: () => Promise<string>, token: string | undefined): Route {
  const expected = token === undefined ? undefined : Buffer.from(hashOfToken(token))
  return {
    methods: ['GET'],
    async answer({ headers }, response) {
      if (expected) {
        const [, given = ''] = /^bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? []
        if (!timingSafeEqual(Buffer.from(hashOfToken(given)), expected))
          throw new ApiError('UNAUTHENTICATED', 'Send the token of METRICS_TOKEN: `Authorization: Bearer …`.')
      }
      send(response, await read())
    },
  }
}

function send(response: ServerResponse, text: string): void {
  response
    .writeHead(200, {
      'content-type': Registry.PROMETHEUS_CONTENT_TYPE,
      'cache-control': 'no-store',
      'content-length': Buffer.byteLength(text),
    })
    .end(text)
}

/** A server of its own for the metrics, so that a firewall can keep it from the world. */
export async function serveMetrics(
  route: Route,
  place: { readonly host: string; readonly port: number },
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    try {
      if (pathOf(request) !== '/metrics')
        throw new ApiError('NOT_FOUND', 'Not found. The metrics are at /metrics.')
      if (request.method !== 'GET' && request.method !== 'HEAD')
        throw new ApiError('METHOD_NOT_ALLOWED', 'Use GET or HEAD.')
      await route.answer(request, response)
    } catch (error) {
      if (error instanceof ApiError) refuse(response, error)
      else response.destroy()
    }
  })
  const url = await listen(server, place, 'METRICS_PORT')
  return {
    url,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
