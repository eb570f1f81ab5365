import { atomFeed } from './atom.ts'
import type { SyndicatedFeed } from './feed-content.ts'
import { jsonFeed } from './json-feed.ts'
import { rssFeed } from './rss.ts'

export interface FeedFormat {
  readonly name: string
  /** Of the header `Content-Type`. */
  readonly mediaType: string
  readonly write: (feed: SyndicatedFeed) => string
}

/** By the ending of the address. */
export const feedFormats: Readonly<Record<string, FeedFormat>> = {
  atom: { name: 'Atom', mediaType: 'application/atom+xml; charset=utf-8', write: atomFeed },
  rss: { name: 'RSS', mediaType: 'application/rss+xml; charset=utf-8', write: rssFeed },
  json: { name: 'JSON Feed', mediaType: 'application/feed+json; charset=utf-8', write: jsonFeed },
}
