import { extractFromJson, extractFromXml } from '@extractus/feed-extractor'
import { parseFeed } from '@rowanmanning/feed-parser'
import * as fc from 'fast-check'
import { XmlDocument } from 'libxml2-wasm'
import { describe, expect, test } from 'vitest'
import { html } from '../../src/html.ts'
import { atomFeed } from '../../src/syndication/atom.ts'
import { type SyndicatedEntry, uuidUrn } from '../../src/syndication/entries.ts'
import type { SyndicatedFeed } from '../../src/syndication/feed-content.ts'
import { jsonFeed } from '../../src/syndication/json-feed.ts'
import { rssFeed } from '../../src/syndication/rss.ts'

const nasty = [
  'Attention < everything & "all" you\'re > ]]> <![CDATA[x]]>',
  '<img src=x onerror=alert(1)> <script>alert(2)</script>',
  '$x<y$ and $\\alpha \\&amp; \\beta$ &lt;EOS&gt; &#0; &bogus;',
  'العربية שלום \u202eevil\u202c 李明 🧪 e\u0301',
  `${'long '.repeat(2000)}end`,
  '-- <!-- not a comment --> <?php ?>',
]

const entry = (over: Partial<SyndicatedEntry> = {}): SyndicatedEntry => ({
  id: uuidUrn('one'),
  title: 'A Title',
  url: 'https://papers.test/papers/2606.00001?a=1&b=2',
  related: [{ title: 'arXiv', url: 'https://arxiv.org/abs/2606.00001' }],
  authors: ['Ada Lovelace', 'and 435 more'],
  publishedAt: '2026-06-01T10:00:00.000Z',
  updatedAt: '2026-06-02T10:00:00.000Z',
  content: html`<p>Text</p>`,
  tags: ['cs.LG'],
  ...over,
})
const feed = (entries: readonly SyndicatedEntry[]): SyndicatedFeed => ({
  ...{ id: uuidUrn('feed'), title: 'Papers & more', description: 'All < papers', entries },
  ...{ home: 'https://papers.test/', self: 'https://papers.test/feeds/latest?n=1&x="', next: undefined },
})

/** Throws for what libxml does not take for well-formed. */
function throughLibxml(xml: string, path: string, namespaces: Record<string, string> = {}): string[] {
  using document = XmlDocument.fromString(xml)
  return document.find(path, namespaces).map((node) => node.content)
}
const atom = { a: 'http://www.w3.org/2005/Atom' }

describe('titles that look like markup', () => {
  test.each(nasty)('%.40s', (title) => {
    const content = feed([entry({ title, content: html`<p>${title}</p>` })])
    expect(throughLibxml(atomFeed(content), '//a:entry/a:title', atom)).toEqual([title])
    const asHtml = String(html`${title}`)
    expect(throughLibxml(rssFeed(content), '//item/title')).toEqual([asHtml])
    expect(throughLibxml(rssFeed(content), '//item/description')).toEqual([`<p>${asHtml}</p>`])
    expect(JSON.parse(jsonFeed(content)).items[0]).toMatchObject({ title, content_html: `<p>${asHtml}</p>` })
  })
})

test('Whatever a text holds, each format is well-formed and keeps all that XML has', () => {
  const allowed = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (title) => {
      const given = `${title}\0\b\u{fffe}\u{d800}x`
      const content = feed([entry({ title: given, authors: [given], tags: [given] })])
      const kept = given.replace(allowed, '')
      // XML reads each end of a line as a line feed.
      const read = kept.replaceAll(/\r\n?/g, '\n')
      expect(throughLibxml(atomFeed(content), '//a:entry/a:author/a:name', atom)).toEqual([read])
      expect(throughLibxml(rssFeed(content), '//item/guid')).toEqual([uuidUrn('one')])
      expect(JSON.parse(jsonFeed(content)).items[0].title).toBe(kept)
    }),
    { numRuns: 300 },
  )
})

describe.each([
  ['Atom', atomFeed],
  ['RSS', rssFeed],
])('%s is read by the parsers of feed readers', (name, write) => {
  const content = feed([entry({ title: 'Sparse $x<y$' }), entry({ id: uuidUrn('two') })])

  test('as entries with ids, times, authors and links', () => {
    const read = parseFeed(write(content))
    expect(read.meta.type).toBe(name.toLowerCase())
    expect(read.items.map(({ id }) => id)).toEqual([uuidUrn('one'), uuidUrn('two')])
    const [first] = read.items
    expect(first?.url).toBe('https://papers.test/papers/2606.00001?a=1&b=2')
    expect(first?.published?.toISOString()).toBe('2026-06-01T10:00:00.000Z')
    expect(first?.authors.map(({ name: author }) => author)).toEqual(['Ada Lovelace', 'and 435 more'])
    expect(first?.content ?? first?.description).toContain('Text')
  })

  test('by another one as well, and without entries', () => {
    const read = extractFromXml(write(content), { useISODateFormat: true })
    expect(read.entries?.map(({ title }) => title)).toHaveLength(2)
    expect(parseFeed(write(feed([]))).items).toEqual([])
    expect(throughLibxml(write(feed([])), '/*')).toHaveLength(1)
  })
})

test('a JSON Feed is read by a parser of feed readers, and has what version 1.1 requires', () => {
  const content = feed(nasty.map((title, index) => entry({ id: uuidUrn(`${index}`), title })))
  const text = jsonFeed({ ...content, next: 'https://papers.test/feeds/latest.json?page=x' })
  const read = extractFromJson(text, { useISODateFormat: true, descriptionMaxLen: 0 })
  expect(read).toMatchObject({ title: 'Papers & more', link: 'https://papers.test/', language: 'en' })
  expect(read.entries?.map(({ id, title, published }) => [id, title, published])).toEqual(
    nasty.map((title, index) => [uuidUrn(`${index}`), title, '2026-06-01T10:00:00.000Z']),
  )
  const { version, title, feed_url, next_url, authors, items } = JSON.parse(text)
  expect([version, title]).toEqual(['https://jsonfeed.org/version/1.1', 'Papers & more'])
  expect([feed_url, next_url].every((url) => URL.canParse(url))).toBe(true)
  expect(authors).toEqual([{ name: expect.any(String) }])
  for (const item of items) {
    // Each item has an id and a content; instants are of RFC 3339; what is unknown is left out, not null.
    expect(item).toMatchObject({ id: expect.stringMatching(/^urn:uuid:/), content_html: expect.any(String) })
    expect(item.date_modified).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    expect(Object.values(item)).not.toContain(null)
  }
  expect(extractFromJson(jsonFeed(feed([]))).entries).toEqual([])
})

test('an id is a UUID of version 5, the same for equal names', () => {
  expect(uuidUrn('a')).toMatch(/^urn:uuid:[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  expect(uuidUrn('a')).toBe(uuidUrn('a'))
  expect(uuidUrn('a')).not.toBe(uuidUrn('b'))
})
