import { type RawBuilder, sql } from 'kysely'
import { write } from '../connection/write-queue.ts'
import type { Db } from '../database.ts'

/**
 * Work that is to be done outside of the database, and at least once, as rows of a table: a delivery is made by whoever
 * holds the claim of its row, and recorded by the transaction that ends the claim. Any number of processes take claims
 * from one table. A claim is a lease: who is killed, frozen or cut off loses it when it runs out, and the work is done
 * by another. What was done but not recorded is then done twice, so each delivery needs a name that its receiver can
 * tell it by.
 *
 * The table has these columns beside its own:
 *
 *     claimed_until timestamptz(3)                          null: nobody has claimed it
 *     fence integer not null default 0                      the number of its claims so far; tells them apart
 *     next_attempt_at timestamptz(3) not null default now() not before this instant
 */
export interface OutboxRow {
  readonly claimed_until: Date | null
  readonly fence: number
  readonly next_attempt_at: Date
}

/** A table of work. `Row` is all of its columns, as they are read. */
export interface Outbox<Row extends OutboxRow> {
  readonly table: string
  /** The columns of the primary key. */
  readonly key: readonly (keyof Row & string)[]
  /** Which rows have work to do, their time aside, e.g. sql`sent_at is null`. */
  readonly isOpen: RawBuilder<unknown>
}

/**
 * Claims rows that are due, those that have waited longest first, `limit` at most. Rows that others are just claiming
 * are left to them. Returns the rows, each with the `fence` of its new claim.
 */
export async function claimDue<Row extends OutboxRow>(
  db: Db,
  outbox: Outbox<Row>,
  { limit, leaseMs }: { readonly limit: number; readonly leaseMs: number },
): Promise<Row[]> {
  const { table, key, isOpen } = outbox
  const { rows } = await write(db, (trx) =>
    sql<Row>`
      with due as materialized (
        select ${columns(key)} from ${sql.table(table)}
        where ${isOpen} and next_attempt_at <= clock_timestamp()
          and (claimed_until is null or claimed_until <= clock_timestamp())
        order by next_attempt_at limit ${limit}
        for update skip locked)
      update ${sql.table(table)} as claimed
      set claimed_until = ${fromNow(leaseMs)}, fence = claimed.fence + 1
      from due where ${sameKey(key, 'claimed', 'due')}
      returning claimed.*`.execute(trx),
  )
  return rows
}

/** Prolongs claims that are still ours. Returns those; the others were lost, or have ended. */
export async function renewClaims<Row extends OutboxRow>(
  db: Db,
  outbox: Outbox<Row>,
  claims: readonly Row[],
  leaseMs: number,
): Promise<Row[]> {
  const { table, key } = outbox
  const { rows } = await write(db, (trx) =>
    sql<Row>`
      update ${sql.table(table)} as claimed set claimed_until = ${fromNow(leaseMs)}
      from ${claimTable(outbox, claims)}
      where ${sameKey(key, 'claimed', 'held')} and ${isHeld}
      returning claimed.*`.execute(trx),
  )
  const name = (row: Row) => JSON.stringify([...key.map((column) => row[column]), row.fence])
  const kept = new Set(rows.map(name))
  return claims.filter((claim) => kept.has(name(claim)))
}

/**
 * Ends a claim and records what was done, in one transaction: `work` runs in it, and may set `next_attempt_at` of the
 * row. Returns false, and nothing is recorded, where the claim has ended or was lost: somebody else does the work again.
 */
export function settle<Row extends OutboxRow>(
  db: Db,
  outbox: Outbox<Row>,
  claim: Row,
  work: (trx: Db) => Promise<unknown>,
): Promise<boolean> {
  const { table, key } = outbox
  return write(db, async (trx) => {
    const { rows } = await sql`
      update ${sql.table(table)} as claimed set claimed_until = null
      from ${claimTable(outbox, [claim])}
      where ${sameKey(key, 'claimed', 'held')} and ${isHeld}
      returning 1`.execute(trx)
    if (rows.length === 0) return false
    await work(trx)
    return true
  })
}

/** Ends a claim, if it has not ended, without a record: the work is due again after `delayMs`. */
export function deferClaim<Row extends OutboxRow>(
  db: Db,
  outbox: Outbox<Row>,
  claim: Row,
  delayMs: number,
): Promise<boolean> {
  const { table, key } = outbox
  return settle(db, outbox, claim, (trx) =>
    sql`
      update ${sql.table(table)} as claimed set next_attempt_at = ${fromNow(delayMs)}
      from ${claimTable(outbox, [claim])} where ${sameKey(key, 'claimed', 'held')}`.execute(trx),
  )
}

/** What an outbox has to do. */
export interface OutboxState {
  /** Rows that are due now, those that are claimed included. */
  readonly due: number
  /** Rows that somebody works on. */
  readonly claimed: number
  /** How long the row that is due longest has been due. Null if none is. */
  readonly oldestDueMs: number | null
  /** Milliseconds until there is something to claim: a row is due, or its claim runs out. Null if no row is open. */
  readonly nextInMs: number | null
}

/** One look at the open rows: what is due, and when there is something to claim next. */
export async function stateOfOutbox<Row extends OutboxRow>(
  db: Db,
  { table, isOpen }: Outbox<Row>,
): Promise<OutboxState> {
  const isDue = sql`next_attempt_at <= clock_timestamp()`
  const { rows } = await sql<OutboxState>`
    select count(*) filter (where ${isDue}) as due,
      count(*) filter (where claimed_until > clock_timestamp()) as claimed,
      ${milliseconds(sql`clock_timestamp() - min(next_attempt_at) filter (where ${isDue})`)} as "oldestDueMs",
      case when count(*) > 0 then
        greatest(0, ${milliseconds(sql`min(greatest(next_attempt_at, claimed_until)) - clock_timestamp()`)})
      end as "nextInMs"
    from ${sql.table(table)} where ${isOpen}`.execute(db)
  const [state] = rows
  if (!state) throw new Error('An aggregate without groups has one row.')
  return state
}

/** A claim that has run out, but was taken by nobody else, still counts. */
const isHeld = sql`claimed.fence = held.fence and claimed.claimed_until is not null`

function columns(names: readonly string[]): RawBuilder<unknown> {
  return sql.join(names.map((name) => sql.ref(name)))
}

/** That two tables of a statement have the same key. */
function sameKey(names: readonly string[], one: string, other: string): RawBuilder<unknown> {
  const pairs = names.map((name) => sql`${sql.ref(`${one}.${name}`)} = ${sql.ref(`${other}.${name}`)}`)
  return sql.join(pairs, sql` and `)
}

/** Keys and fences as the table `held`, with the types of the columns. */
function claimTable<Row extends OutboxRow>(
  { table, key }: Outbox<Row>,
  claims: readonly Row[],
): RawBuilder<unknown> {
  const named = claims.map((claim) =>
    Object.fromEntries([...key, 'fence' as const].map((column) => [column, claim[column]])),
  )
  return sql`jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(named)}) as held`
}

function fromNow(delayMs: number): RawBuilder<Date> {
  return sql<Date>`clock_timestamp() + ${delayMs}::float8 * interval '1 millisecond'`
}

function milliseconds(interval: RawBuilder<unknown>): RawBuilder<number> {
  return sql<number>`ceil(extract(epoch from ${interval}) * 1000)::float8`
}
