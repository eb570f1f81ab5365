import type { FeedEventKind, PaperRow } from '../tables.ts'
import type { Position } from './position.ts'

/**
 * What `feed_event.data` holds, by kind. Values are what JSON makes of a column: an instant is an ISO string with
 * milliseconds in UTC, a day is `YYYY-MM-DD`. The fold of `ingested` and `updated` over the log gives each paper's
 * columns as they are in the table.
 */
export interface FeedEventData {
  ingested: { paper: EventPaper }
  updated: { changed: PaperChanges }
  /** The event's `edition_date` says on which edition. */
  listed: { submitter: string | null; submittedAt: string | null }
  withdrawn: { withdrawnAt: string }
}

/** Columns of a paper that events carry: not its key, nor what Postgres derives, nor the bookkeeping. */
export type EventColumn = Exclude<
  keyof PaperRow,
  'id' | 'published_on' | 'title_key' | 'authors_digest' | 'provenance' | 'ingested_at' | 'updated_at'
>

/** A paper as its first event carries it; a column that is null or empty may be absent. */
export type EventPaper = { [Column in EventColumn]?: AsJson<PaperRow[Column]> }

/** The columns that an update changed, each with its value before and after. */
export type PaperChanges = {
  [Column in EventColumn]?: { before: AsJson<PaperRow[Column]>; after: AsJson<PaperRow[Column]> }
}

/** One entry for `feed_append`. */
export type NewFeedEvent = {
  [Kind in FeedEventKind]: {
    kind: Kind
    paper_id: number
    source: string
    data: FeedEventData[Kind]
  } & (Kind extends 'listed' ? { edition_date: string } : { edition_date?: never })
}[FeedEventKind]

/** One entry of the log, as read. */
export type FeedEntry = {
  [Kind in FeedEventKind]: {
    /** Its place in the log, from 1, without gaps, in commit order. */
    number: number
    /** The position just after it. */
    position: Position
    kind: Kind
    paperId: number
    /** The edition of a `listed` event, `YYYY-MM-DD`; null for the others. */
    editionDate: string | null
    source: string
    recordedAt: Date
    data: FeedEventData[Kind]
  }
}[FeedEventKind]

type AsJson<Value> = Value extends Date ? string : Value
