import type { MadeDocument } from './documents-sender.ts'
import { xmlDocument } from './xml.ts'

/** The main feeds, as the doors of the server and its pages name them. */
export const mainFeeds = [
  { name: 'latest', title: 'Daily Papers', page: '' },
  { name: 'editions', title: 'Daily Papers: editions', page: '' },
  { name: 'trending', title: 'Trending papers', page: 'trending' },
] as const

/** The main feeds as a list that readers import at once (OPML 2.0), in the one format that all of them take. */
export function opml(base: string): MadeDocument {
  const text = xmlDocument({
    opml: {
      '@version': '2.0',
      head: { title: 'Daily Papers' },
      body: {
        outline: mainFeeds.map(({ name, title, page }) => ({
          '@type': 'rss',
          '@text': title,
          '@title': title,
          '@xmlUrl': `${base}/feeds/${name}.atom`,
          '@htmlUrl': `${base}/${page}`,
        })),
      },
    },
  })
  return { mediaType: 'text/x-opml; charset=utf-8', text }
}
