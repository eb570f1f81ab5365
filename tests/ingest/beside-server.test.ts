import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { lockDirectory } from '../../db/embedded/lock.ts'
import { runCli, startCli } from '../support/cli.ts'
import { subscribe } from '../support/subscribe.ts'
import { entries } from '../support/upstream-data.ts'

const folder = mkdtempSync(join(tmpdir(), 'daily-papers-beside-'))
chmodSync(folder, 0o755) // Postgres may run as another user than root, and has to enter
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('papers ingested in another terminal reach the subscribers of the running server, in order, once each', async () => {
  await using server = startCli(['serve'], { cwd: folder, env: { PORT: '0', PLANT_SEEDS: 'off' } })
  const [, endpoint = ''] = await server.said(/API and GraphiQL +(\S+)/)
  const wsEndpoint = endpoint.replace('http', 'ws')
  await using papers = subscribe<{ paperIngested: { paper: { arxivId: string } } }>(
    { wsEndpoint },
    'subscription { paperIngested(after: START) { paper { arxivId } } }',
  )
  const listed = entries(5, '2026-06-16')
  writeFileSync(join(folder, '2026-06-16.json'), JSON.stringify(listed))
  const ingest = () => runCli(['ingest', '2026-06-16.json'], { cwd: folder })
  expect(await ingest()).toMatchObject({ code: 0, stdout: expect.stringContaining('new 5') })
  for (const { paper } of listed) expect((await papers.next()).paperIngested.paper.arxivId).toBe(paper.id)

  // Again nothing is new, so that the next to come is the paper that really is.
  expect(await ingest()).toMatchObject({ code: 0, stdout: expect.stringContaining('new 0') })
  const [, , , , , sixth] = entries(6, '2026-06-16')
  writeFileSync(join(folder, '2026-06-16.json'), JSON.stringify([...listed, sixth]))
  expect(await ingest()).toMatchObject({ code: 0, stdout: expect.stringContaining('new 1') })
  expect((await papers.next()).paperIngested.paper.arxivId).toBe(sixth?.paper.id)
  expect(papers.waiting).toBe(0)
}, 400_000)

test('a command waits for a server that has the database and is still starting it', async () => {
  writeFileSync(join(folder, 'later.json'), JSON.stringify(entries(2, '2026-06-17')))
  mkdirSync(join(folder, 'data'))
  const starting = await lockDirectory(join(folder, 'data', 'pg18'))
  await using ingest = startCli(['ingest', 'later.json'], { cwd: folder, env: { DATA_DIR: 'data' } })
  await ingest.said(
    new RegExp(
      `Waiting for the database of another server \\(process ${process.pid}\\), which is starting\\.`,
    ),
  )
  starting.release()
  expect(await ingest.ended).toEqual({ code: 0, signal: null })
  expect(ingest.stdout).toContain('new 2')
}, 400_000)
