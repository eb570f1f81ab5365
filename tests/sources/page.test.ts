import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SourceError } from '../../src/ingest/errors.ts'
import { readCapturedPage } from '../../src/ingest/sources/page.ts'
import { capturedPage } from '../support/source-data.ts'
import {
  pageAbstract as abstract,
  pageCard as card,
  pageFooter as footer,
  pageHeading as heading,
} from '../support/source-inputs.ts'

const page = capturedPage()

describe('the captured page', () => {
  test('gives 24 papers on the edition of 5 January 2026', () => {
    const { records, rejections, editions } = readCapturedPage(page)
    expect(rejections).toEqual([])
    expect(records).toHaveLength(24)
    expect(editions).toEqual([{ date: '2026-01-05', readAt: '2026-01-05T00:00:00.000Z' }])
    expect(records[0]).toEqual({
      observedAt: '2026-01-05T00:00:00.000Z',
      title: 'Reinforcement Learning Finetunes Small Subnetworks in Large Language Models',
      abstract: expect.stringMatching(/^Reinforcement learning \(RL\) yields .* have limited impact\.$/),
      authorCount: 4,
      commentCount: 2,
      publishedAt: '2025-05-16T00:00:00.000Z',
      listing: { date: '2026-01-05' },
    })
    expect(records.find(({ title }) => title.startsWith('Beyond the Imitation Game'))).toMatchObject({
      authorCount: 445,
      publishedAt: '2022-06-09T00:00:00.000Z',
      commentCount: 1,
    })
    const comments = records.map(({ commentCount }) => commentCount)
    expect(comments.filter((count) => count !== 0)).toEqual([2, 1, 3, 1, 2, 1])
  })

  test.each([
    ['Windows line ends', page.replaceAll('\n', '\r\n')],
    ['old Macintosh line ends', page.replaceAll('\n', '\r')],
    ['a byte order mark', `\uFEFF${page}`],
    [
      'no-break spaces',
      page.replace(/• (\d+) authors/g, '\u00A0•\u00A0$1\u00A0authors').replaceAll(', 20', ',\u00A020'),
    ],
    ['"1 author"', page.replaceAll('• 1 authors', '• 1 author')],
    ['no first heading lines', page.slice(page.indexOf('Daily Papers'))],
    ['only the day as heading', page.slice(page.indexOf('Jan 5'))],
    ['no blank lines', page.replace(/\n\n+/g, '\n')],
    ['no dots', page.replaceAll('·\n', '')],
    ['blank lines in the footers', page.replaceAll('·\n', '\n·\n\n')],
    ['comment counts on lines of their own', page.replace(/(, 20\d\d) (\d)$/gm, '$1\n$2')],
    ['comment counts after blank lines', page.replace(/(, 20\d\d) (\d)$/gm, '$1\n\n$2')],
    ['no last line end', page.trimEnd()],
  ])('reads the same with %s', (_, text) => {
    const { notices: expectedNotices, ...expected } = readCapturedPage(page)
    const { notices, ...reading } = readCapturedPage(text)
    expect(reading).toEqual(expected)
    expect(notices).toHaveLength(expectedNotices?.length ?? 0)
  })

  test('is observed when the caller says, on the edition that the caller says', () => {
    const reading = readCapturedPage(page, { observedAt: '2027-01-05T09:30:00+01:00', edition: '2027-01-05' })
    expect(reading.records[0]).toMatchObject({
      observedAt: '2027-01-05T08:30:00.000Z',
      listing: { date: '2027-01-05' },
    })
    expect(() => readCapturedPage(page, { edition: '2027-02-30' })).toThrow(/not a valid date/)
    expect(() => readCapturedPage(page, { observedAt: 'noon' })).toThrow(/not an instant/)
  })
})

