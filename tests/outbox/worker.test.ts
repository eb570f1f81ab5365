import { beforeEach, expect, test, vi } from 'vitest'
import type { Db } from '../../db/database.ts'
import { openDatabase } from '../../db/database.ts'
import { settle } from '../../db/outbox/claims.ts'
import {
  type OutboxWorker,
  type OutboxWorkerOptions,
  startOutboxWorker,
  type WorkControl,
} from '../../db/outbox/worker.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import {
  addTestWork,
  makeTestWork,
  markDone,
  type TestWork,
  testOutbox,
  testWorkDone,
} from '../support/outbox.ts'
import { awaiting, once } from '../support/patience.ts'
import { startDatabaseProxy } from '../support/proxy.ts'

let database: TestDatabase
let db: Db
beforeEach(async () => {
  database = await createTestDatabase()
  db = database.database.db
})

const never = { pollIntervalMs: 3_600_000, minIntervalMs: 1, retryMs: 20 }

function start(options: Partial<OutboxWorkerOptions<TestWork>> = {}): OutboxWorker & AsyncDisposable {
  const worker = startOutboxWorker({
    ...{ db, outbox: testOutbox, concurrency: 4, ...never },
    work: async (claim) => void (await settle(db, testOutbox, claim, markDone(claim, 'me'))),
    ...options,
  })
  return {
    wake: worker.wake,
    get running() {
      return worker.running
    },
    close: worker.close,
    [Symbol.asyncDispose]: () => worker.close(0),
  }
}

const done = async () => (await testWorkDone(db)).done
const allDone = (count: number) =>
  vi.waitFor(async () => expect(await done()).toBe(count), { timeout: 150_000 })

test('all that is due is worked on, a bounded number at once, without waiting for a hint in between', async () => {
  await makeTestWork(db, 50)
  let most = 0
  await using worker = start({
    work: async (claim) => {
      most = Math.max(most, worker.running)
      await settle(db, testOutbox, claim, markDone(claim, 'me'))
    },
  })
  await allDone(50)
  expect(most).toBe(4)
})

test('a hint has new work found at once, and the time of a row wakes by itself', async () => {
  await makeTestWork(db, 1)
  await using worker = start()
  await allDone(1)
  await addTestWork(db, 1, 1)
  worker.wake()
  await allDone(2)
  let attempts = 0
  await using _second = start({
    work: async (claim) => {
      attempts += 1
      // Due again in 20 ms: nothing but the clock says so.
      if (attempts < 3) throw new Error('not yet')
      await settle(db, testOutbox, claim, markDone(claim, 'second'))
    },
  })
  await worker.close(0)
  await addTestWork(db, 1, 2)
  _second.wake()
  await allDone(3)
  expect(attempts).toBe(3)
})

test('a hint during work has the same row looked at again after it', async () => {
  await makeTestWork(db, 1)
  const begun = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  let times = 0
  await using worker = start({
    work: async (claim) => {
      times += 1
      begun.resolve()
      await go.promise
      // The work was done, and there is more of it in the row, as when the feed has moved on.
      await settle(db, testOutbox, claim, times === 1 ? async () => {} : markDone(claim, 'me'))
    },
  })
  await awaiting(() => 'the work to begin', begun.promise)
  worker.wake()
  go.resolve()
  await allDone(1)
  expect(times).toBe(2)
})

test('claims are renewed while work goes on, and nobody else takes them', async () => {
  await makeTestWork(db, 1)
  const workers: string[] = []
  const work = (name: string) => async (claim: TestWork) => {
    workers.push(name)
    // Some leases long: the other one looks all the time.
    const started = Date.now()
    await vi.waitFor(() => expect(Date.now() - started).toBeGreaterThan(5_000), { timeout: 150_000 })
    await settle(db, testOutbox, claim, markDone(claim, name))
  }
  await using _one = start({ work: work('one'), leaseMs: 3_000, pollIntervalMs: 20 })
  await using _two = start({ work: work('two'), leaseMs: 3_000, pollIntervalMs: 20 })
  await allDone(1)
  expect(workers).toHaveLength(1)
})

test('work that has lost its claim is told so', async () => {
  await makeTestWork(db, 1)
  const [begun, lost] = [Promise.withResolvers<WorkControl>(), Promise.withResolvers<void>()]
  await using _worker = start({
    leaseMs: 300,
    work: async (_claim, control) => {
      begun.resolve(control)
      if (!control.signal.aborted) await once(control.signal, 'abort')
      lost.resolve()
    },
  })
  const control = await awaiting(() => 'the work to begin', begun.promise)
  expect(control.mayBegin()).toBe(true)
  await db.deleteFrom('test_work' as never).execute()
  await awaiting(() => 'the claim to be lost', lost.promise)
  expect(control.mayBegin()).toBe(false)
})

test('closing lets work finish and leaves what it did not begin to others at once', async () => {
  await makeTestWork(db, 3)
  const begun = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const worker = start({
    concurrency: 3,
    work: async (claim, control) => {
      if (claim.name !== 'work 0') {
        if (!control.signal.aborted) await once(control.signal, 'abort')
        return
      }
      begun.resolve()
      await go.promise
      expect(control.mayBegin()).toBe(false)
      await settle(db, testOutbox, claim, markDone(claim, 'first'))
    },
  })
  await awaiting(() => 'the work to begin', begun.promise)
  const closed = worker.close(50)
  go.resolve()
  await closed
  expect(worker.running).toBe(0)
  expect(await done()).toBe(1)
  await using _next = start()
  await allDone(3)
})

test('while the database is away nothing is lost, and work goes on when it is back', async () => {
  await makeTestWork(db, 20)
  await using proxy = await startDatabaseProxy(database.url)
  await using far = openDatabase({ connectionString: proxy.url, onError: () => {} })
  const errors: unknown[] = []
  await using worker = start({
    db: far.db,
    leaseMs: 1_000,
    pollIntervalMs: 50,
    onError: (error) => errors.push(error),
    work: async (claim) => {
      await settle(far.db, testOutbox, claim, markDone(claim, 'me'))
    },
  })
  proxy.cut()
  proxy.accepts = false
  await vi.waitFor(() => expect(errors.length).toBeGreaterThan(0), { timeout: 150_000 })
  proxy.accepts = true
  worker.wake()
  await allDone(20)
})
