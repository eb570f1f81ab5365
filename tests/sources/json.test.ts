import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SourceError } from '../../src/ingest/errors.ts'
import { timesInName } from '../../src/ingest/sources/file-name.ts'
import { readSavedResponse } from '../../src/ingest/sources/json.ts'
import { changedEntry, fixture, fixtureEntries, onlyRecord } from '../support/source-data.ts'

const json = (value: unknown) => Buffer.from(JSON.stringify(value))

describe('a file name', () => {
  test.each([
    ['2024-05-27.json', { date: '2024-05-27' }],
    ['daily_papers-2024-05-27.json.gz', { date: '2024-05-27' }],
    ['some/folder of 2023-01-01/2024-05-27.json', { date: '2024-05-27' }],
    ['C:\\papers\\2024-05-27.json', { date: '2024-05-27' }],
    ['2025-01-22T0416Z.json', { date: '2025-01-22', instant: '2025-01-22T04:16:00.000Z' }],
    ['2025-01-22T04:16:05.123Z.json', { date: '2025-01-22', instant: '2025-01-22T04:16:05.000Z' }],
    ['2025-01-22T04-16-05Z.json', { date: '2025-01-22', instant: '2025-01-22T04:16:05.000Z' }],
    ['2025-01-22T2560Z.json', { date: '2025-01-22' }],
    ['papers_20260629.json', { date: '2026-06-29' }],
    ['20260629T1631Z.json', { date: '2026-06-29', instant: '2026-06-29T16:31:00.000Z' }],
    ['2026_06_29 papers.txt', { date: '2026-06-29' }],
    ['2026.6.9.txt', { date: '2026-06-09' }],
    ['29.06.2026.txt', { date: '2026-06-29' }],
    ['03.04.2026.txt', { date: '2026-04-03' }],
    ['29-06-2026.txt', { date: '2026-06-29' }],
    ['06_29_2026.txt', { date: '2026-06-29' }],
    ['03-04-2026.txt', { year: 2026, days: ['2026-03-04', '2026-04-03'] }],
    ['04-04-2026.txt', { date: '2026-04-04' }],
    ['Jun_29_2026.txt', { date: '2026-06-29' }],
    ['Daily Papers June 29, 2026.txt', { date: '2026-06-29' }],
    ['29-Jun-2026.html', { date: '2026-06-29' }],
    ['29june2026.md', { date: '2026-06-29' }],
    ['Sept 3rd 2025.md', { date: '2025-09-03' }],
    ['daily_papers%3Fdate%3D2026-06-29', { date: '2026-06-29' }],
    ['2026-Jun-29.txt', { date: '2026-06-29' }],
    ['papers 2026jun29.md', { date: '2026-06-29' }],
    ['2026 06 29.txt', { date: '2026-06-29' }],
    ['2026年6月29日.txt', { date: '2026-06-29' }],
    ['20260629163122.txt', { date: '2026-06-29' }],
    ['202606291631.txt', { date: '2026-06-29' }],
    ['2026-W26.html', { year: 2026 }],
    ['papers June 2026.md', { year: 2026 }],
    ['2025 and 2026.md', {}],
    ['2026-06-29_20260629.json', { date: '2026-06-29' }],
    ['2026-06-29_20260630.json', { year: 2026 }],
    ['2026-06-29 03-04-2026.json', { year: 2026 }],
    ['29.06.26.txt', { days: ['2026-06-29', '2029-06-26'] }],
    ['26-06-29.json', { days: ['2026-06-29', '2029-06-26'] }],
    ['papers 260629.json', { days: ['2026-06-29', '2029-06-26'] }],
    ['29-Jun-26.json', { days: ['2026-06-29', '2029-06-26'] }],
    ['26-04-23.json', { date: '2026-04-23' }],
    ['23.04.26.json', { date: '2026-04-23' }],
    ["Jun 29 '26.txt", { date: '2026-06-29' }],
    ['June 29, 26.txt', { date: '2026-06-29' }],
    ['v1.2.34 of 12.13.14.txt', {}],
    ['23 avril 2026.txt', { date: '2026-04-23' }],
    ['1er_aou\u0302t_2026.txt', { date: '2026-08-01' }],
    ['23. März 2026.html', { date: '2026-03-23' }],
    ['23 de abril de 2026.txt', { date: '2026-04-23' }],
    ['3-settembre-2026.txt', { date: '2026-09-03' }],
    ['12 de outubro de 2026.txt', { date: '2026-10-12' }],
    ['23 jui 2026.txt', { year: 2026 }],
    ['26年4月23日.txt', { date: '2026-04-23' }],
    ['２０２６年４月２３日.txt', { date: '2026-04-23' }],
    ['papers-1782760000.json', { instant: '2026-06-29T19:06:40.000Z' }],
    ['1782760000123.html', { instant: '2026-06-29T19:06:40.123Z' }],
    ['1234567890.json', {}],
    ['1782760000 1782760001.json', {}],
    ['2405.15738v2.json', {}],
    ['9'.repeat(40), {}],
    ['2025-02-30.json', { year: 2025 }],
    ['2024-05-27_2024-06-02.json', { year: 2024 }],
    ['12024-05-27.json', {}],
    ['papers.json', {}],
    ['', {}],
  ])('"%s" tells %j', (name, times) => {
    expect(timesInName(name)).toEqual(times)
  })
})

