import { sql } from 'kysely'
import { type BeforeCommit, write } from './connection/write-queue.ts'
import type { Db } from './database.ts'
import type { SourceName } from './model/record.ts'
import type { SourceRow } from './source-tables.ts'

/** A source, and whether the newest reading of it is older than who polls it would have it. */
export interface SourceState extends SourceRow {
  late: boolean
}

/** Readings that may fail before a source is late. */
export const missedPolls = 3

/** What a reading of a source brought, for `noteReading`. */
export interface ReadingCounts {
  read: number
  new: number
  changed: number
  rejected: number
}

/** Notes a reading that worked: when, and what it brought in all. */
export async function noteReading(
  db: Db,
  source: SourceName,
  counts: ReadingCounts,
  beforeCommit?: BeforeCommit,
): Promise<void> {
  await write(
    db,
    (trx) =>
      trx
        .updateTable('source')
        .set((eb) => ({
          last_read_at: sql<Date>`clock_timestamp()`,
          last_success_at: sql<Date>`clock_timestamp()`,
          records_read: eb('records_read', '+', counts.read),
          papers_new: eb('papers_new', '+', counts.new),
          papers_changed: eb('papers_changed', '+', counts.changed),
          records_rejected: eb('records_rejected', '+', counts.rejected),
        }))
        .where('name', '=', source)
        .execute(),
    beforeCommit,
  )
}

/** Notes a reading that failed, with a sentence that says why; it stays until the next failure. */
export async function noteFailure(
  db: Db,
  source: SourceName,
  reason: string,
  beforeCommit?: BeforeCommit,
): Promise<void> {
  await write(
    db,
    (trx) =>
      trx
        .updateTable('source')
        .set({
          last_read_at: sql<Date>`clock_timestamp()`,
          last_error_at: sql<Date>`clock_timestamp()`,
          last_error: reason,
        })
        .where('name', '=', source)
        .execute(),
    beforeCommit,
  )
}

/** Notes how often a source is polled. */
export async function notePolling(db: Db, source: SourceName, everySeconds: number): Promise<void> {
  await write(db, (trx) =>
    trx.updateTable('source').set({ poll_seconds: everySeconds }).where('name', '=', source).execute(),
  )
}

/** All sources by name. */
export function allSources(db: Db): Promise<SourceState[]> {
  return db
    .selectFrom('source')
    .selectAll()
    .select(
      sql<boolean>`poll_seconds is not null and coalesce(
        last_success_at < clock_timestamp() - ${sql.lit(missedPolls)} * poll_seconds * interval '1 second',
        last_error_at is not null)`.as('late'),
    )
    .orderBy('name')
    .execute()
}
