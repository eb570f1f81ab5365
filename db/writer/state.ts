import type { ListingRecord } from '../model/record.ts'
import type { Confirmations, MergedFields } from './merge/apply-record.ts'

/** A paper while a batch is merged into it. */
export interface PaperState extends MergedFields {
  id: number
  isNew: boolean
  arxivId: string | null
  ingestedAt: string | null
  textChangedAt: string | null
  /** Digests of the newest records that changed it. */
  mergedRecords: string[]
  /** By edition day. */
  listings: Map<string, ListingState>
  confirmations: Confirmations
  /** By edition day: until when a reading confirms that listing. */
  listingConfirmations: Map<string, string>
}

export interface ListingState {
  submitter: string | null
  submittedAt: string | null
  observedAt: string
  firstObservedAt: string
  /** Null until it is stored. */
  recordedAt: string | null
}

/**
 * Merges a record's listing: the newest observation that names a submitter says who it was, and the latest instant
 * is kept, because a source first gives the time of day and later only the day (midnight).
 */
export function applyListing(
  paper: PaperState,
  listing: ListingRecord,
  observedAt: string,
): 'new' | 'changed' | 'confirmed' | 'known earlier' | 'unchanged' {
  const stored = paper.listings.get(listing.date)
  const submitter = listing.submitter?.name ?? null
  const submittedAt = listing.submittedAt ?? null
  if (!stored) {
    const first = { submitter, submittedAt, observedAt, firstObservedAt: observedAt, recordedAt: null }
    paper.listings.set(listing.date, first)
    return 'new'
  }
  const confirmedAt = paper.listingConfirmations.get(listing.date) ?? ''
  const storedAt = confirmedAt > stored.observedAt ? confirmedAt : stored.observedAt
  const wins =
    submitter !== null &&
    (stored.submitter === null ||
      observedAt > storedAt ||
      (observedAt === storedAt && submitter > stored.submitter))
  const next: ListingState = {
    ...stored,
    ...(wins ? { submitter, observedAt } : {}),
    submittedAt: laterOf(stored.submittedAt, submittedAt),
    firstObservedAt: observedAt < stored.firstObservedAt ? observedAt : stored.firstObservedAt,
  }
  paper.listings.set(listing.date, next)
  if (next.submitter !== stored.submitter || next.submittedAt !== stored.submittedAt) return 'changed'
  if (next.firstObservedAt !== stored.firstObservedAt) return 'known earlier'
  return next.observedAt === stored.observedAt ? 'unchanged' : 'confirmed'
}

function laterOf(a: string | null, b: string | null): string | null {
  return a === null ? b : b === null ? a : a > b ? a : b
}
