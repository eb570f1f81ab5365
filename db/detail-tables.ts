import type { ColumnType, JSONColumnType } from 'kysely'
import type { LinkedRepository } from './model/paper-detail.ts'

type Day = ColumnType<string, string, string>
type Instant = ColumnType<Date, Date | string, Date | string>

/** What the call for a single paper gave last. Null in a column means that it did not say. */
export interface PaperDetailTable {
  paper_id: number
  read_at: Instant
  models: JSONColumnType<LinkedRepository[]> | null
  /** All that Hugging Face counts; the list has the first of them. */
  model_count: number | null
  datasets: JSONColumnType<LinkedRepository[]> | null
  dataset_count: number | null
  spaces: JSONColumnType<LinkedRepository[]> | null
  space_count: number | null
  comments: JSONColumnType<StoredComment[]> | null
}

/** A comment; what is known of its author is in `account`. */
export interface StoredComment {
  id: string
  author: string | null
  text: string
  createdAt: string
  edited: boolean
  replyTo: string | null
  reactions: number
}

/** Votes for a paper on another site than Hugging Face. */
export interface PaperVoteTable {
  paper_id: number
  /** A name such as `alphaxiv`. */
  site: string
  votes: number
  observed_at: Instant
}

/** How many papers a source listed on an edition when it last gave the whole list, readable or not. */
export interface EditionCountTable {
  edition_date: Day
  source: string
  counted_at: Instant
  expected: number
}
