import type { PaperDetail } from '../model/paper-detail.ts'
import type { EditionCount, EditionReadingRecord, PaperRecord, SourceName } from '../model/record.ts'

export interface IngestBatch {
  source: SourceName
  records: readonly PaperRecord[]
  /** Editions of which the batch holds all that the source listed. */
  editions?: readonly EditionReadingRecord[]
  counts?: readonly EditionCount[]
  /** Of papers that are stored, or in `records`; others are passed over. */
  details?: readonly PaperDetail[]
}

export type Outcome = 'new' | 'changed' | 'unchanged'

export interface Recorded {
  /** For each record, in order, the paper it describes and what became of that paper in this batch. */
  outcomes: { paperId: number; outcome: Outcome }[]
  /** Papers, each counted once, whatever number of records describe it. */
  papers: Record<Outcome, number>
  /** Entries added to the feed. */
  events: number
}
