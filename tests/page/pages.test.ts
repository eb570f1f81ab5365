import { beforeAll, describe, expect, test } from 'vitest'
import { recordPapers } from '../../db/writer/index.ts'
import { plainDay } from '../../src/page/dates.ts'
import { post, startTestApp, useTestApp } from '../support/app.ts'
import { plantLibrary } from '../support/library.ts'
import { elements, everyPage, readPage, textOf } from '../support/page.ts'
import { plant } from '../support/papers.ts'

const app = useTestApp()
beforeAll(() => plantLibrary(app.db))

const read = (target: string, headers?: Record<string, string>) => readPage(app, target, headers)
const titles = (html: string) =>
  elements(html, 'h2')
    .filter(({ attribs }) => attribs.class === 'title')
    .map(textOf)

describe('each page', () => {
  test.each(everyPage)('%s is whole without scripts, and its links lead somewhere', async (target) => {
    const { status, headers, text } = await read(target)
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(elements(text, 'h1')).toHaveLength(1)
    const ids = elements(text, 'main').concat(elements(text, 'header'), elements(text, 'footer'))
    expect(ids.length).toBeGreaterThanOrEqual(3)
    const here = new URL(target, app.url)
    const links = elements(text, 'a').map(({ attribs }) => new URL(attribs.href ?? '', here))
    const own = new Set(links.filter(({ host }) => host === here.host).map(String))
    for (const link of own) {
      const { pathname, search } = new URL(link)
      if (pathname === '/graphql') continue
      expect([link, (await read(pathname + search)).status]).toEqual([link, 200])
    }
  })

  test.each(everyPage)('%s leads to feeds that exist', async (target) => {
    const { text } = await read(target)
    const feeds = elements(text, 'link').filter(({ attribs }) => attribs.rel === 'alternate')
    expect(feeds.length).toBeGreaterThanOrEqual(3)
    for (const { attribs } of feeds) {
      const { pathname, search } = new URL(attribs.href ?? '', new URL(target, app.url))
      const feed = await read(pathname + search)
      expect([pathname + search, feed.status]).toEqual([pathname + search, 200])
      expect(feed.headers['content-type']).toContain(attribs.type)
    }
  })

  test.each(everyPage)('%s is made of the query that it shows', async (target) => {
    const { text } = await read(target)
    const [link] = elements(text, 'a').filter((each) => textOf(each) === 'The query behind this page')
    const params = new URL(link?.attribs.href ?? '', new URL(target, app.url)).searchParams
    const answer = await post(app, { query: params.get('query') })
    const { data, errors } = (await answer.json()) as { data: object; errors?: unknown }
    expect(errors).toBeUndefined()
    const found = [...JSON.stringify(data).matchAll(/"arxivId":"([^"]+)"/g)].map(([, id]) => id)
    const linked = elements(text, 'a').map(({ attribs }) => /papers\/([\d.]+)$/.exec(attribs.href ?? '')?.[1])
    for (const id of found) if (!target.includes(String(id))) expect(linked).toContain(id)
    expect(new Set(linked.filter(Boolean)).difference(new Set(found))).toEqual(new Set())
  })

  test.each(everyPage)('%s may load nothing from elsewhere and be framed by nobody', async (target) => {
    const { headers, text } = await read(target)
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    expect(text).not.toMatch(/\sstyle=|\son\w+=|javascript:/)
  })

  test('is sent once: the browser asks again by its tag, until something changes', async () => {
    const { headers } = await read('/')
    const again = await read('/', { 'if-none-match': headers.etag ?? '' })
    expect([again.status, again.text]).toEqual([304, ''])
    await plant(app.db, [{ arxivId: '2605.00006', title: 'On Nothing at All', upvotes: 7 }])
    expect((await read('/', { 'if-none-match': headers.etag ?? '' })).status).toBe(200)
  })

  test('works below the prefix of a proxy, and says its own address', async () => {
    await using proxied = await startTestApp({ settings: { TRUST_PROXY: '1' }, beside: app })
    const forwarded = {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'papers.example.org',
      'x-forwarded-prefix': '/daily',
    }
    const canonical = (html: string) =>
      elements(html, 'link').find(({ attribs }) => attribs.rel === 'canonical')?.attribs.href
    const { text } = await readPage(proxied, '/editions/2026-06-02', forwarded)
    expect(canonical(text)).toBe('https://papers.example.org/daily/editions/2026-06-02')
    expect(canonical((await read('/editions/2026-06-02', forwarded)).text)).toBe(
      `${app.url}/editions/2026-06-02`,
    )
    const absolute = [...elements(text, 'a'), ...elements(text, 'form'), ...elements(text, 'script')]
    const addresses = absolute.flatMap(({ attribs: { href, action, src } }) => href ?? action ?? src ?? [])
    expect(addresses.filter((address) => address.startsWith('/'))).toEqual([])
  })

  test('takes a PUBLIC_URL as its address', async () => {
    await using named = await startTestApp({ settings: { PUBLIC_URL: 'https://p.example/x/' }, beside: app })
    expect((await readPage(named, '/')).text).toContain('<link rel="canonical" href="https://p.example/x/">')
  })
})

