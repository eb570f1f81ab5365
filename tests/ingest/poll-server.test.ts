import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { query } from '../support/app.ts'
import { startCli } from '../support/cli.ts'
import { createTestDatabase } from '../support/database.ts'
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
