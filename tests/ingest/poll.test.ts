import { type RawBuilder, sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createHttpClient } from '../../src/ingest/http/client.ts'
import { type Poller, pollHuggingFace } from '../../src/ingest/poll.ts'
import { createLogger } from '../../src/log.ts'
import { type SteppedClock, steppedClock } from '../support/clock.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'
import { anEntry, entries } from '../support/upstream-data.ts'
import { faults } from '../support/upstream-faults.ts'

const minute = 60_000
let upstream: Upstream
let database: TestDatabase
const open: Poller[] = []
beforeEach(async () => {
  upstream = await startUpstream()
  database = await createTestDatabase()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((poller) => poller.close()))
  await upstream[Symbol.asyncDispose]()
  await database.close()
})

interface Polling {
  clock: SteppedClock
  lines: string[]
  /** Resolves when one more reading is over. */
  read(): Promise<void>
  /** Lets the time until the next reading pass. */
  pass(): void
  poller: Poller
}

function polling(start = '2026-06-16T12:00:00.000Z', days = 2): Polling {
  const clock = steppedClock(start)
  const lines: string[] = []
  const log = createLogger({ level: 'info', format: 'text', write: (line) => lines.push(line.slice(9)) })
  // Retries are of another test: here each fault is one failed reading.
  const patient = { ...clock, wait: async () => {} }
  const client = createHttpClient({ baseUrl: upstream.url, userAgent: 'test/1', clock: patient })
  const poller = pollHuggingFace({
    ...{ db: database.database.db, client, log, clock, days },
    ...{ everyMs: 5 * minute, rereadEveryMs: 60 * minute, takeOverEveryMs: 50 },
  })
  open.push(poller)
  let pass = () => {}
  return {
    clock,
    lines,
    poller,
    async read() {
      const wait = await clock.nextWait()
      expect(wait.milliseconds).toBe(5 * minute)
      pass = wait.pass
    },
    pass: () => pass(),
  }
}

const asked = () => upstream.requests.splice(0).map(({ query }) => query.date)
const papers = () =>
  database.database.db.selectFrom('paper').select(['arxiv_id', 'upvotes']).orderBy('arxiv_id').execute()
const source = () =>
  database.database.db
    .selectFrom('source')
    .selectAll()
    .where('name', '=', 'huggingface')
    .executeTakeFirstOrThrow()

