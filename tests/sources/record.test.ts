import fc from 'fast-check'
import { isInputObjectType } from 'graphql'
import { describe, expect, test } from 'vitest'
import { fieldNames } from '../../db/model/paper-fields.ts'
import { schema } from '../../schema/index.ts'
import { readDailyPapers } from '../../src/ingest/sources/daily-papers.ts'
import { paperRecord } from '../../src/ingest/sources/paper-record.ts'
import { rejection } from '../../src/ingest/sources/rejections.ts'
import { parseDay, parseInstant } from '../../src/ingest/sources/time.ts'
import { fixtureEntries } from '../support/source-data.ts'

const least = { observedAt: '2026-01-05T08:00:00Z', title: 'A title', publishedAt: '2026-01-04' }

describe('a record from a client', () => {
  test('needs a title, a publication and an observation', () => {
    expect(paperRecord.parse(least)).toEqual({
      observedAt: '2026-01-05T08:00:00.000Z',
      title: 'A title',
      publishedAt: '2026-01-04T00:00:00.000Z',
    })
    expect(paperRecord.safeParse({}).error?.issues.map(({ path }) => path.join('.'))).toEqual([
      'observedAt',
      'title',
      'publishedAt',
    ])
  })

  test('has in the mutation every field that a source can give', () => {
    const input = schema.getType('PaperInput')
    const fields = isInputObjectType(input) ? Object.keys(input.getFields()) : []
    expect(fields.sort()).toEqual(['observedAt', 'arxivId', 'listing', 'votes', ...fieldNames].sort())
  })

  test('may be what a source yields, and stays as it is', () => {
    for (const file of ['2024-06-06.json', '2024-10-10.json', '2025-10-02.json', '2026-07-02.json']) {
      for (const record of readDailyPapers(fixtureEntries(file), { observedAt: '2026-07-02T09:00:00Z' })
        .records) {
        expect(paperRecord.parse(record)).toEqual(record)
      }
    }
  })

  test('null is not told, unknown fields pass, texts are folded, ids lose versions', () => {
    const record = paperRecord.parse({
      ...least,
      title: ' A\n title ',
      arxivId: '2601.00001v2',
      abstract: null,
      organization: null,
      authors: [{ name: 'Ada  Lovelace', account: { name: 'ada', isPro: null }, claimStatus: null }],
      listing: { date: '2026-01-05', submitter: null },
      mood: 'good',
    })
    expect(record).toEqual({
      observedAt: '2026-01-05T08:00:00.000Z',
      publishedAt: '2026-01-04T00:00:00.000Z',
      title: 'A title',
      arxivId: '2601.00001',
      authors: [{ name: 'Ada Lovelace', account: { name: 'ada' } }],
      listing: { date: '2026-01-05' },
    })
  })

  test.each([
    ['title', { title: 'x'.repeat(1_001) }, /at most 1000 are allowed/],
    ['abstract', { abstract: 'x'.repeat(20_001) }, /at most 20000 are allowed/],
    ['authors', { authors: Array(10_001).fill({ name: 'A' }) }, /at most 10000 items are allowed/],
    ['keywords', { keywords: Array(101).fill('a') }, /at most 100 items are allowed/],
    ['keywords.0', { keywords: [''] }, /empty/],
    ['authors.0.name', { authors: [{ name: '\u200b' }] }, /empty/],
    ['thumbnailUrl', { thumbnailUrl: 'http://[bad' }, /not an http/],
    ['keywords.0', { keywords: ['\uFDFA'.repeat(100)] }, /too many bytes/],
    ['upvotes', { upvotes: -1 }, /whole number/],
    ['arxivVersion', { arxivVersion: 0 }, /./],
    ['projectPage', { projectPage: 'javascript:alert(1)' }, /not an http\(s\) address/],
    ['listing.date', { listing: { date: '2026-02-30' } }, /not a day/],
    ['authors.0.account.name', { authors: [{ name: 'A', account: {} }] }, /missing/],
    ['authorCount', { authors: [{ name: 'A' }], authorCount: 2 }, /has 1 authors/],
    ['comment', { comment: '\0\ud800' }, /empty/],
  ])('is refused at %s', (path, fields, reason) => {
    const input = { ...least, ...fields }
    const { error } = paperRecord.safeParse(input)
    if (!error) throw new Error('It was accepted.')
    expect(rejection('record 1', input, error)).toEqual({
      position: 'record 1',
      path,
      reason: expect.stringMatching(reason),
    })
  })
})

describe('time', () => {
  test.each([
    ['2025-01-05T08:30:00.000Z', '2025-01-05T08:30:00.000Z'],
    ['2025-01-05T08:30:00Z', '2025-01-05T08:30:00.000Z'],
    ['2025-01-05T08:30Z', '2025-01-05T08:30:00.000Z'],
    ['2025-01-05 08:30:00', '2025-01-05T08:30:00.000Z'],
    ['2025-01-05T08:30:00.123456+02:00', '2025-01-05T06:30:00.123Z'],
    ['2025-01-05T00:30:00+0200', '2025-01-04T22:30:00.000Z'],
    ['2025-01-05', '2025-01-05T00:00:00.000Z'],
    ['2025-02-29', undefined],
    ['2025-01-05T24:00:00Z', undefined],
    ['2025-01-05T23:59:60Z', undefined],
    ['1899-12-31', undefined],
    ['2101-01-01T00:00:00.000Z', undefined],
    ['5 January 2025', undefined],
    ['1736065800', undefined],
    ['', undefined],
  ])('"%s" is %s', (text, instant) => {
    expect(parseInstant(text)).toBe(instant)
  })

  test('every instant and every day is itself', () => {
    const date = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(date, (value) => {
        const text = value.toISOString()
        expect(parseInstant(text)).toBe(text)
        expect(parseDay(text.slice(0, 10))).toBe(text.slice(0, 10))
      }),
    )
  })
})
