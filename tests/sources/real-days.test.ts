import { describe, expect, test } from 'vitest'
import { readAtomFeed } from '../../src/ingest/sources/arxiv.ts'
import { readOaiAnswer } from '../../src/ingest/sources/arxiv-oai.ts'
import { readDailyPapers } from '../../src/ingest/sources/daily-papers.ts'
import { detectSource } from '../../src/ingest/sources/index.ts'
import { readSavedResponse } from '../../src/ingest/sources/json.ts'
import { readJsonLines } from '../../src/ingest/sources/json-lines.ts'
import { arxivFolder, chunksOf, daysFolder, gather, unpackedFiles } from '../support/source-data.ts'

const observedAt = '2026-07-18T09:00:00.000Z'
const captures = unpackedFiles(daysFolder('captures'))
const later = unpackedFiles(daysFolder('later'))
const polls = unpackedFiles(daysFolder('polls'))

describe('real days: the lists', () => {
  const readings = [...captures, ...later].map(({ name, bytes }) => {
    const date = name.slice(0, 10)
    return { date, ...readDailyPapers(JSON.parse(bytes.toString()), { observedAt, date, name }) }
  })
  const records = readings.flatMap(({ records }) => records)
  const captured = readings.slice(0, captures.length).flatMap(({ records }) => records)

  test('every entry is read, none rejected, and each list is a whole edition', () => {
    for (const { date, rejections, editions } of readings) {
      expect(rejections).toEqual([])
      expect(editions).toEqual([{ date, readAt: observedAt }])
    }
    expect([captured.length, records.length]).toEqual([336, 445])
    expect(new Set(records.map(({ arxivId }) => arxivId)).size).toBe(384)
  })

  test('authors, accounts, submitters and withdrawals are as many as were counted in the files', () => {
    const authors = captured.flatMap((record) => record.authors ?? [])
    expect(authors).toHaveLength(4_600)
    expect(new Set(authors.map(({ name }) => name)).size).toBe(4_104)
    expect(new Set(authors.flatMap(({ account }) => account?.name ?? [])).size).toBe(404)
    expect(authors.filter(({ hidden }) => hidden)).toHaveLength(2)
    expect(captured.filter(({ listing }) => !listing?.submitter)).toHaveLength(37)
    expect(records.filter(({ withdrawnAt }) => withdrawnAt).map(({ arxivId }) => arxivId)).toEqual([
      '2306.05949',
    ])
    expect(Math.max(...authors.map(({ name }) => name.length))).toBeLessThan(500)
    expect(records.find(({ arxivId }) => arxivId === '2501.14249')?.authors).toHaveLength(664)
  })

  test('a time of day stands only where one was told; before May 2025 it comes from the outer time', () => {
    for (const { listing } of records) {
      expect(listing?.date).toMatch(/^\d{4}-\d\d-\d\d$/)
      expect(listing?.submittedAt ?? '').not.toMatch(/T00:00:00\.000Z$/)
    }
    const timed = records.flatMap(({ listing }) => (listing?.submittedAt ? [listing.date] : []))
    expect([timed.filter((date) => date < '2025-05').length, timed.length]).toEqual([83, 83 + 180])
  })

  test('the list date guessed from an old outer time is the one of the file', () => {
    const old = [...captures, ...polls].filter(({ name }) => name < '2025-03-11')
    const dates = old.flatMap(({ name, bytes }) =>
      readDailyPapers(JSON.parse(bytes.toString()), { observedAt }).records.map(({ listing }) => [
        listing?.date,
        name,
      ]),
    )
    expect(dates).toHaveLength(97)
    for (const [date, name] of dates) expect(date).toBe(name?.slice(0, 10))
  })
})

describe('real days: saved responses', () => {
  test('every response is recognised as one', () => {
    for (const { name, bytes } of [...captures, ...later, ...polls]) {
      expect(detectSource(name, bytes).kind, name).toBe('json')
    }
  })

  test('an early and a late response about one day are seen in that order', () => {
    const seen = (files: typeof captures) =>
      new Map(
        files.map(({ name, bytes }) => [
          name,
          readSavedResponse(bytes, { name }).records[0]?.observedAt ?? '',
        ]),
      )
    const late = seen(later)
    const both = [...seen(captures)].filter(([name]) => late.has(name))
    expect(both).toHaveLength(6)
    for (const [name, observedAt] of both) expect((late.get(name) ?? '') > observedAt, name).toBe(true)
  })

  test('two polls of one day are seen at the times in their names', () => {
    const readings = polls.map(({ name, bytes }) => readSavedResponse(bytes, { name }))
    expect(readings.map(({ records }) => [records.length, records[0]?.observedAt])).toEqual([
      [1, '2025-01-22T04:16:00.000Z'],
      [13, '2025-01-22T14:15:00.000Z'],
    ])
  })

  test('is the whole of an edition only where its name is the request', () => {
    const editions = (nameOf: (date: string) => string) =>
      captures.flatMap(({ name, bytes }) => {
        const date = name.slice(0, 10)
        const reading = readSavedResponse(bytes, { name: nameOf(date) })
        expect(reading.rejections).toEqual([])
        return reading.editions.map((edition) => edition.date)
      })
    expect(editions((date) => `${date}.json`)).toEqual([])
    // The answer of that day was cut at 50.
    const days = captures.map(({ name }) => name.slice(0, 10)).filter((date) => date !== '2025-09-30')
    expect(editions((date) => `daily_papers?date=${date}`)).toEqual(days)
  })

  test('all of it as JSON Lines gives the same papers', async () => {
    const text = later.map(({ bytes }) => bytes.toString().trim()).join('\n')
    const readings = await gather(readJsonLines(chunksOf(text)))
    const once = later.flatMap(({ name, bytes }) => readSavedResponse(bytes, { name }).records)
    expect(readings.flatMap(({ records }) => records.map(({ arxivId }) => arxivId))).toEqual(
      once.map(({ arxivId }) => arxivId),
    )
    expect(readings.flatMap(({ editions }) => editions)).toEqual([])
    expect(readings.flatMap(({ rejections }) => rejections)).toEqual([])
  })
})

test('28 entries and 2 records of arXiv are read, none rejected', () => {
  const files = unpackedFiles(arxivFolder)
  const readings = files
    .filter(({ name }) => name.startsWith('query-'))
    .map(({ name, bytes }) => readAtomFeed(bytes.toString(), { name }))
  expect(readings.map(({ records, rejections }) => [records.length, rejections.length])).toEqual([
    [1, 0],
    [2, 0],
    [25, 0],
  ])
  const others = files.filter(({ name }) => name.startsWith('oai-'))
  expect(others.map(({ name, bytes }) => readOaiAnswer(bytes.toString(), { name }).records.length)).toEqual([
    2,
  ])
})
