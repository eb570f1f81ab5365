import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { query, startTestApp } from '../support/app.ts'
import { startCli } from '../support/cli.ts'
import { createTestDatabase } from '../support/database.ts'
import { subscribe } from '../support/subscribe.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'daily-papers-moving-'))
chmodSync(folder, 0o755) // Postgres may run as another user than root, and has to enter
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The documented command: what stands in src/OPERATIONS.md, with an address. */
function movingTo(url: string): string {
  const [line = ''] =
    /^daily-papers dump - \| .*$/m.exec(readFileSync(join(root, 'src/OPERATIONS.md'), 'utf8')) ?? []
  return line.replace(/ +#.*/, '').replace('postgresql://…', url)
}

test('one command moves everything from the embedded database to another, beside a running server', async () => {
  await using old = startCli(['serve'], { cwd: folder, env: { PORT: '0' } })
  const [, endpoint = ''] = await old.said(/API and GraphiQL +(\S+)/)
  const question = '{ feedPosition papers(first: 1) { totalCount } sources { name recordsRead } }'
  const before = await query<{ feedPosition: string }>({ endpoint }, question)

  await using target = await createTestDatabase('template0')
  const program = join(folder, 'daily-papers')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'src/cli.mjs')}' "$@"\n`, {
    mode: 0o755,
  })
  const command = movingTo(target.url)
  expect(command).toContain(`DATABASE_URL='${target.url}' daily-papers restore -`)
  const { stdout } = await promisify(execFile)('sh', ['-c', command], {
    cwd: folder,
    env: { PATH: `${folder}:${process.env.PATH}` },
  })
  expect(stdout).toMatch(/^Restored 43 papers and the feed up to event \d+/)

  await using app = await startTestApp({ settings: { DATABASE_URL: target.url } })
  // Its cursor names the new history and means the same place.
  const { feedPosition: _, ...same } = before
  expect(await query(app, question)).toMatchObject(same)
  await using papers = subscribe<{ paperIngested: { paper: { title: string } } }>(
    app,
    `subscription { paperIngested(after: "START") { paper { title } } }`,
  )
  expect((await papers.next()).paperIngested.paper.title).toEqual(expect.any(String))
  const { feed } = await query<{ feed: { events: unknown[] } }>(
    app,
    'query ($after: FeedCursor!) { feed(after: $after, first: 5) { events { cursor } } }',
    { after: before.feedPosition },
  )
  expect(feed.events).toEqual([])
  old.kill('SIGTERM')
  await old.ended
})
