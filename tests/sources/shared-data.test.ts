import { beforeAll, describe, expect, test } from 'vitest'
import type { PaperRecord } from '../../db/model/record.ts'
import { readAtomFeed } from '../../src/ingest/sources/arxiv.ts'
import { readDailyPapers } from '../../src/ingest/sources/daily-papers.ts'
import { detectSource } from '../../src/ingest/sources/index.ts'
import { readSavedResponse } from '../../src/ingest/sources/json.ts'
import { readJsonLines } from '../../src/ingest/sources/json-lines.ts'
import { chunksOf, gather, hasSharedData, sharedFiles } from '../support/source-data.ts'

const observedAt = '2026-07-02T09:00:00.000Z'

describe.skipIf(!hasSharedData)(
  'the full data set: the lists (skipped where ../shared/data is missing)',
  () => {
    const folders = ['huggingface-daily-papers', 'huggingface-daily-papers-later']
    const records: PaperRecord[] = []

    beforeAll(() => {
      for (const { name, bytes } of folders.flatMap(sharedFiles)) {
        const date = name.slice(0, 10)
        const reading = readDailyPapers(JSON.parse(bytes.toString()), { observedAt, date, name })
        expect(reading.rejections).toEqual([])
        expect(reading.editions).toEqual([{ date, readAt: observedAt }])
        records.push(...reading.records)
      }
    })

    test('4,609 entries of 4,173 papers are read, none rejected, with the counts of its README', () => {
      expect(records).toHaveLength(4_609)
      expect(new Set(records.map(({ arxivId }) => arxivId)).size).toBe(4_173)
      const captures = records.slice(0, 3_633)
      const authors = captures.flatMap((record) => record.authors ?? [])
      expect(authors).toHaveLength(38_699)
      expect(new Set(authors.map(({ name }) => name)).size).toBe(22_645)
      expect(new Set(authors.flatMap(({ account }) => account?.name ?? [])).size).toBe(1_773)
      expect(captures.filter(({ listing }) => !listing?.submitter)).toHaveLength(185)
      expect(records.filter(({ withdrawnAt }) => withdrawnAt).map(({ arxivId }) => arxivId)).toEqual([
        '2306.05949',
        '2410.07062',
      ])
      expect(Math.max(...authors.map(({ name }) => name.length))).toBeLessThan(500)
      expect(records.find(({ arxivId }) => arxivId === '2501.14249')?.authors).toHaveLength(664)
    })

    test('a time of day stands only where one was told; before May 2025 it comes from the outer time', () => {
      for (const { listing } of records) {
        expect(listing?.date).toMatch(/^\d{4}-\d\d-\d\d$/)
        expect(listing?.submittedAt ?? '').not.toMatch(/T00:00:00\.000Z$/)
      }
      const timed = records.filter(({ listing }) => listing?.submittedAt)
      expect(timed).toHaveLength(219 + 1_782)
    })

    test('the list date guessed from an old outer time is the one of the file, for all 233', () => {
      const captures = [
        ...sharedFiles('huggingface-daily-papers'),
        ...sharedFiles('huggingface-daily-papers-polls'),
      ]
      const old = captures.filter(({ name }) => name < '2025-03-11')
      const dates = old.flatMap(({ name, bytes }) =>
        readDailyPapers(JSON.parse(bytes.toString()), { observedAt }).records.map(({ listing }) => [
          listing?.date,
          name,
        ]),
      )
      expect(dates).toHaveLength(233)
      for (const [date, name] of dates) expect(date).toBe(name?.slice(0, 10))
    })
  },
)

describe.skipIf(!hasSharedData)(
  'the full data set: saved responses (skipped where ../shared/data is missing)',
  () => {
    test('an early and a late response about one day are seen in that order', () => {
      const seen = (folder: string) =>
        new Map(
          sharedFiles(folder).map(({ name, bytes }) => [
            name,
            readSavedResponse(bytes, { name }).records[0]?.observedAt ?? '',
          ]),
        )
      const late = seen('huggingface-daily-papers-later')
      const both = [...seen('huggingface-daily-papers')].filter(([name]) => late.has(name))
      expect(both).toHaveLength(34)
      for (const [name, observedAt] of both) expect((late.get(name) ?? '') > observedAt, name).toBe(true)
    })

    test('two polls of one day are seen at the times in their names', () => {
      const polls = sharedFiles('huggingface-daily-papers-polls').map(({ name, bytes }) =>
        readSavedResponse(bytes, { name }),
      )
      expect(polls.map(({ records, editions }) => [records.length, editions])).toEqual([
        [1, [{ date: '2025-01-22', readAt: '2025-01-22T04:16:00.000Z' }]],
        [13, [{ date: '2025-01-22', readAt: '2025-01-22T14:15:00.000Z' }]],
      ])
    })

    test('the three days that the API cut at 50 are no whole editions', () => {
      const readings = sharedFiles('huggingface-daily-papers').map(
        ({ name, bytes }) => [name, readSavedResponse(bytes, { name })] as const,
      )
      const cut = readings.filter(([, { editions }]) => editions.length === 0).map(([name]) => name)
      expect(cut).toEqual(['2025-09-30.json', '2026-05-12.json', '2026-05-13.json'])
      expect(readings.flatMap(([, { rejections }]) => rejections)).toEqual([])
    })

    test('all of it as JSON Lines gives the same papers', async () => {
      const files = sharedFiles('huggingface-daily-papers-later')
      const text = files.map(({ bytes }) => bytes.toString().trim()).join('\n')
      const readings = await gather(readJsonLines(chunksOf(text)))
      expect(readings.flatMap(({ records }) => records)).toHaveLength(976)
      expect(readings.flatMap(({ editions }) => editions)).toHaveLength(62)
      expect(readings.flatMap(({ rejections }) => rejections)).toEqual([])
    })
  },
)

describe.skipIf(!hasSharedData)('the full data set: arXiv (skipped where ../shared/data is missing)', () => {
  test('28 entries are read, none rejected; the OAI-PMH answer is named as no feed', () => {
    const files = sharedFiles('arxiv-atom')
    const readings = files
      .filter(({ name }) => name.startsWith('query-'))
      .map(({ name, bytes }) => readAtomFeed(bytes.toString(), { name }))
    expect(readings.map(({ records, rejections }) => [records.length, rejections.length])).toEqual([
      [1, 0],
      [2, 0],
      [25, 0],
    ])
    for (const { name, bytes } of files.filter(({ name }) => name.startsWith('oai-'))) {
      expect(() => readAtomFeed(bytes.toString(), { name })).toThrow(/no Atom feed/)
    }
  })
})

describe.skipIf(!hasSharedData)('the full data set: files (skipped where ../shared/data is missing)', () => {
  test('every response is known as one', () => {
    for (const folder of [
      'huggingface-daily-papers',
      'huggingface-daily-papers-later',
      'huggingface-daily-papers-polls',
    ]) {
      for (const { name, bytes } of sharedFiles(folder))
        expect(detectSource(name, bytes).kind, name).toBe('json')
    }
  })
})
