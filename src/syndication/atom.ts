import type { SyndicatedEntry } from './entries.ts'
import { changedAt, feedAuthor, type SyndicatedFeed } from './feed-content.ts'
import { xmlDocument } from './xml.ts'

/** A feed as Atom (RFC 4287), with the links of paged feeds (RFC 5005). */
export function atomFeed(feed: SyndicatedFeed): string {
  const { id, title, description, home, self, next, entries } = feed
  return xmlDocument({
    feed: {
      '@xmlns': 'http://www.w3.org/2005/Atom',
      '@xml:lang': 'en',
      id,
      title,
      subtitle: description,
      updated: changedAt(feed),
      author: { name: feedAuthor },
      link: [
        { '@rel': 'self', '@type': 'application/atom+xml', '@href': self },
        { '@rel': 'alternate', '@type': 'text/html', '@href': home },
        ...(next === undefined ? [] : [{ '@rel': 'next', '@type': 'application/atom+xml', '@href': next }]),
      ],
      entry: entries.map(atomEntry),
    },
  })
}

function atomEntry(entry: SyndicatedEntry) {
  return {
    id: entry.id,
    title: { '@type': 'text', '#text': entry.title },
    published: entry.publishedAt,
    updated: entry.updatedAt,
    author: entry.authors.map((name) => ({ name })),
    link: [
      { '@rel': 'alternate', '@type': 'text/html', '@href': entry.url },
      ...entry.related.map(({ title, url }) => ({ '@rel': 'related', '@title': title, '@href': url })),
    ],
    category: entry.tags.map((term) => ({ '@term': term })),
    content: { '@type': 'html', '#text': String(entry.content) },
  }
}
