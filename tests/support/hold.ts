import { type RawBuilder, sql } from 'kysely'
import { expect } from 'vitest'
import type { Db } from '../../db/database.ts'

/** Locks that another program holds, until the end of the scope at the latest. */
export interface HeldLocks extends AsyncDisposable {
  release(): Promise<void>
  /** Resolves when so many statements wait for a lock of this database. */
  waiting(amount: number): Promise<void>
  /** Resolves when somebody waits for a lock of this database. */
  someoneWaits(): Promise<void>
}

/** Runs a statement in a transaction of its own, which stays open. */
export async function hold(db: Db, statement: RawBuilder<unknown>): Promise<HeldLocks> {
  const held = Promise.withResolvers<void>()
  const end = Promise.withResolvers<void>()
  const holding = db.transaction().execute(async (trx) => {
    await statement.execute(trx)
    held.resolve()
    await end.promise
  })
  await Promise.race([held.promise, holding])
  const release = () => {
    end.resolve()
    return holding
  }
  const countWaiting = async () => {
    const { rows } = await sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
      db,
    )
    return rows.length
  }
  return {
    release,
    waiting: (amount) => expect.poll(countWaiting, { timeout: 150_000 }).toBe(amount),
    someoneWaits: () => expect.poll(countWaiting, { timeout: 150_000 }).toBeGreaterThan(0),
    [Symbol.asyncDispose]: release,
  }
}

/** Statements that take what writers need. */
export const writersNeed = {
  'the row of the feed': sql`update feed set head = head`,
  'the lock of the writers': sql`select pg_advisory_xact_lock(hashtext('daily_papers.writer'))`,
  'the row of a source': sql`update source set name = name`,
}
