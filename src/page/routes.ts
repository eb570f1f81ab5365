import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GraphQLError } from 'graphql'
import { statusOf } from '../../schema/core/error-codes.ts'
import type { ViewerOf } from '../auth.ts'
import type { Config } from '../config.ts'
import type { ExecuteInProcess } from '../graphql/in-process.ts'
import { publicAddress } from '../http/public-address.ts'
import { pathOf } from '../http/request.ts'
import { setRefusalHeaders } from '../http/respond.ts'
import type { Route } from '../http/route.ts'
import { sendDocument } from '../http/send-document.ts'
import { readSender } from '../http/sender.ts'
import { assetRoute } from './assets.ts'
import { readEditionPage, readNewestPage } from './edition-page.ts'
import { errorPage } from './error-page.ts'
import { layout } from './layout.ts'
import { Links } from './links.ts'
import { badAddress } from './page-errors.ts'
import type { ReadPage } from './page-query.ts'

export interface PageRoutesOptions {
  readonly execute: ExecuteInProcess
  readonly http: Config['http']
  readonly viewerOf: ViewerOf
}

/** The pages by their paths, as the HTTP server has them: with a slash at the end, all paths below. */
const pages: Readonly<Record<string, ReadPage>> = {
  '/': readNewestPage,
  '/editions/': readEditionPage,
}

const mediaType = 'text/html; charset=utf-8'

/** The browser itself then refuses whatever is not of this server. */
export const contentSecurityPolicy = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'"],
  ...["form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"],
].join('; ')

/** The pages for readers, and what they load. */
export function createPageRoutes(options: PageRoutesOptions): Map<string, Route> {
  const { execute, http, viewerOf } = options
  const senderOf = readSender(viewerOf, http)
  const addressOf = publicAddress(http)

  function pageRoute(folder: string, read: ReadPage): Route {
    return {
      methods: ['GET'],
      async answer(request, response) {
        const path = pathOf(request)
        const params = new URLSearchParams((request.url ?? '').slice(path.length + 1))
        const query = read({ name: decoded(path.slice(folder.length)), params })
        const sender = await senderOf(request, response)
        const data = await execute(query.document, query.variables, sender)
        const links = new Links(path)
        const page = layout(query.show(data, links), {
          ...{ links, publicUrl: addressOf(request) },
          graphiql: http.graphiql ? links.graphiql(query.document, query.variables) : undefined,
          searched: params.get('q') ?? '',
        })
        const isPrivate = request.headers.authorization !== undefined
        await send(request, response, 200, String(page), `${isPrivate ? 'private' : 'public'}, no-cache`)
      },
      refuse,
    }
  }

  function send(
    request: IncomingMessage,
    response: ServerResponse,
    status: number,
    text: string,
    cacheControl: string,
  ): Promise<void> {
    response.setHeader('content-security-policy', contentSecurityPolicy)
    const { compression } = http
    return sendDocument(request, response, { status, mediaType, text, cacheControl, compression })
  }

  function refuse(response: ServerResponse, error: GraphQLError): void {
    const { req: request } = response
    const links = new Links(pathOf(request))
    setRefusalHeaders(response, error)
    const page = layout(errorPage(error, links), { links, publicUrl: addressOf(request) })
    void send(request, response, statusOf(error.extensions.code), String(page), 'no-store')
  }

  const routes = Object.entries(pages).map(([path, read]) => [path, pageRoute(path, read)] as const)
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
