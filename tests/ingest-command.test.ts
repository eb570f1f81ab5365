import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runCli, startCli } from './support/cli.ts'
import { createTestDatabase, type TestDatabase } from './support/database.ts'
import { capturedPage, fixture, fixtureText } from './support/source-data.ts'
import { startUpstream, type Upstream } from './support/upstream.ts'
import { anEntry, entries } from './support/upstream-data.ts'
import { faults } from './support/upstream-faults.ts'

const folder = mkdtempSync(join(tmpdir(), 'daily-papers-ingest-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let database: TestDatabase
let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream[Symbol.asyncDispose]())
beforeEach(async () => {
  database = await createTestDatabase()
  upstream.requests.length = 0
  upstream.editions.clear()
  upstream.always()
})
afterEach(() => database.drop())

const environment = () => ({
  DATABASE_URL: database.url,
  HUGGINGFACE_URL: upstream.url,
  ARXIV_URL: upstream.url,
})
const run = (args: string[], input?: string | Uint8Array) =>
  runCli(['ingest', ...args], { cwd: folder, env: environment(), ...(input !== undefined && { input }) })

/** The summary for machines. */
async function summary(args: string[], input?: string | Uint8Array) {
  const { code, stdout, stderr } = await run([...args, '--json'], input)
  return { code, stderr, ...JSON.parse(stdout) }
}

const count = async () => {
  const { papers } = await database.database.db
    .selectFrom('paper')
    .select((eb) => eb.fn.countAll<number>().as('papers'))
    .executeTakeFirstOrThrow()
  return papers
}

function saved(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content)
  return name
}

describe('files', () => {
  test('a folder is read by name, with its subfolders; what is no source is told', async () => {
    const captures = join(folder, 'captures')
    mkdirSync(join(captures, 'more'), { recursive: true })
    copyFileSync(
      join(import.meta.dirname, 'fixtures/sources/2026-04-23.json'),
      join(captures, '2026-04-23.json'),
    )
    writeFileSync(join(captures, 'more/2026-07-02.json.gz'), gzipSync(fixture('2026-07-02.json')))
    writeFileSync(join(captures, 'notes.md'), 'to do')
    const first = await run(['captures'])
    expect(first.code).toBe(0)
    expect(first.stderr).toBe('Skipped by their names: captures/notes.md.\n')
    expect(first.stdout).toMatch(
      /^\d+ records read in [\d.]+ s: new (\d+) {2}changed 0 {2}unchanged 0 {2}rejected 0; \d+ feed events\.\n$/,
    )
    const papers = await count()
    expect(papers).toBeGreaterThan(1)
    expect(await summary(['captures'])).toMatchObject({
      code: 0,
      new: 0,
      changed: 0,
      unchanged: papers,
      events: 0,
    })
  })

  test('of several kinds, in the order given, each under its own source', async () => {
    const page = saved('page.txt', capturedPage())
    const feed = saved('feed.xml', fixture('arxiv-2026.xml'))
    const lines = saved(
      'lines.jsonl',
      entries(3, '2026-06-16')
        .map((entry) => JSON.stringify(entry))
        .join('\n'),
    )
    const told = await summary([page, feed, lines])
    expect(told).toMatchObject({ code: 0, sources: ['page', 'arxiv', 'json'], rejected: 0, stopped: false })
    const rows = await database.database.db.selectFrom('source').select(['name', 'records_read']).execute()
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
    const told = await summary(['-'], input())
    expect(told).toMatchObject({ code: 0, rejected: 0, ...(papers && { new: papers }) })
    expect(await count()).toBe(told.new)
  })

  test('--dry-run tells what would be, and stores nothing', async () => {
    const { code, stdout } = await run(['-', '--dry-run'], JSON.stringify(entries(3, '2026-06-16')))
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/new 3 .* Nothing was stored: this was a dry run\.\n$/),
    ])
    expect(await count()).toBe(0)
  })

  test('--observed-at dates what does not date itself', async () => {
    const file = saved('undated.json', JSON.stringify(entries(1, '2026-06-16')))
    expect(await summary([file, '--observed-at', '2026-06-20T10:00:00Z'])).toMatchObject({ code: 0, new: 1 })
    const { observed_at } = await database.database.db
      .selectFrom('listing')
      .select('observed_at')
      .executeTakeFirstOrThrow()
    expect(observed_at.toISOString()).toBe('2026-06-20T10:00:00.000Z')
    expect(await run([file, '--observed-at', 'yesterday'])).toMatchObject({
      code: 1,
      stderr: 'The observation time "yesterday" is no instant; write it like 2025-01-05T08:30:00Z.\n',
    })
  })
})