describe('polling', () => {
  test('reads today every five minutes and the days before every hour', async () => {
    upstream.editions.set('2026-06-16', entries(2, '2026-06-16'))
    const { read, pass, lines, clock } = polling()
    await read()
    expect(asked()).toEqual(['2026-06-16', '2026-06-15', '2026-06-14'])
    expect(await papers()).toHaveLength(2)
    for (let readings = 1; readings < 12; readings += 1) {
      pass()
      await read()
    }
    expect(asked()).toEqual(Array.from({ length: 11 }, () => '2026-06-16'))
    pass()
    await read()
    expect(clock.now().toISOString()).toBe('2026-06-16T13:00:00.000Z')
    expect(asked()).toEqual(['2026-06-16', '2026-06-15', '2026-06-14'])
    expect(lines.map((line) => line.replace(/127\S+:\d+/, 'host'))).toEqual([
      'Polling host. everyMinutes=5',
      'Read host. new=2 changed=0',
    ])
  })

  test('brings what is new, and the votes that moved, today and days ago', async () => {
    const [first] = entries(1, '2026-06-15', '2605')
    upstream.editions.set('2026-06-15', [first])
    upstream.editions.set('2026-06-16', [])
    const { read, pass } = polling()
    await read()
    if (first) first.paper.upvotes = 40
    upstream.editions.set('2026-06-16', [anEntry({ id: '2606.00001', date: '2026-06-16' })])
    for (let readings = 0; readings < 12; readings += 1) {
      pass()
      await read()
    }
    expect(await papers()).toEqual([
      { arxiv_id: '2605.00001', upvotes: 40 },
      { arxiv_id: '2606.00001', upvotes: 1 },
    ])
  })

  test('after midnight the day before is not left alone', async () => {
    const { read, pass } = polling('2026-06-16T23:56:00.000Z', 0)
    await read()
    expect(asked()).toEqual(['2026-06-16'])
    pass()
    await read()
    expect(asked()).toEqual(['2026-06-17', '2026-06-16'])
  })

  test('says once that the upstream fails and once that it is back, and notes it on the source', async () => {
    upstream.always(faults.status(500))
    const { read, pass, lines } = polling()
    await read()
    for (let readings = 0; readings < 3; readings += 1) {
      pass()
      await read()
    }
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(/^warn: Polling \S+ failed, retrying\. reason=".* failed \(500/),
    ])
    const failing = await source()
    expect(failing.last_error).toContain('Gave up after 5 attempts.')
    expect(failing.last_success_at).toBeNull()

    upstream.always()
    upstream.editions.set('2026-06-16', entries(1, '2026-06-16'))
    pass()
    await read()
    expect(lines.slice(2)).toEqual([
      expect.stringMatching(/^Polling \S+ succeeded again\.$/),
      expect.stringMatching(/new=1/),
    ])
    expect((await source()).last_success_at).not.toBeNull()
  })

  test('logs a broken entry once, at whatever place of the list it is', async () => {
    const [broken, ...others] = entries(2, '2026-06-16')
    upstream.editions.set('2026-06-16', [
      { ...broken, title: undefined, paper: { ...broken?.paper, title: 7 } },
      ...others,
    ])
    const { read, pass, lines } = polling()
    await read()
    upstream.editions.get('2026-06-16')?.push(anEntry({ id: '2606.00007', date: '2026-06-16', upvotes: 99 }))
    pass()
    await read()
    expect(lines.filter((line) => line.includes('Skipped one entry'))).toHaveLength(1)
    expect(await papers()).toHaveLength(2)
  })

  test('stops in the middle of a reading, and notes no failure', async () => {
    const hanging = Promise.withResolvers<void>()
    upstream.always(() => hanging.resolve())
    const { poller, lines } = polling()
    await hanging.promise
    await poller.close()
    expect(lines).toHaveLength(1)
    expect((await source()).last_error).toBeNull()
  })
})

describe('of several instances', () => {
  test('one polls; when it stops another takes over at once', async () => {
    upstream.editions.set('2026-06-16', entries(1, '2026-06-16'))
    const first = polling()
    await first.read()
    const second = polling()
    expect(asked()).toHaveLength(3)

    await first.poller.close()
    await second.read()
    expect(asked()).toHaveLength(3)
    expect(second.lines[0]).toMatch(/^Polling/)
  })

  test('the leader that was taken over stops, writes nothing more, and goes on when it is its turn again', async () => {
    const [paper] = entries(1, '2026-06-16')
    upstream.editions.set('2026-06-16', [])
    const { read, pass, lines } = polling()
    await read()
    const { db } = database.database
    const until = (value: RawBuilder<Date>) =>
      db.updateTable('lease').set({ owner: 'another', fence: sql`fence + 1`, held_until: value }).execute()
    await until(sql<Date>`clock_timestamp() + interval '1 hour'`)
    upstream.editions.set('2026-06-16', [paper])
    pass()
    await vi.waitFor(() => expect(lines).toHaveLength(2), { timeout: 150_000 })
    expect(await papers()).toEqual([])
    // The wait that the loss ended.
    await read()
    await until(sql<Date>`clock_timestamp()`)
    await read()
    expect(await papers()).toHaveLength(1)
    expect(lines.map((line) => line.split(/[.:=]/)[0])).toEqual([
      'Polling 127',
      'warn',
      'Polling 127',
      'Read 127',
    ])
  })
})
