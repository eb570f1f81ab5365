import { html } from '../html.ts'
import type { SyndicatedEntry } from './entries.ts'
import { changedAt, type SyndicatedFeed } from './feed-content.ts'
import { xmlDocument } from './xml.ts'

/** Minutes after which a reader may ask again. */
const ttlMinutes = 15

/**
 * A feed as RSS 2.0. Readers show titles as HTML, so they are escaped for HTML first and for XML then. `author` of RSS
 * wants an e-mail address: names are in `dc:creator`.
 */
export function rssFeed(feed: SyndicatedFeed): string {
  const { title, description, home, self, next, entries } = feed
  return xmlDocument({
    rss: {
      '@version': '2.0',
      '@xmlns:atom': 'http://www.w3.org/2005/Atom',
      '@xmlns:dc': 'http://purl.org/dc/elements/1.1/',
      channel: {
        title: asHtml(title),
        link: home,
        description: asHtml(description),
        language: 'en',
        lastBuildDate: new Date(changedAt(feed)).toUTCString(),
        ttl: String(ttlMinutes),
        'atom:link': [
          { '@rel': 'self', '@type': 'application/rss+xml', '@href': self },
          ...(next === undefined ? [] : [{ '@rel': 'next', '@type': 'application/rss+xml', '@href': next }]),
        ],
        item: entries.map(rssItem),
      },
    },
  })
}

function rssItem(entry: SyndicatedEntry) {
  return {
    title: asHtml(entry.title),
    link: entry.url,
    guid: { '@isPermaLink': 'false', '#text': entry.id },
    pubDate: new Date(entry.publishedAt).toUTCString(),
    'atom:updated': entry.updatedAt,
    'dc:creator': [...entry.authors],
    category: [...entry.tags],
    description: String(entry.content),
  }
}

function asHtml(text: string): string {
  return String(html`${text}`)
}
