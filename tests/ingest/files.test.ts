import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type IngestCommand, ingestCommand } from '../support/ingest.ts'
import { capturedPage, fixture, fixtureText } from '../support/source-data.ts'
import { entries } from '../support/upstream-data.ts'

let ingest: IngestCommand
beforeEach(async () => {
  ingest = await ingestCommand()
})
afterEach(() => ingest[Symbol.asyncDispose]())

describe('files', () => {
  test('a folder is read by name, with its subfolders; what is no source is told', async () => {
    const captures = join(ingest.folder, 'captures')
    mkdirSync(join(captures, 'more'), { recursive: true })
    copyFileSync(
      join(import.meta.dirname, '../fixtures/sources/2026-04-23.json'),
      join(captures, '2026-04-23.json'),
    )
    writeFileSync(join(captures, 'more/2026-07-02.json.gz'), gzipSync(fixture('2026-07-02.json')))
    writeFileSync(join(captures, 'notes.md'), 'to do')
    const first = await ingest.run(['captures'])
    expect(first.code).toBe(0)
    expect(first.stderr).toBe('Skipped, unknown file type: captures/notes.md.\n')
    expect(first.stdout).toMatch(
      /^\d+ records read in [\d.]+ s: new (\d+) {2}changed 0 {2}unchanged 0 {2}rejected 0; \d+ feed events\.\n$/,
    )
    const papers = await ingest.papers()
    expect(papers).toBeGreaterThan(1)
    expect(await ingest.summary(['captures'])).toMatchObject({
      code: 0,
      new: 0,
      changed: 0,
      unchanged: papers,
      events: 0,
    })
  })

  test('of several kinds, in the order given, each under its own source', async () => {
    const page = ingest.file('page.txt', capturedPage())
    const feed = ingest.file('feed.xml', fixture('arxiv-2026.xml'))
    const lines = ingest.file(
      'lines.jsonl',
      entries(3, '2026-06-16')
        .map((entry) => JSON.stringify(entry))
        .join('\n'),
    )
    const told = await ingest.summary([page, feed, lines])
    expect(told).toMatchObject({ code: 0, sources: ['page', 'arxiv', 'json'], rejected: 0, stopped: false })
    const rows = await ingest.database.database.db
      .selectFrom('source')
      .select(['name', 'records_read'])
      .execute()
    expect(
      rows
        .filter((row) => row.records_read > 0)
        .map((row) => row.name)
        .sort(),
    ).toEqual(['arxiv', 'json', 'page'])
  })

  test.each([
    ['JSON', () => JSON.stringify(entries(3, '2026-06-16')), 3],
    [
      'JSON Lines, gzipped',
      () =>
        gzipSync(
          entries(3, '2026-06-16')
            .map((entry) => JSON.stringify(entry))
            .join('\n'),
        ),
      3,
    ],
    ['the page', capturedPage, 24],
    ['an Atom feed', () => fixtureText('arxiv-2026.xml'), undefined],
  ])('from standard input: %s', async (_kind, input, papers) => {
    const told = await ingest.summary(['-'], input())
    expect(told).toMatchObject({ code: 0, rejected: 0, ...(papers && { new: papers }) })
    expect(await ingest.papers()).toBe(told.new)
  })

  test('after a large load Postgres knows what there is now, and plans by it', async () => {
    const known = async () => {
      const { rows } = await sql<{ papers: number }>`
        select reltuples::integer as papers from pg_class where oid = 'paper'::regclass`.execute(
        ingest.database.database.db,
      )
      return rows[0]?.papers
    }
    const lines = (amount: number) =>
      entries(amount, '2026-06-16')
        .map((entry) => JSON.stringify(entry))
        .join('\n')
    expect(await ingest.summary([ingest.file('few.jsonl', lines(20))])).toMatchObject({ code: 0, new: 20 })
    expect(await known()).toBeLessThan(20)
    expect(await ingest.summary([ingest.file('many.jsonl', lines(600))])).toMatchObject({ code: 0, new: 580 })
    expect(await known()).toBe(600)
  })

  test('--dry-run tells what would be, and stores nothing', async () => {
    await using cli = ingest.start(['-', '--dry-run'], JSON.stringify(entries(3, '2026-06-16')))
    expect(await cli.ended).toEqual({ code: 0, signal: null })
    expect(cli.stdout).toMatch(/new 3 .* Nothing was stored: this was a dry run\.\n$/)
    expect(await ingest.papers()).toBe(0)
  })

  test('--observed-at dates what does not date itself', async () => {
    const file = ingest.file('undated.json', JSON.stringify(entries(1, '2026-06-16')))
    expect(await ingest.summary([file, '--observed-at', '2026-06-20T10:00:00Z'])).toMatchObject({
      code: 0,
      new: 1,
    })
    const { observed_at } = await ingest.database.database.db
      .selectFrom('listing')
      .select('observed_at')
      .executeTakeFirstOrThrow()
    expect(observed_at.toISOString()).toBe('2026-06-20T10:00:00.000Z')
    expect(await ingest.run([file, '--observed-at', 'yesterday'])).toMatchObject({
      code: 1,
      stderr: 'The observation time "yesterday" is not an instant; expected e.g. 2025-01-05T08:30:00Z.\n',
    })
  })
})
