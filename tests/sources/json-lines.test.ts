import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Reading } from '../../db/model/record.ts'
import { SourceError } from '../../src/ingest/errors.ts'
import { type JsonLinesOptions, readJsonLines } from '../../src/ingest/sources/json-lines.ts'
import { changedEntry, chunksOf, fixtureEntries, gather } from '../support/source-data.ts'

describe('JSON Lines', () => {
  const [first, second = first] = fixtureEntries('2026-07-02.json')
  const [old] = fixtureEntries('2024-06-06.json')
  const lines = (...values: unknown[]) => values.map((value) => JSON.stringify(value)).join('\n')
  const readLines = async (
    text: string | Uint8Array,
    options: JsonLinesOptions = {},
    chunk = 1_000,
  ): Promise<Reading> => {
    const readings = await gather(readJsonLines(chunksOf(text, chunk), options))
    return {
      records: readings.flatMap(({ records }) => records),
      rejections: readings.flatMap(({ rejections }) => rejections),
      editions: readings.flatMap(({ editions }) => editions),
    }
  }

  test('holds entries, papers and whole responses, each seen at its own time', async () => {
    const { records, rejections, editions } = await readLines(lines(old, second.paper, [first, second]))
    expect(rejections).toEqual([])
    expect(records.map(({ arxivId, observedAt }) => [arxivId, observedAt])).toEqual([
      ['2406.02856', '2024-06-06T10:18:29.757Z'],
      ['2607.00248', '2026-07-02T00:00:00.000Z'],
      ['2607.01218', '2026-07-02T00:00:00.000Z'],
      ['2607.00248', '2026-07-02T00:00:00.000Z'],
    ])
    expect(editions).toEqual([])
  })

  test.each([
    ['Windows line ends', `${lines(first, second).replace('\n', '\r\n')}\r\n`],
    ['blank lines', `\n${lines(first)}\n\n \n${lines(second)}\n\n`],
    ['a byte order mark', `\uFEFF${lines(first, second)}`],
    ['no last line end', lines(first, second)],
  ])('is the same with %s, whatever the chunks', async (_, text) => {
    for (const chunk of [1, 3, 64, 100_000]) {
      const { records, rejections } = await readLines(text, {}, chunk)
      expect(rejections).toEqual([])
      expect(records.map(({ arxivId }) => arxivId)).toEqual(['2607.01218', '2607.00248'])
    }
  })

  test('a bad line is rejected alone, by its number', async () => {
    const broken = changedEntry(first, { 'paper.upvotes': 'many' })
    const text = [
      lines(first),
      '{"paper":',
      '',
      'null',
      lines(broken),
      lines([first, broken]),
      lines({ error: 'Rate limited' }),
      lines(second),
      '{"pap',
    ].join('\n')
    const { records, rejections } = await readLines(text, { name: 'archive.jsonl' })
    expect(records.map(({ arxivId }) => arxivId)).toEqual(['2607.01218', '2607.01218', '2607.00248'])
    expect(
      rejections.map(({ position, path, reason }) => `${position}, ${path ?? 'all'}: ${reason}`),
    ).toEqual([
      expect.stringMatching(/^archive.jsonl line 2, all: The line is not complete JSON/),
      expect.stringMatching(/^archive.jsonl line 4, all: This JSON is not a response/),
      expect.stringMatching(/^archive.jsonl line 5, paper.upvotes: Expected a number/),
      expect.stringMatching(/^archive.jsonl line 6 item 2, paper.upvotes: /),
      expect.stringMatching(/^archive.jsonl line 7, all: The API answered with an error: "Rate limited"/),
      expect.stringMatching(/^archive.jsonl line 9, all: The line is not complete JSON/),
    ])
  })

  test('bytes that are no UTF-8 cost their line', async () => {
    const text = Buffer.concat([
      Buffer.from(`${lines(first)}\n`),
      Buffer.from('"caf\xe9"\n', 'latin1'),
      Buffer.from(lines(second)),
    ])
    const { records, rejections } = await readLines(text)
    expect(records).toHaveLength(2)
    expect(rejections).toEqual([{ position: 'line 2', reason: 'The line is not UTF-8 text.' }])
  })

  test('a line above the limit is rejected without being kept', async () => {
    const long = lines({ ...first, filler: 'x'.repeat(100_000) })
    const { records, rejections } = await readLines([long, lines(second), long].join('\n'), {
      maxLineBytes: 50_000,
    })
    expect(records.map(({ arxivId }) => arxivId)).toEqual(['2607.00248'])
    expect(rejections.map(({ position }) => position)).toEqual(['line 1', 'line 3'])
  })

  test('an endless line is rejected, and an endless file is read, while they come', async () => {
    const line = Buffer.from(`\n${lines(second)}`)
    const blocks: WeakRef<Buffer>[] = []
    let held = Number.NaN
    let given = 0
    async function* endless() {
      for (let n = 0; n < 64; n += 1) {
        const block = Buffer.alloc(1024 * 1024, 'x')
        blocks.push(new WeakRef(block))
        yield block
      }
      held = await livingOf(blocks)
      for (; given < 5_000; given += 1) yield line
    }
    let records = 0
    let unread = 0
    for await (const reading of readJsonLines(endless())) {
      records += reading.records.length
      unread = Math.max(unread, given - records)
    }
    expect(records).toBe(5_000)
    // Of a line nothing is kept once it is beyond 16 MiB, and of a file at most one reading of 500 lines.
    expect(held).toBeLessThanOrEqual(16)
    expect(unread).toBeLessThanOrEqual(501)
  })

  test('comes in readings of so many lines, the file name dating old entries', async () => {
    const text = lines(...Array.from({ length: 25 }, () => ({ ...old, publishedAt: undefined })))
    const options = { name: 'daily_papers-2024-06-07.jsonl', linesPerReading: 10 }
    const readings = await gather(readJsonLines(chunksOf(text), options))
    expect(readings.map(({ records }) => records.length)).toEqual([10, 10, 5])
    expect(readings[0]?.records[0]).toMatchObject({
      observedAt: '2024-06-07T00:00:00.000Z',
      listing: { date: '2024-06-07' },
    })
  })

  test('a wrong observation time is one error, not one for each line', async () => {
    await expect(readLines(lines(first), { observedAt: 'soon' })).rejects.toThrow(SourceError)
  })

  test('whatever bytes come, they are read or rejected, never a crash', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc.constantFrom('\n', '[', '{', '"', '{}', '[{}]', 'null', '7').map(Buffer.from),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 30 }),
        fc.integer({ min: 1, max: 50 }),
        async (pieces, chunk) => {
          const { records } = await readLines(Buffer.concat(pieces), {}, chunk)
          expect(records).toEqual([])
        },
      ),
    )
  })
})

/** How many of these objects somebody still holds. */
async function livingOf(references: readonly WeakRef<object>[]): Promise<number> {
  setFlagsFromString('--expose-gc')
  await setImmediate() // an object that was made in this turn lives to its end
  runInNewContext('gc')()
  return references.filter((reference) => reference.deref() !== undefined).length
}
