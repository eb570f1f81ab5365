import type { FeedEventKind } from '../feed-tables.ts'
import { fieldColumns } from '../model/paper-fields.ts'
import type { PaperRow } from '../tables.ts'
import type { Position } from './position.ts'

/**
 * What `feed_event.data` holds, by kind. Values are what JSON makes of a column: an instant is an ISO string with
 * milliseconds in UTC, a day is `YYYY-MM-DD`. `ingested`, `updated` and `withdrawn`, applied in the order of the log,
 * give a paper's event columns as they are in the table; the days of its editions come from `listed`.
 */
export interface FeedEventData {
  ingested: { paper: EventPaper }
  updated: { changed: PaperChanges }
  /** The event's `edition_date` says on which edition. */
  listed: { submitter: string | null; submittedAt: string | null }
  withdrawn: { withdrawnAt: string }
}

/** Columns of a paper that events carry: all but keys, bookkeeping and what `listed` events say by themselves. */
export const eventColumns = [
  'arxiv_id',
  'author_count',
  'author_names',
  'organization_name',
  'keyword_keys',
  ...fieldColumns,
] as const satisfies readonly (keyof PaperRow)[]

/** `updated` also carries the submitters if they changed while the editions did not. */
type EventColumn = (typeof eventColumns)[number] | 'submitter_names'

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
    /** Not of `ingested` events: readers get the paper as it is now. */
    data: Kind extends 'ingested' ? null : FeedEventData[Kind]
  }
}[FeedEventKind]

type AsJson<Value> = Value extends Date ? string : Value
