import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
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
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { startCli } from '../support/cli.ts'
import { createTestDatabase } from '../support/database.ts'

/** A copy of the project with the packages of this one, as an installation leaves it. */
const project = mkdtempSync(join(tmpdir(), 'daily papers #1 100% bundled '))
const root = fileURLToPath(new URL('../..', import.meta.url))
const bundle = join(project, 'node_modules/.cache/program')
afterAll(() => rmSync(project, { recursive: true, force: true }))

beforeAll(() => {
  for (const name of ['db', 'schema', 'seeds', 'src', 'package.json'])
    cpSync(join(root, name), join(project, name), { recursive: true })
  mkdirSync(join(project, 'node_modules'))
  for (const name of readdirSync(join(root, 'node_modules')).filter((each) => each !== '.cache'))
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name))
  // One of its own, to change.
  rmSync(join(project, 'node_modules/commander'))
  cpSync(join(root, 'node_modules/commander'), join(project, 'node_modules/commander'), { recursive: true })
}, 120_000)

beforeEach(() => {
  execFileSync(process.execPath, [join(project, 'src/make-bundle.mjs')])
  // The mark of the bundle, which its sources have not.
  const entry = join(bundle, 'main.mjs')
  writeFileSync(
    entry,
    readFileSync(entry, 'utf8').replace('as a live GraphQL API', 'as a bundled GraphQL API'),
  )
}, 120_000)

async function help(execArgv: string[] = [], env = {}): Promise<string> {
  await using cli = startCli(['--help'], { cwd: project, project, execArgv, env })
  expect(await cli.ended).toEqual({ code: 0, signal: null })
  expect(cli.stderr).toBe('')
  return cli.stdout
}

test('the program runs in one piece, with all that it does: the playground, the page, writes and feeds', async () => {
  await using database = await createTestDatabase()
  await using server = startCli(['serve'], {
    cwd: project,
    project,
    env: { PORT: '0', DATABASE_URL: database.url },
  })
  const [, endpoint = ''] = await server.said(/API and GraphiQL +(\S+)/)
  const asHtml = { headers: { accept: 'text/html' } }
  expect(await (await fetch(endpoint, asHtml)).text()).toContain('GraphiQL')
  const page = await (await fetch(new URL('/', endpoint), asHtml)).text()
  const [, style = ''] = /<link rel="stylesheet" href="([^"]+)"/.exec(page) ?? []
  expect((await fetch(new URL(style, endpoint))).status).toBe(200)
  expect((await fetch(new URL('/feeds/latest.atom', endpoint))).headers.get('content-type')).toContain(
    'atom+xml',
  )
  await using ingest = startCli(['ingest', join(root, 'tests/fixtures/sources/2026-04-23.json')], {
    cwd: project,
    project,
    env: { DATABASE_URL: database.url },
  })
  expect(await ingest.ended).toEqual({ code: 0, signal: null })
  const query = '{ search(text: "attention") { totalCount } }'
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  const { data } = (await answer.json()) as { data: { search: { totalCount: number } } }
  expect(data.search.totalCount).toBeGreaterThan(0)
  server.kill('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })
})

test('it runs from the bundle', async () => {
  expect(await help()).toContain('bundled')
})

test.each([
  ['a flag', ['--import', 'data:text/javascript,'], {}],
  ['an option of the environment', [], { NODE_OPTIONS: '--require node:fs' }],
  ['coverage', [], { NODE_V8_COVERAGE: tmpdir() }],
])('who hooks into modules by %s finds them one by one', async (_what, execArgv, env) => {
  expect(await help(execArgv, env)).not.toContain('bundled')
})

test('a source that has changed since is run', async () => {
  const source = join(project, 'src/setting-names.ts')
  const before = readFileSync(source)
  onTestFinished(() => writeFileSync(source, before))
  appendFileSync(source, '// changed\n')
  expect(await help()).not.toContain('bundled')
})

test('a package that was installed anew since is run', async () => {
  appendFileSync(join(project, 'node_modules/commander/package.json'), '\n')
  expect(await help()).not.toContain('bundled')
})

test('a copy that uses the packages of another one leaves it its bundle', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'daily-papers-bundle-'))
  onTestFinished(() => rmSync(copy, { recursive: true }))
  cpSync(join(project, 'src'), join(copy, 'src'), { recursive: true })
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'))
  execFileSync(process.execPath, [join(copy, 'src/make-bundle.mjs')])
  expect(await help()).toContain('bundled')
})

test('without the bundler, an installation succeeds, and the sources are run', async () => {
  rmSync(join(project, 'node_modules/esbuild'))
  execFileSync(process.execPath, [join(project, 'src/make-bundle.mjs')])
  expect(readdirSync(join(project, 'node_modules/.cache'))).not.toContain('program')
  expect(await help()).toContain('as a live GraphQL API')
})
