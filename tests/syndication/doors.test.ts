import { XmlDocument } from 'libxml2-wasm'
import { beforeAll, describe, expect, test } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { exchange } from '../support/exchange.ts'
import { plantLibrary } from '../support/library.ts'
import { plant } from '../support/papers.ts'

const app = useTestApp()
const bare = useTestApp({ PAGE: 'off', GRAPHIQL: 'off' })
beforeAll(() => plantLibrary(app.db))

const get = (target: string, headers: Record<string, string> = {}, at = app) =>
  exchange(at, { target, headers })

/** Every address in an index, with what stands in braces filled in. */
function addressesIn(index: unknown): string[] {
  if (typeof index === 'string') return index.startsWith('http') ? [filledIn(index)] : []
  return typeof index === 'object' && index !== null ? Object.values(index).flatMap(addressesIn) : []
}

function filledIn(template: string): string {
  return template.replace('{date}', '2026-06-08').replace(/\{\?[^}]*\}/, '')
}

describe('the bare address', () => {
  test.each([{}, { accept: 'application/json' }, { accept: '*/*' }])(
    'tells programs all doors: %o',
    async (headers) => {
      const answer = await get('/', headers)
      expect([answer.status, answer.headers['content-type']]).toEqual([
        200,
        'application/json; charset=utf-8',
      ])
      const doors = JSON.parse(answer.text)
      expect(doors.graphql.url).toBe(`${app.url}/graphql`)
      expect(doors.feeds.latest.atom).toBe(`${app.url}/feeds/latest.atom`)
      const feeds = addressesIn(doors.feeds).filter((address) => !address.includes('{'))
      expect(feeds).toHaveLength(16)
      for (const address of [...feeds, doors.health.live, doors.health.ready, doors.sitemap])
        expect([address, (await get(address.slice(app.url.length))).status]).toEqual([address, 200])
    },
  )

  test('is that index for everybody where there are no pages, and names none', async () => {
    const answer = await get('/', { accept: 'text/html' }, bare)
    expect(answer.status).toBe(200)
    const doors = JSON.parse(answer.text)
    expect([doors.pages, doors.sitemap, doors.graphql.playground]).toEqual([undefined, undefined, undefined])
    expect((await get('/sitemap.xml', {}, bare)).status).toBe(404)
    expect((await get('/robots.txt', {}, bare)).text).toBe('User-agent: *\nDisallow: /\n')
  })
})

test('every page names feeds, that of its own edition first', async () => {
  const { text } = await get('/editions/2026-06-08', { accept: 'text/html' })
  const links = [...text.matchAll(/<link rel="alternate" type="([^"]+)" title="[^"]+" href="([^"]+)">/g)]
  expect(links.map(([, type]) => type)).toEqual(
    ['atom+xml', 'atom+xml', 'rss+xml', 'feed+json'].map((type) => `application/${type}`),
  )
  for (const [, type = '', path = ''] of links) {
    const { status, headers } = await get(new URL(path, `${app.url}/editions/2026-06-08`).pathname)
    expect([status, headers['content-type']]).toEqual([200, `${type}; charset=utf-8`])
  }
})

test.each([
  '/trending',
  '/search?q=sparse+%22kv+cache%22',
  '/authors/%C3%89mile%20Zola',
  '/organizations/deepseek-ai',
  '/keywords/kv%20cache',
])('the page %s names the feed of what it lists', async (target) => {
  const { status, text } = await get(target, { accept: 'text/html' })
  expect(status).toBe(200)
  const [, path = ''] =
    /<link rel="alternate" type="application\/atom\+xml" title="[^"]+" href="([^"]+)">/.exec(text) ?? []
  const { pathname, search } = new URL(path.replaceAll('&amp;', '&'), `${app.url}${target}`)
  expect(pathname).not.toBe('/feeds/latest.atom')
  expect((await get(pathname + search)).status).toBe(200)
  if (target === '/trending') return
  const [, digest = ''] = /<a href="([^"]+)">These papers by mail<\/a>/.exec(text) ?? []
  const form = await get(`/${digest.replaceAll('&amp;', '&').replace(/^[./]+/, '')}`, { accept: 'text/html' })
  expect([form.status, form.text]).toEqual([
    200,
    expect.stringMatching(/value="(sparse &quot;kv|\{&quot;(author|organization|keyword)s&quot;)/),
  ])
})

test('/feeds.opml lists the main feeds for import', async () => {
  const { headers, text } = await get('/feeds.opml')
  expect(headers['content-type']).toBe('text/x-opml; charset=utf-8')
  using document = XmlDocument.fromString(text)
  const urls = document.find('//outline[@type="rss"]/@xmlUrl').map(({ content }) => content)
  expect(urls).toEqual(['latest', 'editions', 'trending'].map((name) => `${app.url}/feeds/${name}.atom`))
})

test('/robots.txt leads crawlers to the sitemap and away from questions without end', async () => {
  const { headers, text } = await get('/robots.txt')
  expect(headers['content-type']).toBe('text/plain; charset=utf-8')
  expect(text.split('\n')).toEqual([
    'User-agent: *',
    ...['/graphql', '/feed$', '/feed?', '/search', '/feeds/papers.'].map((path) => `Disallow: ${path}`),
    '',
    `Sitemap: ${app.url}/sitemap.xml`,
    '',
  ])
})

test('/sitemap.xml lists a sitemap for each month, and that the pages of its editions and papers', async () => {
  const namespace = { s: 'http://www.sitemaps.org/schemas/sitemap/0.9' }
  const locations = async (target: string) => {
    const { headers, text } = await get(target)
    expect(headers['content-type']).toBe('application/xml; charset=utf-8')
    using document = XmlDocument.fromString(text)
    return document.find('//s:loc', namespace).map(({ content }) => content)
  }
  expect(await locations('/sitemap.xml')).toEqual(
    ['2026-06', '2026-05'].map((month) => `${app.url}/sitemaps/${month}.xml`),
  )
  const june = await locations('/sitemaps/2026-06.xml')
  expect(june.slice(0, 3)).toEqual(
    ['2026-06-08', '2026-06-02', '2026-06-01'].map((date) => `${app.url}/editions/${date}`),
  )
  expect(june).toContain(`${app.url}/papers/2605.00005`)
  await plant(app.db, [{ arxivId: undefined, title: 'No Id', publishedAt: '2026-07-01T00:00:00.000Z' }])
  const [only] = await locations('/sitemaps/2026-07.xml')
  expect(only).toMatch(/\/papers\/UGFwZXI6/)
  expect((await get('/sitemaps/1999-01.xml')).status).toBe(404)
})
