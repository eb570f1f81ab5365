import { describe, expect, test } from 'vitest'
import type { PaperRecord } from '../../db/model/record.ts'
import { SourceError } from '../../src/ingest/errors.ts'
import { readDailyPapers } from '../../src/ingest/sources/daily-papers.ts'
import { changedEntry, fixtureEntries, onlyRecord } from '../support/source-data.ts'

const observedAt = '2026-07-02T09:00:00.000Z'

function read(file: string, date?: string): PaperRecord {
  return onlyRecord(readDailyPapers(fixtureEntries(file), { observedAt, ...(date && { date }) }))
}

describe('the list date', () => {
  test('is the entry\u2019s own before the one that was asked for', () => {
    const { records, editions } = readDailyPapers(fixtureEntries('2026-04-23.json'), {
      observedAt,
      date: '2026-04-20',
    })
    expect(records[0]?.listing).toMatchObject({ date: '2026-04-23', submittedAt: '2026-04-23T06:27:34.644Z' })
    expect(editions).toEqual([])
  })

  test.each([
    ['2024-06-06.json', '2024-06-06', 'listed in the UTC morning: the same day'],
    ['2025-02-25.json', '2025-02-25', 'listed at 23 h UTC: the next day'],
    ['2025-03-12.json', '', 'the outer time is before publication: it is no list time'],
  ])('without either, of %s, is "%s" (%s)', (file, date) => {
    expect(read(file).listing?.date ?? '').toBe(date)
  })

  test.each([
    ['2024-06-06T15:59:59.000Z', '2024-06-06'],
    ['2024-06-06T16:00:00.000Z', undefined],
    ['2024-06-06T21:00:00.000Z', '2024-06-07'],
    ['2024-06-07T21:00:00.000Z', undefined],
    ['2024-06-08T03:00:00.000Z', undefined],
    ['2024-06-09T22:00:00.000Z', '2024-06-10'],
    ['2025-03-12T03:00:00.000Z', undefined],
  ])('of a paper listed at %s is %s', (publishedAt, date) => {
    const entries = fixtureEntries('2024-06-06.json').map((entry) => ({ ...entry, publishedAt }))
    expect(onlyRecord(readDailyPapers(entries, { observedAt })).listing?.date).toBe(date)
  })

  test('twice in one response makes two records, and no edition', () => {
    const [entry] = fixtureEntries('2026-07-02.json')
    const again = changedEntry(entry, { 'paper.submittedOnDailyAt': '2026-07-08T00:00:00.000Z' })
    const { records, editions } = readDailyPapers([entry, again], { observedAt })
    expect(records.map(({ listing }) => listing?.date)).toEqual(['2026-07-02', '2026-07-08'])
    expect(editions).toEqual([])
  })

  test('makes an edition only of a whole answer without rejections', () => {
    const entries = fixtureEntries('2026-07-02.json')
    expect(readDailyPapers(entries, { observedAt, whole: false }).editions).toEqual([])
    expect(readDailyPapers([...entries, {}], { observedAt }).editions).toEqual([])
  })

  test('and the time of observation have to exist', () => {
    expect(() => readDailyPapers([], { observedAt, date: '2025-13-40' })).toThrow(
      /"2025-13-40" is not a valid date/,
    )
    expect(() => readDailyPapers([], { observedAt: '5 January' })).toThrow(SourceError)
  })
})
