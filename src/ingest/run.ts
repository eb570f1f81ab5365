import type { Db } from '../../db/database.ts'
import type { PaperDetail } from '../../db/model/paper-detail.ts'
import type {
  EditionCount,
  EditionReadingRecord,
  Notice,
  PaperRecord,
  Reading,
  Rejection,
  SourceName,
} from '../../db/model/record.ts'
import { noteFailure, noteReading } from '../../db/sources.ts'
import type { IngestBatch } from '../../db/writer/batch.ts'
import { recordPapers } from '../../db/writer/index.ts'
import { SourceError } from './errors.ts'
import { type Patience, retryWhileTransient } from './patience.ts'

/** Counts so far, reported after each batch and at the end. */
export interface IngestProgress {
  records: number
  new: number
  changed: number
  unchanged: number
  rejected: number
  /** Feed entries written. */
  events: number
}

export interface IngestSummary extends IngestProgress {
  rejections: Rejection[]
  notices: Notice[]
  /** Whether the signal ended it before the input did; whole batches are stored, the rest is not. */
  stopped: boolean
}

export interface IngestOptions {
  /** Do everything and keep nothing. */
  dryRun?: boolean
  /** Stops at the next batch edge. */
  signal?: AbortSignal | undefined
  /** Records in one transaction, at least; a reading is never split. Default 500. */
  batchSize?: number
  onProgress?: (progress: IngestProgress) => void
  /** Called in the transaction of each write, before its commit. Throws where nothing may be written any more. */
  beforeCommit?: (trx: Db) => Promise<void>
  /** Tries a write again while the database is away or busy. Without it, the first failure ends the run. */
  patience?: Patience
  onRejection?: (rejection: Rejection) => void
}

/** Rejections kept for the summary, further ones being counted and passed to `onRejection`; and notices. */
const keptRejections = 100

/**
 * Records what a source yields, batch by batch, each in one transaction with whole readings in it. A failure of
 * the source or the database is noted on the source and thrown; the batches before it stay.
 */
export async function ingest(
  db: Db,
  source: SourceName,
  readings: AsyncIterable<Reading> | Iterable<Reading>,
  options: IngestOptions = {},
): Promise<IngestSummary> {
  const { batchSize = 500, dryRun = false, signal, beforeCommit } = options
  const total: IngestProgress = { records: 0, new: 0, changed: 0, unchanged: 0, rejected: 0, events: 0 }
  const rejections: Rejection[] = []
  const notices: Notice[] = []
  let records: PaperRecord[] = []
  let editions: EditionReadingRecord[] = []
  let counts: EditionCount[] = []
  let details: PaperDetail[] = []
  let storing: Promise<void> = Promise.resolve()

  const patiently = <Result>(work: () => Promise<Result>) =>
    retryWhileTransient(work, options.patience, signal)
  const store = async (batch: Omit<IngestBatch, 'source'>) => {
    const recorded = await patiently(() =>
      recordPapers(db, { source, ...batch }, { dryRun, ...(beforeCommit && { beforeCommit }) }),
    )
    total.records += batch.records.length
    total.new += recorded.papers.new
    total.changed += recorded.papers.changed
    total.unchanged += recorded.papers.unchanged
    total.events += recorded.events
    options.onProgress?.({ ...total })
  }
  /** One batch at a time; while the database is at it, the next one is read. */
  const flush = async () => {
    await storing
    if (records.length + counts.length + details.length === 0) return
    storing = store({ records, editions, counts, details })
    // The next `await storing` throws its failure.
    storing.catch(() => {})
    records = []
    editions = []
    counts = []
    details = []
  }
  const finish = async () => {
    const counts = { read: total.records, ...pick(total) }
    if (!dryRun) await patiently(() => noteReading(db, source, counts, beforeCommit))
    return { ...total, rejections, notices, stopped: signal?.aborted ?? false }
  }
  try {
    for await (const reading of readings) {
      for (const rejection of reading.rejections) {
        total.rejected += 1
        if (rejections.length < keptRejections) rejections.push(rejection)
        options.onRejection?.(rejection)
      }
      notices.push(...(reading.notices ?? []).slice(0, keptRejections - notices.length))
      records.push(...reading.records)
      editions.push(...reading.editions)
      counts.push(...(reading.counts ?? []))
      details.push(...(reading.details ?? []))
      if (signal?.aborted) break
      if (records.length >= batchSize) await flush()
    }
    if (!signal?.aborted) await flush()
    await storing
    options.onProgress?.({ ...total })
  } catch (error) {
    await storing.catch(() => {})
    // What waits for an upstream or a file ends by throwing the reason why it was asked to stop.
    const isStop = signal?.aborted && error === signal.reason
    if (isStop) return await finish()
    // The reason is noted if the database still answers; the caller gets the failure itself.
    if (!dryRun) await noteFailure(db, source, publicReason(error), beforeCommit).catch(() => {})
    throw error
  }
  return finish()
}

/** Clients can read it as `Source.lastError`, so it has no details of errors that are not about the source. */
function publicReason(error: unknown): string {
  return error instanceof SourceError ? error.message : 'The papers could not be stored.'
}

function pick({ new: created, changed, rejected }: IngestProgress) {
  return { new: created, changed, rejected }
}
