import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCli } from '../support/cli.ts'
import { createTestDatabase } from '../support/database.ts'

/** The package as npm would install it, for npx for example: below node_modules, without what `files` leaves out. */
const folder = mkdtempSync(join(tmpdir(), 'daily-papers-packed-'))
const root = fileURLToPath(new URL('../..', import.meta.url))
const modules = join(folder, 'node_modules')
const project = join(modules, 'daily-papers')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

beforeAll(() => {
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
  })
  const [{ filename }] = JSON.parse(packed)
  mkdirSync(project, { recursive: true })
  execFileSync('tar', ['xzf', join(folder, filename), '--strip-components=1', '-C', project])
  const installed = join(root, 'node_modules')
  for (const name of readdirSync(installed)) symlinkSync(join(installed, name), join(modules, name))
}, 300_000)

test('the package has the program and no tests, examples or development files', () => {
  expect(readdirSync(project).sort()).toEqual(
    ['CHANGELOG.md', 'LICENSE', 'README.md', 'db', 'package.json', 'schema', 'seeds', 'src'].sort(),
  )
  expect(readdirSync(join(project, 'src'))).not.toContain('examples')
})

test('it starts where npm has installed it, though Node strips no types there, and has its playground', async () => {
  await using database = await createTestDatabase()
  await using server = startCli([], { cwd: folder, project, env: { PORT: '0', DATABASE_URL: database.url } })
  const [, endpoint = ''] = await server.said(/API and GraphiQL +(\S+)/)
  await server.said(/with npx daily-papers ingest <file>/)
  const page = await fetch(endpoint, { headers: { accept: 'text/html' } })
  expect(await page.text()).toContain('graphiql')
  expect(server.stderr).not.toMatch(/ExperimentalWarning/)
}, 300_000)

test('what npm runs after it makes it one program there, too', async () => {
  // All packages are beside it: it has no folder of its own until something is kept in it.
  rmSync(join(project, 'node_modules'), { recursive: true, force: true })
  expect(execFileSync(process.execPath, [join(project, 'src/make-bundle.mjs')], { encoding: 'utf8' })).toBe(
    '',
  )
  const entry = join(project, 'node_modules/.cache/program/main.mjs')
  writeFileSync(
    entry,
    readFileSync(entry, 'utf8').replace('as a live GraphQL API', 'as a bundled GraphQL API'),
  )
  await using cli = startCli(['--help'], { cwd: folder, project })
  expect(await cli.ended).toEqual({ code: 0, signal: null })
  expect(cli.stdout).toContain('as a bundled GraphQL API')
})
