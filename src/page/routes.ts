import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GraphQLError } from 'graphql'
import { statusOf } from '../../schema/core/error-codes.ts'
import type { ViewerOf } from '../auth.ts'
import { KeptResponse, sendKept } from '../cache/kept-response.ts'
import type { Made, ResponseCache } from '../cache/response-cache.ts'
import type { ClientPoints } from '../client-points.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { keptCost } from '../graphql/bounded-execution.ts'
import type { ExecuteInProcess } from '../graphql/in-process.ts'
import { varyOf } from '../graphql/responses/answer-headers.ts'
import { readPageParams } from '../http/page-params.ts'
import { publicAddress } from '../http/public-address.ts'
import { pathOf, searchParamsOf } from '../http/request.ts'
import { setRefusalHeaders } from '../http/respond.ts'
import type { Route } from '../http/route.ts'
import { readSender } from '../http/sender.ts'
import { assetRoute } from './assets.ts'
import { errorPage } from './error-page.ts'
import { filledDocument } from './filled-document.ts'
import { layout } from './layout.ts'
import { Links } from './links.ts'
import { badAddress } from './page-errors.ts'
import { type Page, pages } from './pages.ts'
import { contentSecurityPolicy } from './security-policy.ts'

export interface PageRoutesOptions {
  readonly execute: ExecuteInProcess
  readonly cache: ResponseCache
  readonly points: ClientPoints
  readonly http: Config['http']
  readonly viewerOf: ViewerOf
  readonly clock: Clock
  readonly mailsDigest: boolean
}

/** Milliseconds for which a page of the clock is kept. */
const clockedMs = 60_000

/** The pages for readers, and what they load, as the HTTP server has them. */
export function createPageRoutes(options: PageRoutesOptions): Map<string, Route> {
  const { execute, cache, points, http, viewerOf, clock, mailsDigest } = options
  const { compression, thumbnailOrigins } = http
  const senderOf = readSender(viewerOf, http, points)
  const addressOf = publicAddress(http)
  const vary = varyOf({ compression, varyByOrigin: http.corsOrigins.length > 0 }).join(', ')
  const headers = { 'content-security-policy': contentSecurityPolicy(thumbnailOrigins) }

  function pageRoute(folder: string, { read, params: known }: Page): Route {
    return {
      methods: ['GET'],
      async answer(request, response) {
        const path = pathOf(request)
        const params = readPageParams(searchParamsOf(request), known)
        const query = read({ name: decoded(path.slice(folder.length)), params })
        const sender = await senderOf(request, response)
        const publicUrl = addressOf(request)
        let isMade = false
        const make = async (): Promise<Made> => {
          isMade = true
          const data = await execute(query.document, query.variables, sender)
          const links = new Links(path, thumbnailOrigins)
          const page = layout(query.show(data, links), {
            ...{ links, publicUrl, mailsDigest, searched: params.get('q') ?? '' },
            graphiql: http.graphiql
              ? links.graphiql(filledDocument(query.document, query.variables))
              : undefined,
          })
          return { response: kept(200, String(page), 'no-cache'), isKept: true }
        }
        const { role, sharingKey } = sender.viewer
        const time = query.isClocked ? Math.floor(clock.now().getTime() / clockedMs) : ''
        const answer = await cache.respond(
          `page ${role} ${sharingKey} ${publicUrl} ${time} ${path}?${params}`,
          make,
        )
        const refusal = isMade ? undefined : points.take(sender.client, keptCost(answer.length))
        if (refusal) throw refusal
        await send(request, response, answer, points.headers(sender.client))
      },
      refuse,
    }
  }

  function kept(status: number, text: string, cacheControl: string | undefined): KeptResponse {
    const contentType = 'text/html; charset=utf-8'
    return new KeptResponse({ status, body: Buffer.from(text), contentType, cacheControl, headers })
  }

  function send(
    request: IncomingMessage,
    response: ServerResponse,
    answer: KeptResponse,
    own: readonly string[] = [],
  ): void | Promise<void> {
    return sendKept(request, response, answer, { compression, vary }, [...own])
  }

  function refuse(response: ServerResponse, error: GraphQLError): void {
    const { req: request } = response
    const links = new Links(pathOf(request))
    setRefusalHeaders(response, error)
    const page = layout(errorPage(error, links, pathOf(request)), { links, publicUrl: addressOf(request) })
    void send(request, response, kept(statusOf(error.extensions.code), String(page), undefined))
  }

  const routes = Object.entries(pages).map(([path, page]) => [path, pageRoute(path, page)] as const)
  return new Map([...routes, ['/assets/', assetRoute]])
}

/** The decoded text of a part of a path. Throws an ApiError for a `%` that encodes nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw badAddress('The address has a % that encodes no character. Check it, or search for the paper.')
  }
}
