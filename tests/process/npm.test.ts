import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { createTestDatabase } from '../support/database.ts'
import { awaiting, once } from '../support/patience.ts'
import { childrenOf, runs } from '../support/processes.ts'

/** The project as npm sees it, without the file `.env` that a developer may have in theirs. */
const folder = mkdtempSync(join(tmpdir(), 'daily-papers-npm-'))
const root = fileURLToPath(new URL('../..', import.meta.url))
cpSync(join(root, 'package.json'), join(folder, 'package.json'))
for (const name of ['src', 'node_modules']) symlinkSync(join(root, name), join(folder, name))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a SIGTERM to npm start stops the server, and leaves no process', async () => {
  await using database = await createTestDatabase()
  const { PATH, HOME } = process.env
  const npm = spawn('npm', ['start', '--no-update-notifier'], {
    cwd: folder,
    env: { PATH, HOME, PORT: '0', DATABASE_URL: database.url, PLANT_SEEDS: 'off' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const ready = Promise.withResolvers<void>()
  for (const stream of [npm.stdout, npm.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes('Press Ctrl-C to stop.')) ready.resolve()
    })
  const ended = once(npm, 'close')
  const all: number[] = []
  try {
    await awaiting(() => `npm start to be ready; it said:\n${said}`, Promise.race([ready.promise, ended]))
    all.push(...childrenOf(npm.pid ?? 0))
    expect(all).not.toEqual([])
    npm.kill('SIGTERM')
    await awaiting(() => `the end of npm start; it said:\n${said}`, ended)
    expect(said).toContain('Stopped.')
    await expect.poll(() => all.filter(runs)).toEqual([])
  } finally {
    for (const pid of all.filter(runs)) process.kill(pid, 'SIGKILL')
    npm.kill('SIGKILL')
  }
}, 300_000)
