import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'

/** A lease that is held. Whoever takes it over gets a higher fencing number. */
export interface HeldLease {
  readonly name: string
  readonly owner: string
  readonly fence: number
}

/** Takes a lease that is free or has run out, by the clock of the database. Undefined while somebody has it. */
export async function takeLease(
  db: Db,
  { name, owner, leaseMs }: { name: string; owner: string; leaseMs: number },
): Promise<HeldLease | undefined> {
  // Asked first, so that those who stand by write nothing.
  const held = await db
    .selectFrom('lease')
    .select('fence')
    .where('name', '=', name)
    .where('held_until', '>', sql<Date>`clock_timestamp()`)
    .executeTakeFirst()
  if (held) return undefined
  const { rows } = await sql<{ fence: number }>`
    insert into lease (name, owner, fence, held_until) values (${name}, ${owner}, 1, ${fromNow(leaseMs)})
    on conflict (name) do update
      set owner = excluded.owner, fence = lease.fence + 1, held_until = excluded.held_until
      where lease.held_until <= clock_timestamp()
    returning fence`.execute(db)
  return rows[0] && { name, owner, fence: rows[0].fence }
}

/** Returns whether the lease is still ours, and then for as long again. */
export function renewLease(db: Db, lease: HeldLease, leaseMs: number): Promise<boolean> {
  return holdUntil(db, lease, fromNow(leaseMs))
}

async function holdUntil(db: Db, lease: HeldLease, held_until: RawBuilder<Date>): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('lease')
    .set({ held_until })
    .where('name', '=', lease.name)
    .where('owner', '=', lease.owner)
    .where('fence', '=', lease.fence)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0
}

/** Whether the lease is ours and has not run out. Nobody takes it over until the transaction ends. */
export async function holdsLease(db: Db, lease: HeldLease): Promise<boolean> {
  const row = await db
    .selectFrom('lease')
    .select('fence')
    .where('name', '=', lease.name)
    .where('owner', '=', lease.owner)
    .where('fence', '=', lease.fence)
    .where('held_until', '>', sql<Date>`clock_timestamp()`)
    .forShare()
    .executeTakeFirst()
  return row !== undefined
}

/** Lets others take it at once, whatever their clocks say. */
export async function releaseLease(db: Db, lease: HeldLease): Promise<void> {
  await holdUntil(db, lease, sql<Date>`'epoch'::timestamptz`)
}

function fromNow(milliseconds: number) {
  return sql<Date>`clock_timestamp() + ${milliseconds}::integer * interval '1 millisecond'`
}
