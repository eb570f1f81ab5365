import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { lead } from '../../db/connection/leader.ts'
import { createHttpClient } from '../../src/ingest/http/client.ts'
import { pollPapers } from '../../src/ingest/poll-papers.ts'
import { createLogger } from '../../src/log.ts'
import { query, useTestApp } from '../support/app.ts'
import { runCli } from '../support/cli.ts'
import { testClock } from '../support/clock.ts'
import { alone, question, told } from '../support/paper-alone.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'
import { anEntry, entries } from '../support/upstream-data.ts'
import { faults } from '../support/upstream-faults.ts'

const app = useTestApp()
const folder = mkdtempSync(join(tmpdir(), 'daily-papers-alone-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream[Symbol.asyncDispose]())
beforeEach(() => {
  upstream.requests.length = 0
  upstream.papers.clear()
  upstream.editions.clear()
  upstream.always()
})

type Answer = { paper: typeof told & { detailsReadAt: string | null } }
const ask = async (id: string) => (await query<Answer>(app, question, { id })).paper

const ingestDay = (date: string, ...options: string[]) =>
  runCli(['ingest', 'huggingface', '--date', date, '--json', ...options], {
    cwd: folder,
    env: { DATABASE_URL: app.database.url, HUGGINGFACE_URL: upstream.url },
  })

describe('ingest huggingface --details', () => {
  test('brings linked repositories with their counts, and comments with their authors', async () => {
    upstream.editions.set('2026-06-16', entries(2, '2026-06-16', '2606'))
    upstream.papers.set('2606.00001', alone('2606.00001', '2026-06-16'))
    expect(await ingestDay('2026-06-16', '--details')).toMatchObject({ code: 0 })
    const { detailsReadAt, ...rest } = await ask('2606.00001')
    expect(rest).toEqual(told)
    expect(Date.parse(detailsReadAt ?? '')).toBeGreaterThan(Date.parse('2026-01-01'))

    // The second one has no page there: nothing is known of it, and it counts as read.
    const second = await ask('2606.00002')
    expect(second).toMatchObject({ linkedModels: [], linkedModelCount: null, comments: [] })
    expect(second.detailsReadAt).not.toBeNull()
  })

  test('keeps what a later answer leaves out, and takes what it empties', async () => {
    const { linkedModels: _, numTotalModels: __, ...without } = alone('2606.00001', '2026-06-16')
    upstream.editions.set('2026-06-16', entries(1, '2026-06-16', '2606'))
    upstream.papers.set('2606.00001', { ...without, linkedSpaces: [], numTotalSpaces: 0, comments: [] })
    expect(await ingestDay('2026-06-16', '--details')).toMatchObject({ code: 0 })
    expect(await ask('2606.00001')).toMatchObject({
      ...{ linkedModels: told.linkedModels, linkedModelCount: 72 },
      ...{ linkedSpaces: [], linkedSpaceCount: 0, comments: [] },
    })
    // Without the repositories in the answer with comments, they are asked for alone.
    expect(upstream.requests.map(({ path, query: asked }) => [path, asked.field])).toEqual([
      ['/api/daily_papers', undefined],
      ['/api/papers/2606.00001', 'comments'],
      ['/api/papers/2606.00001', undefined],
    ])
  })
})

test('a saved response of a single paper brings them too, and clears no field that only lists have', async () => {
  const entry = { ...anEntry({ id: '2605.00009', date: '2026-05-16' }), thumbnail: 'https://a.example/9.png' }
  writeFileSync(join(folder, '2026-05-16.json'), JSON.stringify([entry]))
  writeFileSync(join(folder, 'single_2026-05-17.json'), JSON.stringify(alone('2605.00009', '2026-05-16')))
  const env = { DATABASE_URL: app.database.url }
  for (const file of ['2026-05-16.json', 'single_2026-05-17.json'])
    expect(await runCli(['ingest', file], { cwd: folder, env })).toMatchObject({ code: 0 })
  expect(await ask('2605.00009')).toMatchObject(told)
  const { paper } = await query<{ paper: { thumbnailUrl: string | null } }>(
    app,
    '{ paper(arxivId: "2605.00009") { thumbnailUrl } }',
  )
  expect(paper.thumbnailUrl).toBe('https://a.example/9.png')
})

describe('the poller', () => {
  const day = '2026-08-20'
  const start = `${day}T12:00:00.000Z`

  /** Polls until so many requests for single papers were answered or refused, and ends with the waits between them. */
  async function poll(requests: number, from = start) {
    const stop = new AbortController()
    const lines: string[] = []
    const log = createLogger({ level: 'info', format: 'text', write: (line) => lines.push(line.slice(9)) })
    const clock = testClock(from)
    const patient = { ...clock, wait: async () => {} }
    const client = createHttpClient({ baseUrl: upstream.url, userAgent: 'test/1', clock: patient })
    const waits: number[] = []
    const stepping = {
      ...clock,
      async wait(milliseconds: number, signal?: AbortSignal) {
        if (upstream.requests.length >= requests) stop.abort()
        waits.push(milliseconds)
        await clock.wait(milliseconds, signal)
      },
    }
    await lead({ db: app.database.database.db, name: `papers ${from}`, signal: stop.signal }, (leadership) =>
      pollPapers(leadership, { db: app.database.database.db, client, log, clock: stepping, everyMs: 60_000 }),
    )
    return { waits, lines }
  }

  beforeAll(async () => {
    upstream.editions.set(day, entries(3, day, '2608'))
    upstream.editions.set('2026-08-01', entries(1, '2026-08-01', '2607'))
    for (const date of [day, '2026-08-01']) expect(await ingestDay(date)).toMatchObject({ code: 0 })
  })

  test('reads the papers of the last days, each once in six hours, twenty seconds apart', async () => {
    for (const number of [1, 2, 3])
      upstream.papers.set(`2608.0000${number}`, alone(`2608.0000${number}`, day))
    const { waits } = await poll(3)
    expect(upstream.requests.map(({ path }) => path)).toEqual([
      '/api/papers/2608.00001',
      '/api/papers/2608.00002',
      '/api/papers/2608.00003',
    ])
    expect(waits.slice(0, 3)).toEqual([20_000, 20_000, 20_000])
    expect(await ask('2608.00002')).toMatchObject(told)
  })

  test('tells once that it fails and once that it works again', async () => {
    upstream.papers.set('2608.00001', alone('2608.00001', day))
    upstream.next(...Array.from({ length: 10 }, () => faults.status(500)))
    const { lines } = await poll(13, `${day}T23:00:00.000Z`)
    expect(lines).toEqual([
      expect.stringMatching(/^warn: Reading papers of \S+ failed, retrying\. reason=".* failed \(500/),
      expect.stringMatching(/^Reading papers of \S+ succeeded again\./),
    ])
  })
})
