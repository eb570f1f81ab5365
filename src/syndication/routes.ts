import type { IncomingMessage } from 'node:http'
import type { Db } from '../../db/database.ts'
import type { Feed } from '../../db/feed/feed.ts'
import { refusalOf } from '../../schema/core/rights.ts'
import type { ViewerOf } from '../auth.ts'
import type { ResponseCache } from '../cache/response-cache.ts'
import type { ClientPoints } from '../client-points.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { ExecuteInProcess } from '../graphql/in-process.ts'
import { publicAddress } from '../http/public-address.ts'
import { pathOf, searchParamsOf } from '../http/request.ts'
import type { Answer, Route } from '../http/route.ts'
import { readSender } from '../http/sender.ts'
import { type FeedAddress, readFeedAddress } from './address.ts'
import { DocumentsSender, type MadeDocument } from './documents-sender.ts'
import { opml } from './opml.ts'
import { refuseUnknown } from './parameters.ts'
import { feedId, readFeed, trendingInstant } from './read-feed.ts'
import { robots } from './robots.ts'
import { readSitemapMonth, sitemapIndex, sitemapOfMonth } from './sitemap.ts'
import { titleOf } from './titles.ts'

export interface SyndicationOptions {
  readonly db: Db
  readonly feed: Feed
  readonly execute: ExecuteInProcess
  readonly cache: ResponseCache
  readonly points: ClientPoints
  readonly http: Config['http']
  readonly viewerOf: ViewerOf
  readonly clock: Clock
}

/** How long caches may show a feed without asking again. */
const maxAgeSeconds = 300

/** Feeds in three formats, the list of them, and what search engines look for. */
export function createSyndicationRoutes(options: SyndicationOptions): ReadonlyMap<string, Route> {
  const { db, feed, execute, cache, points, http, viewerOf, clock } = options
  const senderOf = readSender(viewerOf, http, points)
  const addressOf = publicAddress(http)
  const documents = new DocumentsSender({
    cache,
    newestEventMs: async () => (await feed.refresh()).recordedAtMs,
    compression: http.compression,
    maxAgeSeconds,
  })

  /** What is made of an address, for whoever may read. */
  type Make = (request: Asked, ask: Parameters<typeof readFeed>[1]) => Promise<MadeDocument>

  function route(read: (asked: Asked) => { readonly make: Make; readonly moment?: string }): Route {
    const answer: Answer = async (request, response) => {
      // Readers in other pages may show it: nothing here depends on cookies.
      response.setHeader('access-control-allow-origin', '*')
      response.setHeader('access-control-expose-headers', 'etag, last-modified, link, x-request-id')
      const asked = askedOf(request)
      const { make, moment = '' } = read(asked)
      const sender = await senderOf(request, response)
      const refusal = refusalOf(sender.viewer, 'read')
      if (refusal) throw refusal
      const key = [asked.base, asked.path, asked.params, moment].join(' ')
      await documents.send(request, response, key, () =>
        make(asked, (document, variables) => execute(document, variables, sender)),
      )
    }
    return { methods: ['GET'], answer }
  }

  function askedOf(request: IncomingMessage): Asked {
    return { base: addressOf(request), path: pathOf(request), params: searchParamsOf(request) }
  }

  async function makeFeed(
    address: FeedAddress,
    { base, path, params }: Asked,
    ask: Parameters<typeof readFeed>[1],
  ) {
    const { epoch } = feed
    const { title, description, page } = titleOf(address)
    const hasPages = http.page
    const { entries, nextPage } = await readFeed(address, ask, { epoch, base, hasPages })
    const self = `${base}${path}${params.size > 0 ? `?${params}` : ''}`
    const next = nextPage && `${base}${path}?${withParameter(params, 'page', nextPage)}`
    const { format } = address
    const links = [linkHeader(self, 'self'), ...(next ? [linkHeader(next, 'next')] : [])]
    const content = {
      id: feedId(address, epoch),
      title,
      description,
      home: `${base}/${page}`,
      self,
      next,
      entries,
    }
    return { mediaType: format.mediaType, text: format.write(content), headers: { link: links.join(', ') } }
  }

  const feeds = route(({ path, params }) => {
    const address = readFeedAddress(path, params)
    const moment = address.kind === 'trending' ? trendingInstant(clock.now()).toISOString() : ''
    return { moment, make: (asked, ask) => makeFeed(address, asked, ask) }
  })

  /** A document without parameters. */
  function plain(make: (asked: Asked) => MadeDocument | Promise<MadeDocument>): Route {
    return route(({ params }) => {
      refuseUnknown(params, [])
      return { make: async (asked) => make(asked) }
    })
  }

  return new Map<string, Route>([
    ['/feeds/', feeds],
    ['/feeds.opml', plain(({ base }) => opml(base))],
    ['/robots.txt', plain(({ base }) => robots(base, http.page))],
    ...(http.page
      ? ([
          ['/sitemap.xml', plain(({ base }) => sitemapIndex(db, base))],
          ['/sitemaps/', plain(({ base, path }) => sitemapOfMonth(db, base, readSitemapMonth(path)))],
        ] as const)
      : []),
  ])
}

interface Asked {
  readonly base: string
  readonly path: string
  readonly params: URLSearchParams
}

function withParameter(params: URLSearchParams, name: string, value: string): URLSearchParams {
  const changed = new URLSearchParams(params)
  changed.set(name, value)
  return changed
}

/** RFC 8288. */
function linkHeader(url: string, rel: string): string {
  return `<${url}>; rel="${rel}"`
}
