import { feedAuthor, type SyndicatedFeed } from './feed-content.ts'
import { sendable } from './xml.ts'

/** A feed as JSON Feed 1.1 (jsonfeed.org), where titles are plain text. */
export function jsonFeed({ title, description, home, self, next, entries }: SyndicatedFeed): string {
  return `${JSON.stringify(
    sendable({
      version: 'https://jsonfeed.org/version/1.1',
      title,
      description,
      home_page_url: home,
      feed_url: self,
      next_url: next,
      language: 'en',
      authors: [{ name: feedAuthor }],
      items: entries.map((entry) => ({
        id: entry.id,
        url: entry.url,
        external_url: entry.related.at(-1)?.url,
        title: entry.title,
        content_html: String(entry.content),
        date_published: entry.publishedAt,
        date_modified: entry.updatedAt,
        authors: entry.authors.length > 0 ? entry.authors.map((name) => ({ name })) : undefined,
        tags: entry.tags.length > 0 ? entry.tags : undefined,
      })),
    }),
  )}\n`
}