describe('a page shows', () => {
  test('the newest edition at the bare address, most upvotes first', async () => {
    const { text } = await read('/')
    expect(textOf(elements(text, 'h1')[0] as never)).toBe('Monday 8 June 2026')
    expect(titles(text)).toEqual([
      'Decoding the KV Cache',
      'Routing in Mixtures of Experts',
      'On Nothing at All',
    ])
    expect((await read('/editions/2026-06-08')).text).toContain('2026-06-02')
  })

  test('formulas as MathML, and what is related in whole words', async () => {
    const { text } = await read('/papers/2605.00001')
    expect(textOf(elements(text, 'h1')[0] as never)).toBe('Sparse Attention for 𝒪(n) Decoding')
    expect(elements(text, 'math').length).toBeGreaterThan(0)
    const related = elements(text, 'ul').find(({ attribs }) => attribs.class === 'related')
    expect(related && textOf(related)).toContain('Routing in Mixtures of Experts')
    expect(related && textOf(related)).toMatch(/[Bb]oth mention sparse\b/)
    expect(related && textOf(related)).not.toMatch(/\bspars\b/)
  })

  test('versions, upvotes over time, citations and links of a paper', async () => {
    const { text } = await read('/papers/2605.00001')
    expect(text).toContain('Until 3 June 2026: another title')
    expect(text).toContain('aria-label="Upvotes from 14 on 1 June 2026 to 42 on 3 June 2026"')
    expect(elements(text, 'pre').map((each) => textOf(each).trim().slice(0, 5))).toEqual(
      ['@misc', 'TY  -', '[{"id'].map((start) =>
        expect.stringMatching(start.slice(0, 2).replace('[', '\\[')),
      ),
    )
    expect(elements(text, 'a').map(textOf)).toEqual(
      expect.arrayContaining(['PDF', 'arXiv', 'Hugging Face', 'Discussion', 'Code, 1,200 stars']),
    )
  })

  test('linked models and comments, as text', async () => {
    await plant(app.db, [{ arxivId: '2605.90001', title: 'Discussed' }])
    const list = [1, 2, 3, 4, 5, 6].map((number) => ({
      ...{
        name: `org/m${number}`,
        likes: null,
        downloads: null,
        task: null,
        description: null,
        updatedAt: null,
      },
    }))
    await recordPapers(app.db, {
      source: 'huggingface',
      records: [],
      details: [
        {
          ...{ arxivId: '2605.90001', readAt: '2026-06-05T00:00:00.000Z', models: { count: 72, list } },
          comments: [
            {
              ...{
                id: 'c1',
                author: { name: 'ada' },
                text: '<b>Nice</b>\n\nreally',
                edited: false,
                reactions: 0,
              },
              createdAt: '2026-06-04T10:00:00.000Z',
            },
          ],
        },
      ],
    })
    const { text } = await read('/papers/2605.90001')
    const links = elements(text, 'a')
    expect(links.find((link) => textOf(link) === 'org/m5')?.attribs.href).toBe(
      'https://huggingface.co/org/m5',
    )
    expect(links.map(textOf)).toContain('All 72')
    expect(links.map(textOf)).not.toContain('org/m6')
    expect(text).toContain('&lt;b&gt;Nice&lt;/b&gt;\n\nreally')
  })

  test('a paper without an arXiv id at its global id', async () => {
    await plant(app.db, [{ arxivId: undefined, title: 'Printed Elsewhere' }])
    const { text } = await read('/search?q=printed+elsewhere')
    const [link] = elements(text, 'h2')
      .filter(({ attribs }) => attribs.class === 'title')
      .flatMap(({ children }) => children) as { attribs: { href: string } }[]
    const target = new URL(link?.attribs.href ?? '', app.url)
    expect(decodeURIComponent(target.pathname)).toMatch(/^\/papers\/UGFwZXI6/)
    expect((await read(target.pathname)).text).toContain('Printed Elsewhere')
  })

  test('what a search repaired or added, and facets that narrow it', async () => {
    expect((await read('/search?q=difusion')).text).toContain('<bdi>diffusion</bdi>')
    expect((await read('/search?q=the')).text).toContain('only very common words')
    const { text } = await read('/search?q=sparse')
    const facet = elements(text, 'a').find(({ attribs }) =>
      attribs.href?.includes('organization=deepseek-ai'),
    )
    const narrowed = await read(new URL(facet?.attribs.href ?? '', app.url).href.slice(app.url.length))
    expect(titles(narrowed.text)).toEqual(['Sparse Attention for 𝒪(n) Decoding'])
    expect(narrowed.text).toContain('remove')
  })
})

