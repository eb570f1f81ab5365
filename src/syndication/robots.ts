import type { MadeDocument } from './documents-sender.ts'

/** What crawlers may read (RFC 9309): the pages. Questions without end and streams are not for them. */
export function robots(base: string, hasPages: boolean): MadeDocument {
  const path = new URL(base).pathname.replace(/\/$/, '')
  const closed = ['/graphql', '/feed$', '/feed?', '/search', '/feeds/papers.']
  const lines = hasPages
    ? [...closed.map((closedPath) => `Disallow: ${path}${closedPath}`), '', `Sitemap: ${base}/sitemap.xml`]
    : ['Disallow: /']
  return { mediaType: 'text/plain; charset=utf-8', text: ['User-agent: *', ...lines, ''].join('\n') }
}
