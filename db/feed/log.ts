import { sql } from 'kysely'
import type { Db } from '../database.ts'
import type { FeedEntry } from './events.ts'

/** Where the log stands. */
export interface LogState {
  /** Names this database. */
  epoch: string
  /** The number of the newest event; 0 when there is none. */
  head: number
  /** Events up to and including this number are gone. */
  pruned: number
}

/** An entry with the size of its data, by which caches are bounded. */
export interface SizedEntry {
  entry: FeedEntry
  /** Characters of the data as JSON. */
  size: number
}

export async function readLogState(db: Db): Promise<LogState> {
  const { epoch, head, pruned } = await db
    .selectFrom('feed')
    .select(['epoch', 'head', 'pruned'])
    .executeTakeFirstOrThrow()
  return { epoch, head, pruned }
}

/** The events after a number in commit order, `limit` at most. Shorter than `limit` means: nothing more yet. */
export async function eventsAfter(db: Db, number: number, limit: number): Promise<SizedEntry[]> {
  const rows = await db
    .selectFrom('feed_event')
    .select(['number', 'kind', 'paper_id', 'edition_date', 'source', 'recorded_at'])
    .select(sql<string>`data::text`.as('data'))
    .where('number', '>', number)
    .orderBy('number')
    .limit(limit)
    .execute()
  return rows.map(({ number, kind, paper_id, edition_date, source, recorded_at, data }) => ({
    // The log is written by `feed_append` alone, with data as db/feed/events.ts describes it by kind.
    entry: {
      number,
      kind,
      paperId: paper_id,
      editionDate: edition_date,
      source,
      recordedAt: recorded_at,
      data: JSON.parse(data),
    } as FeedEntry,
    size: data.length,
  }))
}

/**
 * Forgets events recorded before an instant, oldest first, `batch` in each transaction, and returns how many.
 * Readers are not blocked, and writers only for the update of one row: `pruned` moves first and alone, then the
 * rows go; a reader in between is refused a little early rather than given a hole.
 */
export async function pruneLog(db: Db, before: Date, batch = 1000): Promise<number> {
  let total = 0
  for (;;) {
    if (!(await isOlder(db, before))) return total
    const upTo = await moveHorizon(db, before, batch)
    const { numDeletedRows } = await db
      .deleteFrom('feed_event')
      .where('number', '<=', upTo)
      .executeTakeFirstOrThrow()
    total += Number(numDeletedRows)
    if (numDeletedRows < batch) return total
  }
}

/** Asked first, so that a look that finds nothing takes no lock. */
async function isOlder(db: Db, before: Date): Promise<boolean> {
  const oldest = await db
    .selectFrom('feed_event')
    .select('recorded_at')
    .orderBy('number')
    .limit(1)
    .executeTakeFirst()
  return oldest !== undefined && oldest.recorded_at < before
}

async function moveHorizon(db: Db, before: Date, batch: number): Promise<number> {
  const { rows } = await sql<{ pruned: number }>`
    update feed set pruned = greatest(pruned, coalesce((
      select max(number) from (
        select number, recorded_at from feed_event order by number limit ${sql.lit(batch)}
      ) oldest where recorded_at < ${before}
    ), 0)) returning pruned`.execute(db)
  const [row] = rows
  if (!row)
    throw new Error('The table feed has no row: the database was not migrated, or the table was emptied.')
  return row.pruned
}
