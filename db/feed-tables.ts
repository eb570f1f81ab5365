import type { ColumnType, Generated, JSONColumnType } from 'kysely'

type Instant = ColumnType<Date, Date | string, Date | string>
type Day = ColumnType<string, string, string>

/** One row: the head of the log. Its row lock is what makes the order of numbers the order of commits. */
export interface FeedTable {
  only: Generated<boolean>
  /** Names this database in cursors, so that one from another is refused. */
  epoch: Generated<string>
  head: Generated<number>
  /** Events up to and including this number have been pruned. */
  pruned: Generated<number>
  /** Mark and instant of the event of that number; 0 and null while none has been pruned, or where it is unknown. */
  pruned_mark: Generated<number>
  pruned_recorded_at: Instant | null
  /** Cluster, timeline and database in which the last event was appended. */
  place: string | null
  /** One for each first append in another place: `after` is the head before it, `id` a random number of 24 bits. */
  terms: JSONColumnType<{ after: number; id: number }[]> | null
  /** Since when events have marks of their own. */
  marked_since: Instant | null
}

export const feedEventKinds = ['ingested', 'updated', 'listed', 'withdrawn'] as const
export type FeedEventKind = (typeof feedEventKinds)[number]

/** One entry of the log; `data` by kind is described in db/feed/events.ts. */
export interface FeedEventTable {
  number: number
  kind: FeedEventKind
  paper_id: number
  edition_date: Day | null
  source: string
  recorded_at: Instant
  data: JSONColumnType<Record<string, unknown>>
  /** Random, so that an event of another history does not share number and mark; null for the oldest events. */
  mark: number | null
}
