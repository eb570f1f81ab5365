import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { runningEmbedded } from '../../db/embedded/running.ts'
import { query } from '../support/app.ts'
import { type CliProcess, runCli, startCli } from '../support/cli.ts'
import { execute } from '../support/execute.ts'

const folder = mkdtempSync(join(tmpdir(), 'daily-papers-serve-'))
chmodSync(folder, 0o755) // Postgres may run as another user than root, and has to enter
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// Each test starts the program and its database, some of them twice.
vi.setConfig({ testTimeout: 180_000 })

/** The embedded database, as a first visitor has it. */
const env = { PORT: '0' }
const serve = () => startCli([], { cwd: folder, env })

async function endpointOf(server: CliProcess): Promise<{ endpoint: string }> {
  const [, endpoint = ''] = await server.said(/API and GraphiQL +(\S+)/)
  return { endpoint }
}

const titles = (at: { endpoint: string }) =>
  query<{ papers: { totalCount: number; nodes: { title: string }[] } }>(
    at,
    '{ papers(first: 1) { totalCount nodes { title } } }',
  )

test('a first start plants the capture and says what to try, which works when pasted', async () => {
  await using server = serve()
  const at = await endpointOf(server)
  expect(server.stdout).toMatch(/^Daily Papers is ready: 43 papers in 2 editions\.\n/)
  expect(server.stdout).toMatch(/Database +embedded, in \.data\/pg18 \(Postgres 18\.\d+\)/)
  expect(server.stderr).toMatch(
    /^[\d:]+ Preparing the database in \.data\/pg18: some seconds, only at the first start\.\n$/,
  )
  const curl = /curl (\S+) -H '(\S+): (\S+)' \\\n +-d '(.+)'/.exec(server.stdout) ?? []
  const [, url = '', header = '', value = '', body = ''] = curl
  expect(url).toBe(at.endpoint)
  const answer = await fetch(url, { method: 'POST', headers: { [header]: value }, body })
  expect(await answer.json()).toMatchObject({ data: { papers: { nodes: [{}, {}, {}] } } })

  server.kill('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })
  // A new database has nothing of an older version.
  expect(server.stderr).not.toContain('made anew')
})

test('a second start finds the data; a third one beside it is told who has it', async () => {
  await using server = serve()
  expect(await titles(await endpointOf(server))).toMatchObject({ papers: { totalCount: 43 } })

  const { code, stderr } = await runCli([], { cwd: folder, env })
  expect(code).toBe(1)
  expect(stderr).toContain(
    `is in use by another server (process ${server.pid}). Stop that server, set DATA_DIR`,
  )
  expect(stderr.trim().split('\n')).toHaveLength(1)

  server.kill('SIGINT')
  expect(await server.ended).toEqual({ code: 0, signal: null })
})

test('a command in another terminal uses the database of the running server', async () => {
  await using server = serve()
  await endpointOf(server)
  const { code, stdout, stderr } = await runCli(['migrate'], { cwd: folder, env })
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^embedded, in \.data\/pg18 \(Postgres 18\.\d+\): already at the latest schema\.\n$/)
  expect(await titles(await endpointOf(server))).toMatchObject({ papers: { totalCount: 43 } })
})

test('after a kill -9 the next start has every paper', async () => {
  {
    await using server = serve()
    await endpointOf(server)
    server.kill('SIGKILL')
    await server.ended
  }
  await using server = serve()
  expect(await titles(await endpointOf(server))).toMatchObject({ papers: { totalCount: 43 } })
})

test('when the embedded Postgres dies, the server says so and exits with 1', async () => {
  await using server = serve()
  await endpointOf(server)
  const postmaster = Number.parseInt(readFileSync(join(folder, '.data/pg18/postmaster.pid'), 'utf8'), 10)
  process.kill(postmaster, 'SIGKILL')
  expect(await server.ended).toEqual({ code: 1, signal: null })
  expect(server.stderr).toMatch(
    /The embedded database stopped unexpectedly \(SIGKILL\)\. Its log, .*pg18\.log, ends with:\n/,
  )
})

test('a database that a newer version migrated is refused in one sentence, which names its folder', async () => {
  {
    await using server = serve()
    await endpointOf(server)
    const url = runningEmbedded(join(folder, '.data/pg18')) ?? ''
    await execute(url, `insert into kysely_migration (name, timestamp) values ('9999_newer', now())`)
    server.kill('SIGTERM')
    await server.ended
  }
  const { code, stderr } = await runCli([], { cwd: folder, env })
  expect([code, stderr]).toEqual([
    1,
    'Cannot use the embedded database in .data/pg18: it was migrated by a newer daily-papers (migration 9999_newer). ' +
      'Use that version or a newer one.\n',
  ])
})