test('what a page loads has its hash in the address and is kept for ever', async () => {
  const { text } = await read('/editions/2026-06-02')
  const paths = [...text.matchAll(/(?:href|src)="\.\.\/(assets\/[^"]+)"/g)].map(([, path = '']) => path)
  expect(paths).toHaveLength(3)
  for (const path of paths) {
    const { status, headers } = await read(`/${path}`, { 'accept-encoding': 'br' })
    expect([status, headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable'])
  }
})

test('what trends says of which days it is', async () => {
  await using quiet = await startTestApp()
  const publishedAt = new Date(Date.now() - 40 * 86_400_000).toISOString()
  await plant(quiet.db, [{ arxivId: '2607.00007', publishedAt, observedAt: publishedAt, upvotes: 7 }])
  expect((await readPage(quiet, '/trending')).text).toContain(
    `Papers of the 14 days to ${plainDay(publishedAt)} by`,
  )
})

test('an empty server says so', async () => {
  await using empty = await startTestApp()
  expect((await readPage(empty, '/')).text).toContain('This server has no papers.')
  for (const target of ['/trending', '/search']) expect((await readPage(empty, target)).status).toBe(200)
  expect((await readPage(empty, '/editions')).status).toBe(404)
})

test('thumbnails are shown of the origins of the setting alone', async () => {
  await plant(app.db, [
    { arxivId: '2607.00008', listing: { date: '2026-07-01' }, thumbnailUrl: 'https://images.example/a.png' },
    { arxivId: '2607.00009', listing: { date: '2026-07-01' }, thumbnailUrl: 'https://other.example/b.png' },
  ])
  await using shows = await startTestApp({
    settings: { THUMBNAIL_ORIGINS: 'https://images.example' },
    beside: app,
  })
  const { headers, text } = await readPage(shows, '/')
  expect(elements(text, 'img').map(({ attribs }) => attribs.src)).toEqual(['https://images.example/a.png'])
  expect(headers['content-security-policy']).toContain("img-src 'self' https://images.example;")
  expect(elements((await read('/')).text, 'img')).toEqual([])
})

test('PAGE=off serves no pages', async () => {
  await using off = await startTestApp({ settings: { PAGE: 'off' }, beside: app })
  expect((await readPage(off, '/')).headers['content-type']).toMatch(/^application\/json/)
  for (const target of ['/editions/2026-06-02', '/search'])
    expect((await readPage(off, target)).status).toBe(404)
})
