import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLogger } from '../../src/log.ts'
import { printable, printableJson, printableLine } from '../../src/terminal.ts'
import { startTestApp } from '../support/app.ts'
import { startCli } from '../support/cli.ts'
import { type IngestCommand, ingestCommand } from '../support/ingest.ts'
import { plant } from '../support/papers.ts'

let ingest: IngestCommand
beforeEach(async () => {
  ingest = await ingestCommand()
})
afterEach(() => ingest[Symbol.asyncDispose]())

const evil = '\x1b]0;owned\x07\x1b[2J\u202eevil\x9b31m'
/** What a terminal obeys, the ends of lines aside. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const commands = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/

test('controls are shown as escapes, on a line and in JSON', () => {
  expect(printableLine('a\x1b[2J\nb\u202e')).toBe('a\\u001b[2J\\u000ab\\u202e')
  expect(printable('a\nb\x9b')).toBe('a\nb\\u009b')
  expect(printableLine('é 中 👩\u200d💻 می\u200cخواهم')).toBe('é 中 👩\u200d💻 می\u200cخواهم')
  expect(JSON.parse(printableJson({ evil }))).toEqual({ evil })
  expect(printableJson({ evil: `${evil}\u{e0041}` })).not.toMatch(commands)
})

test('the log escapes what texts and errors hold, in both formats', () => {
  const lines: string[] = []
  for (const format of ['text', 'json'] as const) {
    const log = createLogger({ level: 'debug', format, write: (line) => lines.push(line) })
    log.error(`Said ${evil}`, { reason: evil, error: new Error(evil) })
  }
  expect(lines).toHaveLength(2)
  for (const line of lines) expect(line).not.toMatch(commands)
})

test('ingest escapes names of files, in what it reports and in what it refuses', async () => {
  const bad = ingest.file(`${evil.replace('\x1b]', '')}\n.json`, '[{"paper": {"title": "x"}}]')
  for (const args of [[bad], [bad, '--json'], [`missing${evil}`]]) {
    const { stdout, stderr } = await ingest.run(args)
    expect(stdout + stderr).toContain('evil')
    expect(stdout + stderr).not.toMatch(commands)
  }
})

test('follow escapes what a server sends, whatever is stored there', async () => {
  await using app = await startTestApp()
  await using follow = startCli(['follow', '--url', app.endpoint, '--after', 'START'], { cwd: ingest.folder })
  await plant(app.db, [{ title: `Paper ${evil}`, authors: [{ name: `Ada ${evil}` }] }])
  await follow.said(/Ada/)
  follow.kill('SIGTERM')
  await follow.ended
  expect(follow.stdout).toContain('\\u001b[2J\\u202eevil\\u009b31m')
  expect(follow.stdout + follow.stderr).not.toMatch(commands)
})
