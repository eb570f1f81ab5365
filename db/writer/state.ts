import type { ListingRecord } from '../model/record.ts'
import type { Confirmed, Merged } from './merge/fold.ts'

/** A paper while a batch is merged into it. */
export interface PaperState extends Merged {
  id: number
  isNew: boolean
  arxivId: string | null
  ingestedAt: string | null
  /** By edition day. */
  listings: Map<string, Listing>
  confirmed: Confirmed
  /** By edition day: until when a reading confirms that listing. */
  listedUntil: Map<string, string>
}

export interface Listing {
  submitter: string | null
  submittedAt: string | null
  observedAt: string
  firstObservedAt: string
  /** Null until it is stored. */
  recordedAt: string | null
}

/**
 * Lets a record speak on its listing: the newest observation that names a submitter says who it was, and the
 * latest instant is kept, because a source first tells the time of day and later only the day (midnight).
 */
export function observeListing(
  paper: PaperState,
  listing: ListingRecord,
  observedAt: string,
): 'new' | 'changed' | 'confirmed' | 'known earlier' | 'unchanged' {
  const held = paper.listings.get(listing.date)
  const submitter = listing.submitter?.name ?? null
  const submittedAt = listing.submittedAt ?? null
  if (!held) {
    const heard = { submitter, submittedAt, observedAt, firstObservedAt: observedAt }
    paper.listings.set(listing.date, { ...heard, recordedAt: null })
    return 'new'
  }
  const heldAt = laterOf(held.observedAt, paper.listedUntil.get(listing.date) ?? null) ?? held.observedAt
  const speaks =
    submitter !== null &&
    (held.submitter === null || observedAt > heldAt || (observedAt === heldAt && submitter > held.submitter))
  const next: Listing = {
    ...held,
    ...(speaks ? { submitter, observedAt } : {}),
    submittedAt: laterOf(held.submittedAt, submittedAt),
    firstObservedAt: observedAt < held.firstObservedAt ? observedAt : held.firstObservedAt,
  }
  paper.listings.set(listing.date, next)
  if (next.submitter !== held.submitter || next.submittedAt !== held.submittedAt) return 'changed'
  if (next.firstObservedAt !== held.firstObservedAt) return 'known earlier'
  return next.observedAt === held.observedAt ? 'unchanged' : 'confirmed'
}

function laterOf(a: string | null, b: string | null): string | null {
  return a === null ? b : b === null ? a : a > b ? a : b
}
