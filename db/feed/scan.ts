import type { FeedEventKind } from '../tables.ts'
import type { FeedEntry } from './events.ts'
import type { Feed, PaperMatch } from './feed.ts'

/** Which events a reader wants. */
export interface FeedRequest {
  /** Absent for all. */
  readonly kinds?: ReadonlySet<FeedEventKind> | undefined
  /** Absent for every paper. */
  readonly match?: PaperMatch | undefined
}

/** What was wanted of a stretch of the log. */
export interface Stretch {
  readonly entries: readonly FeedEntry[]
  /** How far it reaches: everything up to here has been seen, and `entries` is all of it that was wanted. */
  readonly to: number
}

/**
 * The wanted events of the next stretch of the log: at most `limit` events are looked at, not found, so that a
 * filter that matches nothing still costs a bounded time. Throws `FeedCursorError` when the position is pruned.
 */
export async function scan(feed: Feed, request: FeedRequest, after: number, limit = 256): Promise<Stretch> {
  const page = await feed.read(after)
  const seen = page.length > limit ? page.slice(0, limit) : page
  const to = seen.at(-1)?.number ?? after
  const { kinds, match } = request
  const entries = kinds ? seen.filter(({ kind }) => kinds.has(kind)) : seen
  if (!match || entries.length === 0) return { entries, to }
  const matched = await match([...new Set(entries.map(({ paperId }) => paperId))])
  return { entries: entries.filter(({ paperId }) => matched.has(paperId)), to }
}
