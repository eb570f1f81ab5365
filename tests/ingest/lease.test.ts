import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { beforeEach, expect, test, vi } from 'vitest'
import { lead } from '../../db/connection/leader.ts'
import { holdsLease, releaseLease, renewLease, takeLease } from '../../db/connection/lease.ts'
import { openDatabase } from '../../db/database.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { once, patience } from '../support/patience.ts'
import { startDatabaseProxy } from '../support/proxy.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await createTestDatabase()
})

/** As seen from outside: who leads, and which fencing number. */
const lease = () => database.database.db.selectFrom('lease').selectAll().executeTakeFirst()

test('a lease has one holder, is renewed by that one only, and goes to another when it has run out', async () => {
  const { db } = database.database
  const takeAs = (owner: string, leaseMs = 60_000) => takeLease(db, { name: 'work', owner, leaseMs })
  const first = await takeAs('first')
  expect(first).toEqual({ name: 'work', owner: 'first', fence: 1 })
  expect(await takeAs('second')).toBeUndefined()
  if (!first) return
  expect([await renewLease(db, first, 60_000), await holdsLease(db, first)]).toEqual([true, true])
  await sql`update lease set held_until = clock_timestamp() - interval '1 second'`.execute(db)
  expect(await holdsLease(db, first)).toBe(false)
  const second = await takeAs('second')
  expect(second).toMatchObject({ fence: 2 })
  expect([await renewLease(db, first, 60_000), await holdsLease(db, first)]).toEqual([false, false])
  await releaseLease(db, first)
  expect(second && (await holdsLease(db, second))).toBe(true)
  if (second) await releaseLease(db, second)
  expect(await takeAs('third')).toMatchObject({ fence: 3 })
})

test('of those who take a free lease at once, one gets it', async () => {
  const { db } = database.database
  const owners = ['a', 'b', 'c', 'd', 'e']
  const taken = await Promise.all(
    owners.map((owner) => takeLease(db, { name: 'work', owner, leaseMs: 60_000 })),
  )
  expect(taken.filter(Boolean)).toHaveLength(1)
})

test('a leader whose link is silent stops by itself and is replaced; it leads again when it is its turn', async () => {
  await using proxy = await startDatabaseProxy(database.url)
  await using far = openDatabase({ connectionString: proxy.url, answerTimeoutMs: 500 })
  const stop = new AbortController()
  const events: string[] = []
  const start = (name: string, db: typeof far.db) => {
    const own = new AbortController()
    const signal = AbortSignal.any([stop.signal, own.signal])
    const ended = lead({ db, name: 'work', signal, leaseMs: 1_500, retryIntervalMs: 50 }, async (place) => {
      events.push(`${name} leads`)
      if (!place.signal.aborted) await once(place.signal, 'abort')
      events.push(`${name} stops`)
    })
    return { own, ended }
  }
  const first = start('first', far.db)
  await vi.waitFor(() => expect(events).toEqual(['first leads']), patience)
  const second = start('second', database.database.db)
  proxy.accepts = false
  proxy.silence()
  await vi.waitFor(() => expect(events).toEqual(['first leads', 'first stops', 'second leads']), {
    timeout: 150_000,
  })
  expect(await lease()).toMatchObject({ fence: 2 })
  proxy.accepts = true
  second.own.abort()
  await second.ended
  await vi.waitFor(() => expect(events.slice(3)).toEqual(['second stops', 'first leads']), {
    timeout: 150_000,
  })
  stop.abort()
  await first.ended
})

test('a leader that is renewed keeps its place for longer than one lease', async () => {
  const stop = new AbortController()
  const { db } = database.database
  const ends = new Set<number>()
  let times = 0
  await lead({ db, name: 'work', signal: stop.signal, leaseMs: 3_000 }, async ({ signal, assertHeld }) => {
    times += 1
    const renewals = async () => {
      ends.add((await lease())?.held_until.getTime() ?? 0)
      expect(ends.size).toBeGreaterThan(5)
    }
    await vi.waitFor(renewals, { timeout: 150_000 })
    await assertHeld(db)
    expect(signal.aborted).toBe(false)
    stop.abort()
  })
  expect([times, (await lease())?.fence]).toEqual([1, 1])
})

test('a frozen process is replaced, and writes nothing when it wakes up', async () => {
  const { db } = database.database
  await sql`create table written (pid integer, at timestamptz default clock_timestamp())`.execute(db)
  const script = fileURLToPath(new URL('../support/leader-child.ts', import.meta.url))
  await using stack = new AsyncDisposableStack()
  const startChild = () => {
    const child = spawn(process.execPath, [script, database.url, '1500'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const said: string[] = []
    createInterface(child.stdout).on('line', (line) => said.push(line))
    const ended = once(child, 'exit')
    stack.defer(async () => {
      child.kill('SIGKILL')
      await ended
    })
    return { child, said, ended, pid: child.pid ?? 0 }
  }
  const says = (child: ReturnType<typeof startChild>, line: string) =>
    vi.waitFor(() => expect(child.said.at(-1)).toBe(line), { timeout: 150_000 })
  const first = startChild()
  await says(first, 'leading')
  const second = startChild()
  await vi.waitFor(async () => expect(await countOf(first.pid)).toBeGreaterThan(3), { timeout: 150_000 })
  first.child.kill('SIGSTOP')
  await says(second, 'leading')
  const before = await countOf(first.pid)
  first.child.kill('SIGCONT')
  await says(first, 'not leading')
  expect(await countOf(first.pid)).toBe(before)
  // On SIGTERM the place is free at once.
  second.child.kill('SIGTERM')
  await second.ended
  await says(first, 'leading')

  async function countOf(pid: number): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from written where pid = ${pid}::integer`.execute(db)
    return rows[0]?.count ?? 0
  }
})