describe('the edition', () => {
  const editionOf = (day: string, ...published: string[]) =>
    readCapturedPage(
      `Daily Papers\n\n${day}\n\n${published.map((date, n) => card(`Paper number ${n}`, footer(date))).join('')}`,
    ).editions[0]?.date

  test.each([
    ['Jan 5', 'Nov 25, 2025', '2026-01-05'],
    ['Dec 31', 'Nov 25, 2025', '2026-12-31'],
    ['January 6', 'Jan 5, 2025', '2026-01-06'],
    ['Sept 3', 'Sep 2, 2025', '2026-09-03'],
    ['Jun 29', 'Mar 8, 2024', '2025-06-29'],
    ['Feb 29', 'Nov 25, 2025', '2028-02-29'],
    ['February 29', 'Mar 1, 2096', undefined],
    ['Mon, Jan 5', 'Nov 25, 2025', '2026-01-05'],
    ['Jan 5, 2026', 'Nov 25, 2024', '2026-01-05'],
  ])('"%s" over a paper of %s is %s', (day, published, expected) => {
    expect(editionOf(day, published)).toBe(expected)
  })

  test('is later than each year that the page prints', () => {
    expect(editionOf('Jan 5', 'Mar 1, 2023', 'Jan 4, 2025', 'May 2, 2024')).toBe('2026-01-05')
  })

  test.each([
    ['is missing', `Daily Papers\n\n${card('A paper of one day')}`, /no day such as/],
    [
      'is in no year',
      `Daily Papers\n\nFeb 30\n\n${card('A paper of one day')}`,
      /No year has the day "Feb 30"/,
    ],
  ])('that %s leaves the papers without a listing, and says so', (_, text, reason) => {
    const { records, rejections, editions } = readCapturedPage(text)
    expect(records).toMatchObject([{ title: 'A paper of one day', observedAt: '2025-05-16T00:00:00.000Z' }])
    expect(records[0]).not.toHaveProperty('listing')
    expect(rejections).toMatchObject([{ path: 'edition', reason: expect.stringMatching(reason) }])
    expect(editions).toEqual([])
  })
})

describe('input that is no whole capture', () => {
  test.each([
    ['nothing', '', /empty/],
    ['white space', ' \n\n\u00A0', /empty/],
    ['a letter', 'Dear Sir,\n\nI saw it on May 5\n\nYours', /not a capture/],
    ['HTML', '<!doctype html><html><body>Daily Papers by AK, 4 authors</body></html>', /not a capture/],
    ['JSON', '[{"paper":{"id":"2405.15738"}}]', /not a capture/],
    ['bytes of a picture', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR', /not a capture/],
    ['only the heading', heading, /ends after its heading/],
  ])('%s is refused as a whole, with what to do', (_, text, message) => {
    expect(() => readCapturedPage(text)).toThrow(SourceError)
    expect(() => readCapturedPage(text)).toThrow(message)
  })

  test('a file cut off anywhere keeps the cards before, and at most the last one is lost', () => {
    const all = readCapturedPage(page).records
    fc.assert(
      fc.property(fc.integer({ min: page.indexOf('Reinforcement') + 1, max: page.length - 2 }), (length) => {
        const { records, rejections } = readCapturedPage(page.slice(0, length), { edition: '2026-01-05' })
        expect(rejections.length).toBeLessThanOrEqual(1)
        // A cut within the last number cannot be seen; everything before it is as in the whole file.
        expect(records.slice(0, -1)).toEqual(all.slice(0, Math.max(records.length - 1, 0)))
        for (const { reason } of rejections) expect(reason).toMatch(/cut off|is not a date/)
      }),
    )
  })

  test('whatever text comes, it is read or refused, never a crash', () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.constantFrom(
        '',
        '·',
        '•',
        '  • 4 authors',
        '• authors',
        'May 16, 2025 2',
        'Jan 5',
        'Daily Papers',
        '12',
        abstract,
        'A title of words',
      ),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        try {
          const { records } = readCapturedPage(lines.join('\n'))
          for (const { title, publishedAt, authorCount } of records) {
            expect(title).not.toBe('')
            expect(publishedAt).toMatch(/^\d{4}-\d\d-\d\dT00:00:00\.000Z$/)
            expect(authorCount ?? 1).toBeGreaterThan(0)
          }
        } catch (error) {
          expect(error).toBeInstanceOf(SourceError)
        }
      }),
      { numRuns: 200 },
    )
  })

  test('whichever line is missing, one card is lost at most and no other title appears', () => {
    const lines = page.split('\n')
    const known = readCapturedPage(page).records.map(({ title }) => title)
    for (let missing = 12; missing < lines.length; missing += 1) {
      const { records, rejections } = readCapturedPage(lines.toSpliced(missing, 1).join('\n'), {
        edition: '2026-01-05',
      })
      expect(records.length, `without line ${missing + 1}`).toBeGreaterThanOrEqual(23)
      expect(rejections.length).toBe(24 - records.length)
      for (const { title } of records) expect(known).toContain(title)
    }
  })
})
