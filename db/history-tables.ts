import type { ColumnType } from 'kysely'

type Instant = ColumnType<Date, Date | string, Date | string>

/** Votes, comments and stars over time: one row a change, null for what the observation did not give. */
export interface PaperHistoryTable {
  paper_id: number
  observed_at: Instant
  upvotes: number | null
  comment_count: number | null
  github_stars: number | null
}

/** A title and abstract that later ones have replaced. */
export interface PaperRevisionTable {
  paper_id: number
  /** When the replaced text was observed. */
  seen_at: Instant
  replaced_at: Instant
  source: string
  title: string
  abstract: string | null
}
