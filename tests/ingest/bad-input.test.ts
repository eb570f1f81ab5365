import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type IngestCommand, ingestCommand } from '../support/ingest.ts'
import { entries } from '../support/upstream-data.ts'

let ingest: IngestCommand
beforeEach(async () => {
  ingest = await ingestCommand()
})
afterEach(() => ingest[Symbol.asyncDispose]())

describe('bad input', () => {
  const good = JSON.stringify(entries(2, '2026-06-16'))
  const bad: [string, string, string | Uint8Array, string][] = [
    ['an empty file', 'empty.json', '', 'empty.json: The file is empty.'],
    [
      'a picture',
      'picture.txt',
      Buffer.from('\x89PNG\r\n\x1a\n\0\0', 'latin1'),
      'picture.txt: The file is a PNG image.',
    ],
    ['noise', 'noise.json', Buffer.from([0xc3, 0x28, 0, 1, 2, 3, 0xff]), 'noise.json: The file is not text.'],
    ['half of a response', 'half.json', good.slice(0, 700), 'half.json: This is not complete JSON'],
    [
      'half of a .gz',
      'half.json.gz',
      gzipSync(good).subarray(0, 200),
      'half.json.gz: The gzip file is cut off',
    ],
    [
      'a saved web page',
      'page.html',
      '<!doctype html><p>Good morning',
      'page.html: This is not a capture of the Daily Papers page',
    ],
    [
      'other JSON',
      'other.json',
      '{"a": 1}',
      'other.json: This JSON is not a response of the Daily Papers API',
    ],
    ['other text', 'other.txt', 'Dear Sir or Madam', 'other.txt: The file begins with "Dear Sir or Madam"'],
  ]
  test('one sentence for each file, and nothing stored', async () => {
    const { code, stderr } = await ingest.run(bad.map(([, name, content]) => ingest.file(name, content)))
    expect(code).toBe(1)
    expect(stderr.trim().split('\n')).toEqual(
      bad.map(([, , , sentence]) => expect.stringContaining(sentence)),
    )
    expect(await ingest.papers()).toBe(0)
  })

  test.each([
    [['nowhere.json'], 'File or folder not found: nowhere.json. Check its name.\n'],
    [['empty folder'], 'The folder empty folder contains no file to read. Supported names end in .json'],
    [[], 'Specify what to ingest: files, folders, -, huggingface or arxiv.\n'],
    [
      ['huggingface'],
      'Specify the editions with exactly one of --date, --from (with or without --to), --week and --month.\n',
    ],
    [['huggingface', '--date', '2026-02-30'], '2026-02-30 is not a valid date; expected e.g. 2026-06-16.\n'],
    [
      ['huggingface', '--from', '2026-06-16', '--to', '2026-06-15'],
      '--from must not be after --to (2026-06-15).\n',
    ],
    [['huggingface', '--date', '2099-01-01'], '2099-01-01 is in the future'],
  ])('%j is refused with a sentence', async (args, sentence) => {
    mkdirSync(join(ingest.folder, 'empty folder'), { recursive: true })
    const { code, stderr } = await ingest.run(args)
    expect(code).toBe(1)
    expect(stderr).toContain(sentence)
    expect(ingest.upstream.requests).toEqual([])
  })

  test('one broken file does not cost the others', async () => {
    ingest.file('a.json', good)
    ingest.file('b.json', good.slice(0, 700))
    ingest.file('c.json', JSON.stringify(entries(2, '2026-06-17', '2607')))
    const {
      code,
      faults: broken,
      new: created,
      stderr,
    } = await ingest.summary(['a.json', 'b.json', 'c.json'])
    expect([code, created, broken]).toEqual([1, 4, [{ path: 'b.json', reason: stderr.trim() }]])
  })

  test('a rejected record is listed, and told by the exit code', async () => {
    const [first, ...others] = entries(3, '2026-06-16')
    const broken = { ...first, paper: { ...first?.paper, authors: [{ name: 7 }] } }
    const { code, stderr, stdout } = await ingest.run([
      ingest.file('mixed.json', JSON.stringify([broken, ...others])),
    ])
    expect(code).toBe(2)
    expect(stderr).toBe('Rejected mixed.json item 1, paper.authors.0.name: Expected a string, not 7.\n')
    expect(stdout).toMatch(/new 2 .* rejected 1;/)
    expect(await ingest.papers()).toBe(2)
  })

  test('a file that may not be read', async ({ skip }) => {
    skip(process.getuid?.() === 0, 'the superuser may read everything')
    chmodSync(join(ingest.folder, ingest.file('secret.json', good)), 0)
    expect(await ingest.run(['secret.json'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('permission denied'),
    })
  })
})
