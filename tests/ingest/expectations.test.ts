import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createHttpClient } from '../../src/ingest/http/client.ts'
import { readEditions } from '../../src/ingest/huggingface.ts'
import { pollHuggingFace } from '../../src/ingest/poll.ts'
import { ingest } from '../../src/ingest/run.ts'
import { createLogger } from '../../src/log.ts'
import { query, startTestApp, type TestApp, useTestApp } from '../support/app.ts'
import { steppedClock, testClock } from '../support/clock.ts'
import { readFeed } from '../support/feed-stream.ts'
import { startUpstream } from '../support/upstream.ts'
import { anEntry, entries } from '../support/upstream-data.ts'
import { faults } from '../support/upstream-faults.ts'

const app = useTestApp()

/** Reads an edition over HTTP at an instant. */
async function read(upstreamUrl: string, date: string, at: string, into: TestApp = app) {
  const clock = testClock(at)
  const client = createHttpClient({ baseUrl: upstreamUrl, userAgent: 'test/1', clock })
  await ingest(into.db, 'huggingface', readEditions([{ date }], { client, clock }))
}

const progress = async (date: string) =>
  (
    await query<{ edition: { progress: object } }>(
      app,
      'query ($date: Date!) { edition(date: $date) { progress { date closed expectedCount seenCount listedAt } } }',
      { date },
    )
  ).edition.progress

describe('an edition', () => {
  test('tells what was expected and seen, and is closed by a whole reading a day after its end', async () => {
    await using upstream = await startUpstream()
    const listed = entries(3, '2026-06-16', '2606')
    upstream.editions.set('2026-06-16', listed)
    await read(upstream.url, '2026-06-16', '2026-06-16T12:00:00.000Z')
    const first = { date: '2026-06-16', expectedCount: 3, seenCount: 3 }
    expect(await progress('2026-06-16')).toEqual({
      ...first,
      closed: false,
      listedAt: '2026-06-16T12:00:00.000Z',
    })

    upstream.editions.set('2026-06-16', [...listed, anEntry({ id: '2606.00004', date: '2026-06-16' })])
    await read(upstream.url, '2026-06-16', '2026-06-17T23:59:00.000Z')
    expect(await progress('2026-06-16')).toMatchObject({ closed: false, expectedCount: 4, seenCount: 4 })
    await read(upstream.url, '2026-06-16', '2026-06-18T00:00:00.000Z')
    expect(await progress('2026-06-16')).toMatchObject({ closed: true, expectedCount: 4, seenCount: 4 })
  })

  test('with a paper that cannot be read has seen one less than is expected', async () => {
    await using upstream = await startUpstream()
    const broken = {
      ...anEntry({ id: '2607.00003', date: '2026-07-16' }),
      paper: { id: '2607.00003', upvotes: 0 },
    }
    upstream.editions.set('2026-07-16', [...entries(2, '2026-07-16', '2607'), { ...broken, title: 7 }])
    await read(upstream.url, '2026-07-16', '2026-07-20T12:00:00.000Z')
    expect(await progress('2026-07-16')).toMatchObject({ closed: true, expectedCount: 3, seenCount: 2 })
  })

  test('of a captured page has no expectation and is not closed by it', async () => {
    await app.db.insertInto('edition').values({ date: '2026-05-01' }).execute()
    expect(await progress('2026-05-01')).toEqual({
      ...{ date: '2026-05-01', closed: false, expectedCount: null, seenCount: 0, listedAt: null },
    })
  })
})

test('a source that is polled and was not read for three intervals is late: in the query, the heartbeats and /feed', async () => {
  await using polled = await startTestApp({
    isAlert: true,
    settings: { METRICS_TOKEN: 'a-token-for-metrics' },
  })
  await using upstream = await startUpstream()
  const today = new Date().toISOString().slice(0, 10)
  upstream.editions.set(today, entries(2, today, '2601'))
  await read(upstream.url, today, new Date().toISOString(), polled)
  const huggingface = async () =>
    (
      await query<{ sources: { name: string; late: boolean }[] }>(polled, '{ sources { name late } }')
    ).sources.find(({ name }) => name === 'huggingface')
  expect(await huggingface()).toEqual({ name: 'huggingface', late: false })

  const stream = await readFeed(polled, '?heartbeat=1')
  onTestFinished(() => stream.stop())
  type Said = { sources: { name: string; late: boolean }[] | null; edition: object | null }
  const untilSaid = async (late: boolean): Promise<Said> => {
    for (;;) {
      const { event, data } = await stream.next()
      const said = data as unknown as Said
      if (
        event === 'heartbeat' &&
        said.edition &&
        said.sources?.some((one) => one.name === 'huggingface' && one.late === late)
      )
        return said
    }
  }
  expect((await untilSaid(false)).edition).toEqual({
    date: today,
    closed: false,
    expectedCount: 2,
    seenCount: 2,
  })

  // Who polls says how often; then the upstream is away and time passes.
  upstream.always(faults.status(500))
  const clock = steppedClock()
  const client = createHttpClient({
    ...{ baseUrl: upstream.url, userAgent: 'test/1', clock: { ...clock, wait: async () => {} } },
  })
  const log = createLogger({ level: 'error', format: 'text', write: () => {} })
  const poller = pollHuggingFace({
    ...{ db: polled.db, client, log, clock, days: 0, everyMs: 60_000, rereadEveryMs: 60_000 },
  })
  onTestFinished(() => poller.close())
  await clock.nextWait()
  expect(await huggingface()).toMatchObject({ late: false })
  await sql`update source set last_success_at = last_success_at - interval '181 seconds'`.execute(polled.db)
  expect(await huggingface()).toMatchObject({ late: true })
  await untilSaid(true)
  const scraped = await fetch(`${polled.url}/metrics`, {
    headers: { authorization: 'Bearer a-token-for-metrics' },
  })
  const metrics = await scraped.text()
  expect(metrics).toContain('daily_papers_source_late{source="huggingface"} 1')
  expect(metrics).toContain('daily_papers_newest_edition_papers{state="expected"} 2')
})
