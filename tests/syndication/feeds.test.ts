import { parseFeed } from '@rowanmanning/feed-parser'
import { XmlDocument } from 'libxml2-wasm'
import { beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, useTestApp } from '../support/app.ts'
import { exchange } from '../support/exchange.ts'
import { plantLibrary } from '../support/library.ts'
import { arxivId, plant } from '../support/papers.ts'
import { anAuthor } from '../support/records.ts'

const app = useTestApp()
beforeAll(() => plantLibrary(app.db))

const get = (target: string, headers: Record<string, string> = {}) => exchange(app, { target, headers })

interface JsonItem {
  readonly id: string
  readonly url: string
  readonly title: string
  readonly content_html: string
  readonly date_published: string
  readonly date_modified: string
  readonly authors?: readonly { readonly name: string }[]
}
const json = async (target: string) =>
  JSON.parse((await get(target)).text) as {
    items: JsonItem[]
    next_url?: string
    feed_url: string
    title: string
  }
const titles = async (target: string) => (await json(target)).items.map(({ title }) => title)

test.each([
  ['atom', 'application/atom+xml; charset=utf-8'],
  ['rss', 'application/rss+xml; charset=utf-8'],
])('/feeds/latest.%s is a feed of the papers that editions list', async (ending, mediaType) => {
  const { status, headers, text } = await get(`/feeds/latest.${ending}`)
  expect([status, headers['content-type']]).toEqual([200, mediaType])
  expect(headers['access-control-allow-origin']).toBe('*')
  expect(headers['cache-control']).toBe('public, max-age=300')
  expect(headers.link).toBe(`<${app.url}/feeds/latest.${ending}>; rel="self"`)
  using _document = XmlDocument.fromString(text)
  const { items } = parseFeed(text)
  expect(items).toHaveLength(6)
  // The last to come onto an edition, though an old paper.
  expect(items[0]?.title).toBe('Routing in Mixtures of Experts')
})

test('a JSON Feed has the same entries with the same ids', async () => {
  const { headers, text } = await get('/feeds/latest.json')
  expect(headers['content-type']).toBe('application/feed+json; charset=utf-8')
  const { version, items } = JSON.parse(text)
  expect(version).toBe('https://jsonfeed.org/version/1.1')
  const atom = parseFeed((await get('/feeds/latest.atom')).text)
  expect(items.map(({ id }: JsonItem) => id)).toEqual(atom.items.map(({ id }) => id))
})

test('an entry says what a reader wants to know, and nothing that votes move', async () => {
  const [item] = (await json('/feeds/papers.json?text=decoding+linear')).items
  expect(item).toMatchObject({
    url: `${app.url}/papers/2605.00001`,
    external_url: 'https://arxiv.org/abs/2605.00001',
    title: 'Sparse Attention for $\\mathcal{O}(n)$ Decoding',
    authors: [{ name: 'Ada Lovelace' }, { name: 'Alan Turing' }, { name: 'Émile Zola' }],
  })
  expect(item?.content_html).toBe(
    '<p>Ada Lovelace, Alan Turing, Émile Zola</p><p>Attention is costly. We make it sparse &amp; keep the &lt;EOS&gt; token; decoding takes linear time.</p><p>DeepSeek · Published on 2026-05-31</p><p><a href="https://huggingface.co/papers/2605.00001">Hugging Face</a> · <a href="https://arxiv.org/abs/2605.00001">arXiv</a> · <a href="https://github.com/deepseek-ai/sparse">Code</a></p>',
  )
  const withdrawn = await json('/feeds/papers.json?withdrawn=true')
  expect(withdrawn.items[0]?.content_html).toMatch(/^<p><strong>Withdrawn by its authors on 2026-06-20\./)
})

test('any criterion of a PaperFilter, by its name or as JSON', async () => {
  const turing = ['A Survey of Sparse Training', 'Sparse Attention for $\\mathcal{O}(n)$ Decoding']
  expect(await titles('/feeds/papers.json?author=Alan+Turing')).toEqual(turing)
  expect(await titles('/feeds/papers.json?author=Alan+Turing&withdrawn=false')).toEqual(turing.slice(1))
  expect(await titles('/feeds/papers.json?author=Alan+Turing&author=Nobody')).toEqual(turing)
  expect(await titles('/feeds/papers.json?minUpvotes=80')).toEqual(['Diffusion Transformers at Scale'])
  const filter = encodeURIComponent(JSON.stringify({ keywords: ['KV cache'], hasCode: true, minUpvotes: 35 }))
  expect(await titles(`/feeds/papers.json?filter=${filter}`)).toEqual(turing.slice(1))
  expect(await titles('/feeds/papers.json?organization=hkust&editionFrom=2026-06-02')).toHaveLength(1)
  expect(await titles('/feeds/papers.json?text=zebra')).toEqual([])
})

test('one edition, and the editions one entry a day', async () => {
  expect(await titles('/feeds/edition/2026-06-02.json')).toEqual([
    'A Survey of Sparse Training',
    'Diffusion Transformers at Scale',
  ])
  const { items } = await json('/feeds/editions.json')
  expect(items.map(({ title }) => title)).toEqual(
    ['2026-06-08', '2026-06-02', '2026-06-01'].map((date) => `Daily Papers of ${date}`),
  )
  expect(items[0]).toMatchObject({ url: `${app.url}/editions/2026-06-08` })
  expect(items[0]?.content_html.match(/<li>/g)).toHaveLength(3)
  expect((await json('/feeds/editions.json?n=1')).next_url).toMatch(/\/feeds\/editions\.json\?n=1&page=/)
})

