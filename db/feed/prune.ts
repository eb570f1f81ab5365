import { sql } from 'kysely'
import { write } from '../connection/write-queue.ts'
import type { Db } from '../database.ts'
import { markOf } from './log.ts'

/** Days for which events are kept longer, where an active webhook or reader of the digest has not been told of them. */
const heldDays = 7

/**
 * Forgets events recorded more than `days` ago by the database's clock, oldest first, `batch` in each transaction,
 * and returns how many. Only a prefix of the log goes: a young event ends it, even where a writer with a wrong clock
 * dated a later one back. Readers are not blocked, and writers only for the update of one row: `pruned` moves first
 * and alone, then the rows go; a reader in between is refused a little early rather than given a hole. Throws
 * DatabaseBusyError when it would have to wait for too long.
 */
export async function pruneLog(db: Db, days: number, batch = 1000): Promise<number> {
  let total = 0
  for (;;) {
    const upTo = await oldPrefix(db, days, batch)
    if (upTo === null) return total
    await write(db, (trx) => movePruned(trx, upTo))
    const { numDeletedRows } = await write(db, (trx) =>
      trx.deleteFrom('feed_event').where('number', '<=', upTo).executeTakeFirstOrThrow(),
    )
    total += Number(numDeletedRows)
  }
}

/**
 * The last number of the old events that the log begins with, among the first `batch`; null if there are none. An
 * event dated in the future tells nothing of its age: it goes with an old one after it. Takes no lock.
 */
async function oldPrefix(db: Db, days: number, batch: number): Promise<number | null> {
  const { rows } = await sql<{ last: number | null }>`
    with first as (
      select number, recorded_at, recorded_at < now() - make_interval(hours => ${days * 24}) as is_old,
        recorded_at < now() - make_interval(hours => ${(days + heldDays) * 24}) as is_past_holding
      from feed_event order by number limit ${sql.lit(batch)}
    )
    select max(number) as last from first
    where is_old and (is_past_holding or number <= coalesce(least(
      (select min(position) from webhook where disabled_at is null),
      (select min(position) from mail_subscriber where status = 'active')), ${sql.lit(Number.MAX_SAFE_INTEGER)}))
    and number < coalesce(
      (select min(number) from first where not is_old and recorded_at <= now()), ${sql.lit(Number.MAX_SAFE_INTEGER)})
  `.execute(db)
  return rows[0]?.last ?? null
}

async function movePruned(db: Db, upTo: number): Promise<void> {
  await sql`
    update feed set pruned = number, pruned_mark = ${markOf}, pruned_recorded_at = recorded_at
    from feed_event where number = ${upTo} and number > pruned
  `.execute(db)
}