describe('bad input', () => {
  const good = JSON.stringify(entries(2, '2026-06-16'))
  const bad: [string, string, string | Uint8Array, string][] = [
    ['an empty file', 'empty.json', '', 'empty.json: The file is empty.'],
    [
      'a picture',
      'picture.txt',
      Buffer.from('\x89PNG\r\n\x1a\n\0\0', 'latin1'),
      'picture.txt: The file is a PNG picture.',
    ],
    ['noise', 'noise.json', Buffer.from([0xc3, 0x28, 0, 1, 2, 3, 0xff]), 'noise.json: The file is not text.'],
    ['half of a response', 'half.json', good.slice(0, 700), 'half.json: This is not whole JSON'],
    [
      'half of a .gz',
      'half.json.gz',
      gzipSync(good).subarray(0, 200),
      'half.json.gz: The gzip file is cut off',
    ],
    [
      'a saved web page',
      'page.html',
      '<!doctype html><p>Daily Papers',
      'page.html: The file is a saved web page (HTML).',
    ],
    ['other JSON', 'other.json', '{"a": 1}', 'other.json: This JSON is no response of the Daily Papers API'],
    ['other text', 'other.txt', 'Dear Sir or Madam', 'other.txt: The file begins with "Dear Sir or Madam"'],
  ]
  test('one sentence for each file, and nothing stored', async () => {
    const { code, stderr } = await run(bad.map(([, name, content]) => saved(name, content)))
    expect(code).toBe(1)
    expect(stderr.trim().split('\n')).toEqual(
      bad.map(([, , , sentence]) => expect.stringContaining(sentence)),
    )
    expect(await count()).toBe(0)
  })

  test.each([
    [['nowhere.json'], 'There is no file or folder nowhere.json. Check its name.\n'],
    [['empty folder'], 'The folder empty folder holds no file to read. Their names end in .json'],
    [[], 'Say what to ingest: files, folders, -, huggingface or arxiv.\n'],
    [['huggingface'], 'Say which editions: --date, --from (with --to), --week or --month; one of them.\n'],
    [
      ['huggingface', '--date', '2026-02-30'],
      '2026-02-30 is not a day of the calendar; write it like 2026-06-16.\n',
    ],
    [
      ['huggingface', '--from', '2026-06-16', '--to', '2026-06-15'],
      '--from has to be a day before --to (2026-06-15).\n',
    ],
    [['huggingface', '--date', '2099-01-01'], '2099-01-01 is in the future'],
  ])('%j is refused with a sentence', async (args, sentence) => {
    mkdirSync(join(folder, 'empty folder'), { recursive: true })
    const { code, stderr } = await run(args)
    expect(code).toBe(1)
    expect(stderr).toContain(sentence)
    expect(upstream.requests).toEqual([])
  })

  test('one broken file does not cost the others', async () => {
    saved('a.json', good)
    saved('b.json', good.slice(0, 700))
    saved('c.json', JSON.stringify(entries(2, '2026-06-17', '2607')))
    const { code, faults: broken, new: created, stderr } = await summary(['a.json', 'b.json', 'c.json'])
    expect([code, created, broken]).toEqual([1, 4, [{ path: 'b.json', reason: stderr.trim() }]])
  })

  test('a rejected record is listed, and told by the exit code', async () => {
    const [first, ...others] = entries(3, '2026-06-16')
    const broken = { ...first, paper: { ...first?.paper, authors: [{ name: 7 }] } }
    const { code, stderr, stdout } = await run([saved('mixed.json', JSON.stringify([broken, ...others]))])
    expect(code).toBe(2)
    expect(stderr).toBe(
      'Rejected mixed.json item 1, paper.authors.0.name: A string is expected here, not 7.\n',
    )
    expect(stdout).toMatch(/new 2 .* rejected 1;/)
    expect(await count()).toBe(2)
  })

  test('a file that may not be read', async ({ skip }) => {
    skip(process.getuid?.() === 0, 'the superuser may read everything')
    chmodSync(join(folder, saved('secret.json', good)), 0)
    expect(await run(['secret.json'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('may not read it'),
    })
  })
})

describe('upstreams', () => {
  test('one edition, a range, a month', async () => {
    upstream.editions.set('2026-06-15', entries(2, '2026-06-15', '2605'))
    upstream.editions.set('2026-06-16', entries(3, '2026-06-16'))
    expect(await summary(['huggingface', '--date', '2026-06-16'])).toMatchObject({
      code: 0,
      new: 3,
      sources: ['huggingface'],
    })
    expect(await summary(['huggingface', '--from', '2026-06-14', '--to', '2026-06-16'])).toMatchObject({
      new: 2,
      unchanged: 3,
    })
    expect(await summary(['huggingface', '--month', '2026-06'])).toMatchObject({
      new: 0,
      changed: 0,
      unchanged: 5,
    })
    expect(upstream.requests[0]?.headers['user-agent']).toMatch(/^daily-papers\/\d/)
  })

  test('a failure in the middle of a range keeps what came before, and says why it ended', async () => {
    upstream.editions.set('2026-06-15', [])
    upstream.beforeList = () => upstream.next(faults.html())
    const told = await summary(['huggingface', '--from', '2026-06-15', '--to', '2026-06-16'])
    upstream.beforeList = undefined
    expect(told).toMatchObject({
      code: 1,
      error: expect.stringContaining('answered with a web page (HTML) instead of JSON'),
    })
    expect(told.stderr.trim()).toBe(told.error)
  })

  test('arXiv completes what it has not described', async () => {
    await summary(
      ['-'],
      JSON.stringify([
        anEntry({ id: '2606.00001', date: '2026-06-16' }),
        anEntry({ id: '9999.00001', date: '2026-06-16' }),
      ]),
    )
    const told = await summary(['arxiv', '--missing'])
    expect(told).toMatchObject({ code: 2, changed: 1, rejected: 1 })
    expect(told.stderr).toMatch(/^Rejected \S+ 9999\.00001: arXiv gave no paper of this id\.\n$/)
  })

  test('Ctrl-C stops at the edge of a batch and says what is stored', async () => {
    upstream.editions.set('2026-06-15', entries(600, '2026-06-15'))
    await using cli = startCli(['ingest', 'huggingface', '--from', '2026-06-15', '--to', '2026-06-16'], {
      cwd: folder,
      env: environment(),
    })
    const second = Promise.withResolvers<void>()
    upstream.beforeList = () => {
      if (upstream.requests.at(-1)?.query.date !== '2026-06-15') return
      // Two passes of six pages: after the last of them the next day is asked for.
      if (upstream.requests.length >= 12) upstream.always(() => second.resolve())
    }
    await second.promise
    cli.kill('SIGINT')
    expect(await cli.ended).toEqual({ code: 130, signal: null })
    expect(cli.stderr).toContain('Stopping at the edge of a batch; again to quit at once.')
    expect(cli.stdout).toMatch(/^600 records read .* Stopped before the end\.\n$/)
    expect(await count()).toBe(600)
    upstream.beforeList = undefined
  })
})