describe('a saved response', () => {
  test('says which days its name may mean where it needs one', () => {
    const [{ publishedAt: _, ...entry }] = JSON.parse(fixture('2024-06-06.json').toString())
    const read = (name: string) => readSavedResponse(Buffer.from(JSON.stringify([entry])), { name })
    expect(read('24-06-25.json')).toMatchObject({
      records: [{ arxivId: '2406.02856' }],
      notices: [
        {
          position: '24-06-25.json',
          message:
            "The day in the file's name may be 2024-06-25 or 2025-06-24: name it like 2026-06-29.json, with a year of four digits first.",
        },
      ],
    })
    expect(read('papers.json').notices).toBeUndefined()
  })

  test('takes the list date from its name where the old shape needs it', () => {
    const { records, editions } = readSavedResponse(fixture('2024-06-06.json'), { name: '2024-06-06.json' })
    expect(records).toMatchObject([{ arxivId: '2406.02856', listing: { date: '2024-06-06' } }])
    expect(editions).toEqual([])
  })

  test.each([
    ['2024-06-06.json', '2024-06-06.json', '2024-06-06T10:18:29.757Z', 'its newest claim'],
    ['2025-02-25.json', '2025-02-25.json', '2025-02-25T00:00:00.000Z', 'the day in its name'],
    ['2025-02-25.json', 'papers.json', '2025-02-24T23:14:12.363Z', 'its newest listing'],
    ['2024-10-10.json', '2024-10-10.json', '2025-02-13T19:07:06.000Z', 'its newest withdrawal'],
    ['2025-02-25.json', '2025-02-25T1415Z.json', '2025-02-25T14:15:00.000Z', 'the time in its name'],
    [
      '2025-03-12.json',
      'papers.json',
      '2025-03-10T17:20:52.000Z',
      'its newest publication, for want of better',
    ],
  ])('%s as %s was seen at %s: %s', (file, name, observedAt) => {
    expect(onlyRecord(readSavedResponse(fixture(file), { name })).observedAt).toBe(observedAt)
  })

  test('was seen when the caller says, whatever it mentions', () => {
    const observedAt = '2024-06-06T08:00:00.000Z'
    const { records, editions } = readSavedResponse(fixture('2024-06-06.json'), {
      name: '2024-06-06.json',
      observedAt,
    })
    expect(records[0]?.observedAt).toBe(observedAt)
    expect(editions).toEqual([])
  })

  test('may be gzipped, in UTF-16, or begin with a byte order mark', () => {
    const bytes = fixture('2026-07-02.json')
    const plain = readSavedResponse(bytes, { name: '2026-07-02.json' })
    const utf16 = Buffer.from(`\uFEFF${bytes.toString()}`, 'utf16le')
    const marked = Buffer.from(`\uFEFF${bytes.toString()}`)
    for (const variant of [gzipSync(bytes), utf16, marked]) {
      expect(readSavedResponse(variant, { name: '2026-07-02.json' })).toEqual(plain)
    }
  })

  test('names the file and the item of a rejection', () => {
    const [first] = fixtureEntries('2026-07-02.json')
    const entries = [first, changedEntry(first, { 'paper.upvotes': -3 })]
    expect(readSavedResponse(json(entries), { name: '2026-07-02.json' }).rejections).toEqual([
      {
        position: '2026-07-02.json item 2',
        path: 'paper.upvotes',
        reason: expect.stringMatching(/^-3 is not/),
      },
    ])
  })

  test.each([
    ['2026-07-02.json', 49, 0],
    ['answer.json', 3, 0],
    ['search.json', 120, 0],
    ['daily_papers?date=2026-07-02', 49, 1],
    ['daily_papers?date=2026-07-02', 50, 0],
    ['daily_papers?date=2026-07-02&limit=100', 50, 1],
    ['daily_papers?date=2026-07-02&limit=100', 100, 0],
    ['daily_papers%3Flimit=3&date=2026-07-02.json', 3, 0],
    ['daily_papers_date=2026-07-02&p=1.json', 3, 0],
    ['daily_papers?date=2026-07-02&submitter=akhaliq', 3, 0],
  ])('in %s, of %i entries, is known to be all of %i editions', (name, count, editions) => {
    const [entry] = fixtureEntries('2026-07-02.json')
    const entries = Array.from({ length: count }, (_, n) => ({
      ...entry,
      paper: { ...entry.paper, id: `2607.${10_000 + n}` },
    }))
    const reading = readSavedResponse(json(entries), { name })
    expect([reading.records.length, reading.editions.length]).toEqual([count, editions])
  })

  test('that is empty is no paper and no edition', () => {
    expect(readSavedResponse(json([]), { name: '2024-06-08.json' })).toEqual({
      records: [],
      rejections: [],
      editions: [],
    })
    expect(readSavedResponse(json([])).records).toEqual([])
  })

  test.each([
    ['nothing', Buffer.from(''), /empty/],
    ['white space', Buffer.from(' \n'), /empty/],
    ['half a response', fixture('2026-07-02.json').subarray(0, 5_000), /cut off/],
    ['bytes of a picture', Buffer.from('\x89PNG\r\n\x1a\n\0\0', 'latin1'), /UTF-8/],
    ['an error message', json({ error: 'Rate limited' }), /"Rate limited"/],
    ['half a gzip file', gzipSync(fixture('2026-07-02.json')).subarray(0, 400), /cut off/],
    [
      'a damaged gzip file',
      Buffer.concat([gzipSync('[]').subarray(0, 9), Buffer.from('?!?!?!?!')]),
      /damaged/,
    ],
  ])('of %s is refused as a whole, with what to do', (_, bytes, message) => {
    expect(() => readSavedResponse(bytes)).toThrow(SourceError)
    expect(() => readSavedResponse(bytes)).toThrow(message)
  })

  test('whatever bytes come, they are read or refused, never a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, zipped) => {
        try {
          readSavedResponse(zipped ? gzipSync(bytes) : bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(SourceError)
        }
      }),
    )
  })
})
