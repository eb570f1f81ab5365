import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openSavedPage, readSavedPage } from '../../src/ingest/sources/html-page.ts'
import { type PageOptions, readCapturedPage } from '../../src/ingest/sources/page.ts'
import * as converters from '../support/page-converters.ts'
import * as renditions from '../support/page-renditions.ts'

const words = fc.constantFrom(
  ...'Sparse attention for long-context LLMs with 3.5x fewer FLOPs on ImageNet-1K and μLO, by learning α in O(n) time'.split(
    ' ',
  ),
  ...[
    '香港科技大学',
    'Ελληνικά',
    'שלום',
    'café',
    'RLHF',
    '[CLS]',
    '<EOS>',
    'a_b',
    'C++',
    '"quoted"',
    '(see',
    'x*y',
    '#1',
    'May',
    '90\\%',
    '[3].',
    'https://huggingface.co/a-collection-of-models-with-a-name-that-fills-a-whole-line',
  ],
)
const title = fc
  .tuple(
    fc.constantFrom('Towards', 'MURMUR:', 'On', 'VIBEVOICE-ASR', '[Re]'),
    fc.array(words, { minLength: 2, maxLength: 12 }),
  )
  .map(([first, rest]) => [first, ...rest].join(' '))
const sentence = fc.array(words, { minLength: 8, maxLength: 20 }).map((list) => `We ${list.join(' ')} it.`)
const abstract = fc.array(sentence, { minLength: 4, maxLength: 8 }).map((list) => list.join(' '))
const by = fc.oneof(
  fc.integer({ min: 1, max: 3_000 }),
  fc.constantFrom(
    { name: 'OCC', handle: 'occ-ai' },
    { name: 'Microsoft', handle: 'microsoft' },
    { name: 'University of Massachusetts Amherst', handle: 'umass' },
    { name: '香港科技大学', handle: 'hkust' },
  ),
)
const day = (min: string, max: string) =>
  fc
    .date({ min: new Date(min), max: new Date(max), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10))

const paper = (last: string): fc.Arbitrary<renditions.PagePaper> =>
  fc.record({
    id: fc.integer({ min: 1, max: 99_999 }).map((number) => `2605.${String(number).padStart(5, '0')}`),
    title,
    abstract,
    published: fc.oneof(day('2019-01-01', '2025-12-31'), day('2026-01-01', last)),
    by,
    comments: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1_500 })),
    upvotes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 900 })),
    submitter: fc.constantFrom('akhaliq', 'taesiri', 'user-1.x'),
  })
const pageDay = (date: string) =>
  fc.record({
    date: fc.constant(date),
    papers: fc.uniqueArray(paper(date), { minLength: 1, maxLength: 6, selector: ({ id }) => id }),
  })
const days = fc.oneof(
  pageDay('2026-06-29').map((first) => [first]),
  fc.tuple(pageDay('2026-06-29'), pageDay('2026-06-26')),
)

const tools: [name: string, write: (days: readonly renditions.PageDay[]) => string, links: boolean][] = [
  ['a browser', renditions.copied, false],
  ['a browser that copies buttons', renditions.copiedWithVotes, false],
  ['a text browser', renditions.textBrowser, false],
  ['a text browser with dashes', (input) => renditions.textBrowser(input, '-'), false],
  ['a text browser with "o"', (input) => renditions.textBrowser(input, 'o'), false],
  ['lynx', renditions.numberedLinks, true],
  ['a scraper that writes Markdown', renditions.markdown, true],
  ['a converter with reference links', renditions.referenceLinks, false],
  ['a notebook with addresses', renditions.addressLines, true],
  ['pandoc in plain text', converters.pandocPlain, false],
  ['pandoc in the Markdown of GitHub', converters.pandocGfm, true],
  ['pandoc in its own Markdown', converters.pandocMarkdown, true],
  ['w3m', converters.w3m, false],
  ['lynx without its links', converters.lynxWithoutLinks, false],
  ['turndown', converters.turndown, true],
  ['a quoted mail', converters.quoted, false],
  ['a browser without its data, in HTML,', renditions.shownHtml, true],
]

const readHtmlText = (html: string, options: PageOptions) =>
  readSavedPage(openSavedPage(Buffer.from(html)), options)

describe('a page of known papers', () => {
  test.each(tools)('as %s saves it is read as it was', (_, write, links) => {
    fc.assert(
      fc.property(days, (pages) => {
        const text = write(pages)
        const read = /^<(?!div)/.test(text) ? readHtmlText : readCapturedPage
        const { records, rejections, editions } = read(text, {
          observedAt: '2026-06-29T16:31:22Z',
        })
        expect(rejections).toEqual([])
        expect(editions.map(({ date }) => date)).toEqual(pages.map(({ date }) => date))
        expect(records).toEqual(
          pages.flatMap(({ date, papers }) =>
            papers.map((known) => ({
              observedAt: '2026-06-29T16:31:22.000Z',
              ...(links && { arxivId: known.id }),
              title: known.title,
              abstract: known.abstract,
              publishedAt: `${known.published}T00:00:00.000Z`,
              commentCount: known.comments,
              ...(typeof known.by === 'number' && { authorCount: known.by }),
              listing: { date },
            })),
          ),
        )
      }),
      { numRuns: 60 },
    )
  })
})
