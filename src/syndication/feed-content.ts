import type { SyndicatedEntry } from './entries.ts'

/** A feed in no format yet. */
export interface SyndicatedFeed {
  readonly id: string
  readonly title: string
  readonly description: string
  /** The page that shows the same. */
  readonly home: string
  readonly self: string
  /** The entries before the last one (RFC 5005, 3). */
  readonly next: string | undefined
  readonly entries: readonly SyndicatedEntry[]
}

/** When a feed last changed: the newest change of an entry, an ISO instant; long ago for one without entries. */
export function changedAt({ entries }: SyndicatedFeed): string {
  return entries
    .map(({ updatedAt }) => updatedAt)
    .reduce((one, other) => (one > other ? one : other), longAgo)
}

const longAgo = '1970-01-01T00:00:00.000Z'

/** What Atom and RSS name as the author of what has none of its own. */
export const feedAuthor = 'Daily Papers'
