import { tmpdir } from 'node:os'
import { sql } from 'kysely'
import { expect, test, vi } from 'vitest'
import { query } from '../support/app.ts'
import { startCli } from '../support/cli.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startUpstream } from '../support/upstream.ts'
import { entries } from '../support/upstream-data.ts'

test('serve --poll huggingface brings today’s papers by itself, says so, and stops when asked to', async () => {
  await using upstream = await startUpstream()
  await using database = await createTestDatabase()
  const today = new Date().toISOString().slice(0, 10)
  upstream.editions.set(today, entries(3, today, '2601'))
  await using server = startCli(['serve', '--poll', 'huggingface'], {
    cwd: tmpdir(),
    env: { PORT: '0', PLANT_SEEDS: 'off', DATABASE_URL: database.url, HUGGINGFACE_URL: upstream.url },
  })
  const [, endpoint = ''] = await server.said(/API and GraphiQL +(\S+)/)
  expect(server.stdout).toContain(`New papers         from ${new URL(upstream.url).host}, every 5 minutes`)
  await server.said(/Read 127\.0\.0\.1:\d+\. new=3 changed=0/)
  const { papers } = await query<{ papers: { totalCount: number } }>(
    { endpoint },
    '{ papers(first: 1) { totalCount } }',
  )
  expect(papers.totalCount).toBe(3)

  server.kill('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })
})

test('without it no upstream is asked, and the start says how to begin', async () => {
  await using upstream = await startUpstream()
  await using database = await createTestDatabase()
  await using server = startCli(['serve'], {
    cwd: tmpdir(),
    env: { PORT: '0', PLANT_SEEDS: 'off', DATABASE_URL: database.url, HUGGINGFACE_URL: upstream.url },
  })
  await server.said(/New papers +not polled; npm start -- --poll huggingface/)
  server.kill('SIGTERM')
  await server.ended
  expect(upstream.requests).toEqual([])
})

test('a server that polls and is frozen is replaced within its lease, and polls no more when it wakes up', async () => {
  await using upstream = await startUpstream()
  await using database = await createTestDatabase()
  const today = new Date().toISOString().slice(0, 10)
  const start = () =>
    startCli(['serve', '--poll', 'huggingface'], {
      cwd: tmpdir(),
      env: {
        ...{ PORT: '0', PLANT_SEEDS: 'off', DATABASE_URL: database.url, HUGGINGFACE_URL: upstream.url },
        POLL_LEASE_SECONDS: '2',
      },
    })
  await using first = start()
  await first.said(/Polling 127/)
  await using second = start()
  await second.said(/API and GraphiQL/)
  expect(second.stderr).not.toContain('Polling')
  first.kill('SIGSTOP')
  const frozenAt = await heldUntil(database)
  upstream.editions.set(today, entries(3, today, '2601'))
  await second.said(/Read 127\.0\.0\.1:\d+\. new=3 changed=0/)
  // Not before the lease of the frozen one had run out, by the clock of the database.
  const now = await clockOf(database)
  expect(now).toBeGreaterThanOrEqual(frozenAt)
  first.kill('SIGCONT')
  const fence = await fenceOf(database)
  await vi.waitFor(async () => expect(await heldUntil(database)).toBeGreaterThan(now + 4_000), {
    timeout: 150_000,
  })
  expect(await fenceOf(database)).toBe(fence)
})

const fenceOf = async ({ database: { db } }: TestDatabase) =>
  (await db.selectFrom('lease').select('fence').executeTakeFirst())?.fence

const heldUntil = async ({ database: { db } }: TestDatabase) =>
  (await db.selectFrom('lease').select('held_until').executeTakeFirst())?.held_until.getTime() ?? 0

async function clockOf({ database: { db } }: TestDatabase): Promise<number> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db)
  return rows[0]?.now.getTime() ?? 0
}
