import type { ColumnType, Generated, Selectable } from 'kysely'

type Instant = ColumnType<Date, Date | string, Date | string>
type Day = ColumnType<string, string, string>

/** Where records come from, and how the last readings went. */
export interface SourceTable {
  name: string
  last_read_at: Instant | null
  last_success_at: Instant | null
  last_error_at: Instant | null
  last_error: string | null
  records_read: Generated<number>
  papers_new: Generated<number>
  papers_changed: Generated<number>
  records_rejected: Generated<number>
  /** Between two readings of who polls it; null if nobody ever did. */
  poll_seconds: number | null
}

/**
 * The last whole reading of an edition: the papers in it were as stored at `read_at`. A poll that finds nothing
 * new moves this one row instead of a row for each paper.
 */
export interface EditionReadingTable {
  source: string
  edition_date: Day
  read_at: Instant
  paper_ids: number[]
}

export type SourceRow = Selectable<SourceTable>
