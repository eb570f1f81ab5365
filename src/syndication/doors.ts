import type { Config } from '../config.ts'
import { readPageParams } from '../http/page-params.ts'
import { publicAddress } from '../http/public-address.ts'
import { searchParamsOf } from '../http/request.ts'
import { sendJson } from '../http/respond.ts'
import type { Answer } from '../http/route.ts'
import { feedFormats } from './formats.ts'
import { mainFeeds } from './opml.ts'
import { filterParameters } from './parameters.ts'

/** Answers programs at the bare address. */
export function doorsAnswer(http: Config['http']): Answer {
  const addressOf = publicAddress(http)
  return (request, response) => {
    readPageParams(searchParamsOf(request), [])
    sendJson(response, 200, doorsOf(addressOf(request), http))
  }
}

/**
 * What the bare address answers to programs: every way into the server. What stands in braces is to be filled in
 * (RFC 6570).
 */
function doorsOf(base: string, { page, graphiql }: Pick<Config['http'], 'page' | 'graphiql'>): object {
  const at = (path: string) => `${base}${path}`
  const inFormats = (path: string, query = '') =>
    Object.fromEntries(Object.keys(feedFormats).map((ending) => [ending, at(`${path}.${ending}${query}`)]))
  return {
    name: 'daily-papers',
    description: 'Daily Papers as a live GraphQL API, an event stream, feeds and pages.',
    graphql: {
      url: at('/graphql'),
      subscriptions: at('/graphql').replace(/^http/, 'ws'),
      ...(graphiql && { playground: at('/graphql') }),
    },
    feed: { url: at('/feed{?after,kinds,filter,heartbeat}'), mediaType: 'text/event-stream' },
    feeds: {
      ...Object.fromEntries(mainFeeds.map(({ name }) => [name, inFormats(`/feeds/${name}`)])),
      edition: inFormats('/feeds/edition/{date}'),
      papers: inFormats(
        '/feeds/papers',
        `{?n,after,filter,${filterParameters.map((name) => `${name}*`).join(',')}}`,
      ),
      opml: at('/feeds.opml'),
    },
    ...(page && {
      pages: {
        newest: at('/'),
        edition: at('/editions/{date}'),
        trending: at('/trending'),
        paper: at('/papers/{arxivId}'),
        search: at('/search{?q}'),
        author: at('/authors/{name}'),
        organization: at('/organizations/{name}'),
        keyword: at('/keywords/{key}'),
      },
      sitemap: at('/sitemap.xml'),
    }),
    health: { live: at('/health'), ready: at('/ready') },
  }
}