test('what trends, of the newest day if nothing is new, and a page goes on from the one before', async () => {
  await using quiet = await startTestApp()
  const publishedAt = new Date(Date.now() - 40 * 86_400_000).toISOString()
  for (const upvotes of [7, 9, 8])
    await plant(quiet.db, [{ arxivId: arxivId(upvotes), publishedAt, observedAt: publishedAt, upvotes }])
  const read = async (target: string) => {
    const { items, next_url = '' } = JSON.parse((await exchange(quiet, { target, headers: {} })).text)
    return { urls: items.map(({ url }: JsonItem) => url), next: next_url.slice(quiet.url.length) }
  }
  const ranked = [9, 8, 7].map((upvotes) => `${quiet.url}/papers/${arxivId(upvotes)}`)
  expect((await read('/feeds/trending.json')).urls).toEqual(ranked)
  const first = await read('/feeds/trending.json?n=2')
  expect([...first.urls, ...(await read(first.next)).urls]).toEqual(ranked)
})

test('pages follow each other by rel=next, in the body and in the header', async () => {
  const seen: string[] = []
  let target: string | undefined = '/feeds/papers.json?n=2&minUpvotes=0'
  for (let pages = 1; target !== undefined; pages++) {
    expect(pages).toBeLessThan(9)
    const { headers, text } = await get(target)
    const { items, next_url, feed_url } = JSON.parse(text)
    seen.push(...items.map(({ id }: JsonItem) => id))
    expect(headers.link).toBe(`<${feed_url}>; rel="self"${next_url ? `, <${next_url}>; rel="next"` : ''}`)
    target = next_url?.slice(app.url.length)
  }
  expect([seen.length, new Set(seen).size]).toEqual([6, 6])
})

describe('entries over time', () => {
  const page = '/feeds/papers.json?text=seashell'
  const item = async () => (await json(page)).items[0]

  test('an id survives a new title and an arXiv id that comes later; updated moves with the text alone', async () => {
    const day = { publishedAt: '2026-06-15T00:00:00.000Z' }
    await plant(app.db, [{ arxivId: undefined, title: 'Seashell', abstract: 'Of the sea.', ...day }])
    const before = await item()
    expect(before?.url).toMatch(/\/papers\/UGFwZXI6/)
    await plant(app.db, [
      { arxivId: arxivId(9), title: 'Seashell', abstract: 'Of the sea.', ...day, upvotes: 99 },
    ])
    const named = await item()
    expect(named).toMatchObject({ id: before?.id, date_modified: before?.date_modified })
    expect(named?.url).toBe(`${app.url}/papers/${arxivId(9)}`)
    await plant(app.db, [
      { arxivId: arxivId(9), title: 'Seashells!', observedAt: '2026-06-19T00:00:00.000Z', ...day },
    ])
    const retitled = await item()
    expect(retitled).toMatchObject({
      id: before?.id,
      title: 'Seashells!',
      date_published: before?.date_published,
    })
    expect(Date.parse(retitled?.date_modified ?? '')).toBeGreaterThan(Date.parse(before?.date_modified ?? ''))
  })

  test('a machine goes on after a cursor of the feed', async () => {
    const { cursor } = { cursor: app.feed.cursor(await app.feed.refresh()) }
    const after = `/feeds/papers.json?after=${cursor}`
    expect(await titles(after)).toEqual([])
    await plant(app.db, [{ arxivId: arxivId(20), title: 'New' }])
    expect(await titles(after)).toEqual(['New'])
    expect(await titles('/feeds/papers.json?after=NOW')).toEqual([])
  })

  test('of very many authors, ten are named', async () => {
    const authors = Array.from({ length: 445 }, (_, index) => anAuthor(`Author ${index + 1}`))
    await plant(app.db, [{ arxivId: arxivId(21), title: 'Large collaboration', authors }])
    const [first] = (await json('/feeds/papers.json?text=collaboration')).items
    expect(first?.authors).toHaveLength(11)
    expect(first?.authors?.at(-1)?.name).toBe('and 435 more')
  })
})

test('another address of the same database gives the same ids, and links to itself', async () => {
  await using other = await startTestApp({
    beside: app,
    settings: { PUBLIC_URL: 'https://papers.example.org/daily', PAGE: 'off' },
  })
  const read = async (url: string) =>
    JSON.parse((await exchange({ url }, { target: '/feeds/latest.json' })).text) as {
      items: JsonItem[]
      feed_url: string
    }
  const [here, there] = [await read(app.url), await read(other.url)]
  expect(there.items.map(({ id }) => id)).toEqual(here.items.map(({ id }) => id))
  expect(there.feed_url).toBe('https://papers.example.org/daily/feeds/latest.json')
  // Without pages of its own, entries lead to Hugging Face.
  expect(there.items[0]?.url).toBe('https://huggingface.co/papers/2605.00002')
})

test('an edition that is added to late comes first again, with the same id', async () => {
  const before = (await json('/feeds/editions.json')).items
  await plant(app.db, [{ arxivId: arxivId(30), title: 'Late', listing: { date: '2026-06-01' } }])
  const after = (await json('/feeds/editions.json')).items
  expect(after[0]).toMatchObject({ title: 'Daily Papers of 2026-06-01', id: before.at(-1)?.id })
  expect(after[0]?.content_html).toContain('Late')
  expect(after[0]?.date_published).toBe(before.at(-1)?.date_published)
  expect(Date.parse(after[0]?.date_modified ?? '')).toBeGreaterThan(
    Date.parse(before.at(-1)?.date_modified ?? ''),
  )
})
