import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import type { Outbox, OutboxRow } from '../../db/outbox/claims.ts'

/** A piece of work of the tests: a job with a key of two columns, done when `done_by` says by whom. */
export interface TestWork extends OutboxRow {
  readonly name: string
  readonly day: string
  readonly done_by: string | null
}

export const testOutbox: Outbox<TestWork> = {
  table: 'test_work',
  key: ['name', 'day'],
  isOpen: sql`done_by is null`,
}

/** Makes the table `test_work`, and `test_sent` for what is seen outside, with `count` pieces of work. */
export async function makeTestWork(db: Db, count: number): Promise<void> {
  await sql`create table test_work (
    name text not null, day date not null, done_by text,
    claimed_until timestamptz(3), fence integer not null default 0,
    next_attempt_at timestamptz(3) not null default now(),
    primary key (name, day))`.execute(db)
  await sql`create table test_sent (name text not null, worker text not null)`.execute(db)
  await addTestWork(db, count)
}

export async function addTestWork(db: Db, count: number, from = 0): Promise<void> {
  await sql`insert into test_work (name, day)
    select 'work ' || number, '2026-06-01'
    from generate_series(${from}::integer, ${from + count - 1}::integer) number`.execute(db)
}

/** Marks work as done; for `settle`. */
export function markDone({ name }: TestWork, worker: string): (trx: Db) => Promise<unknown> {
  return (trx) => sql`update test_work set done_by = ${worker} where name = ${name}`.execute(trx)
}

/** How many pieces are done, and the names of what was sent, in order. */
export async function testWorkDone(db: Db): Promise<{ done: number; sent: string[] }> {
  const { rows } = await sql<{ done: number; sent: string[] }>`
    select (select count(*) from test_work where done_by is not null) as done,
      (select coalesce(array_agg(name), '{}') from test_sent) as sent`.execute(db)
  return rows[0] ?? { done: 0, sent: [] }
}
