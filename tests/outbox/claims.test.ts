import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import type { Db } from '../../db/database.ts'
import { claimDue, deferClaim, renewClaims, settle, stateOfOutbox } from '../../db/outbox/claims.ts'
import { createTestDatabase } from '../support/database.ts'
import { makeTestWork, markDone, type TestWork, testOutbox } from '../support/outbox.ts'

let db: Db
beforeEach(async () => {
  db = (await createTestDatabase()).database.db
})

const claim = (limit = 10, leaseMs = 60_000) => claimDue(db, testOutbox, { limit, leaseMs })
const names = (claims: readonly TestWork[]) => claims.map(({ name }) => name).sort()
const runOut = () => sql`update test_work set claimed_until = clock_timestamp()`.execute(db)

async function claimOne(): Promise<TestWork> {
  const [first] = await claim(1)
  return first ?? expect.fail('Nothing was claimed.')
}

test('each row is claimed by one of those who claim at once', async () => {
  await makeTestWork(db, 40)
  const claimed = (await Promise.all(Array.from({ length: 8 }, () => claim(10)))).flat()
  expect(claimed).toHaveLength(40)
  expect(new Set(names(claimed)).size).toBe(40)
  expect(await claim()).toEqual([])
})

test('those that have waited longest are claimed first, and none before its time', async () => {
  await makeTestWork(db, 3)
  await sql`update test_work set next_attempt_at = now() - interval '1 hour' where name = 'work 1'`.execute(
    db,
  )
  await sql`update test_work set next_attempt_at = now() + interval '1 hour' where name = 'work 2'`.execute(
    db,
  )
  expect(names(await claim(1))).toEqual(['work 1'])
  expect(names(await claim())).toEqual(['work 0'])
  const { nextInMs, ...state } = await stateOfOutbox(db, testOutbox)
  expect(state).toMatchObject({ due: 2, claimed: 2 })
  expect(state.oldestDueMs).toBeGreaterThanOrEqual(3_600_000)
  // The claims run out before the third is due.
  expect(nextInMs).toBeGreaterThan(0)
  expect(nextInMs).toBeLessThanOrEqual(60_000)
})

test('what is settled is recorded, once, and is not claimed again', async () => {
  await makeTestWork(db, 1)
  const work = await claimOne()
  expect(await settle(db, testOutbox, work, markDone(work, 'me'))).toBe(true)
  expect(await settle(db, testOutbox, work, markDone(work, 'me again'))).toBe(false)
  expect(await deferClaim(db, testOutbox, work, 0)).toBe(false)
  expect(await claim()).toEqual([])
  const { rows } = await sql<TestWork>`select * from test_work`.execute(db)
  expect(rows).toMatchObject([{ done_by: 'me', claimed_until: null, fence: 1 }])
  expect(await stateOfOutbox(db, testOutbox)).toEqual({
    ...{ due: 0, claimed: 0, oldestDueMs: null, nextInMs: null },
  })
})

test('a record that fails leaves the claim as it was', async () => {
  await makeTestWork(db, 1)
  const work = await claimOne()
  await expect(settle(db, testOutbox, work, () => sql`select 1/0`.execute(db))).rejects.toThrow('division')
  expect(await claim()).toEqual([])
  expect(await settle(db, testOutbox, work, markDone(work, 'me'))).toBe(true)
})

test('an abandoned claim runs out and goes to another, after which its former holder can record nothing', async () => {
  await makeTestWork(db, 1)
  const mine = await claimOne()
  await runOut()
  const [theirs] = await claim()
  expect(theirs).toMatchObject({ name: mine.name, fence: mine.fence + 1 })
  expect(await settle(db, testOutbox, mine, markDone(mine, 'me'))).toBe(false)
  expect(await renewClaims(db, testOutbox, [mine], 60_000)).toEqual([])
  expect(theirs && (await settle(db, testOutbox, theirs, markDone(theirs, 'them')))).toBe(true)
})

test('a claim that ran out and was taken by nobody still counts, and can be renewed', async () => {
  await makeTestWork(db, 2)
  const [one, other] = await claim()
  if (!one || !other) return expect.fail('Two were there to claim.')
  await runOut()
  expect(await settle(db, testOutbox, one, markDone(one, 'me'))).toBe(true)
  // What has ended is not renewed, what goes on is.
  expect(await renewClaims(db, testOutbox, [one, other], 60_000)).toEqual([other])
  expect(await claim()).toEqual([])
})

test('what is postponed is due again when its time has come', async () => {
  await makeTestWork(db, 1)
  expect(await deferClaim(db, testOutbox, await claimOne(), 3_600_000)).toBe(true)
  expect(await claim()).toEqual([])
  expect((await stateOfOutbox(db, testOutbox)).nextInMs).toBeGreaterThan(3_500_000)
  await sql`update test_work set next_attempt_at = now()`.execute(db)
  expect(await deferClaim(db, testOutbox, await claimOne(), 0)).toBe(true)
  expect(await claim()).toHaveLength(1)
})
