import type { FeedEventKind } from '../feed-tables.ts'
import type { FeedEntry } from './events.ts'
import type { Feed, PaperMatch } from './feed.ts'
import type { Position } from './position.ts'

/** Which events a reader wants. */
export interface FeedRequest {
  /** Absent for all. */
  readonly kinds?: ReadonlySet<FeedEventKind> | undefined
  /** Absent for every paper. */
  readonly match?: PaperMatch | undefined
}

/** The wanted events among those that were looked at. */
export interface ScanResult {
  readonly entries: readonly FeedEntry[]
  /** Everything up to here has been looked at, and `entries` is all of it that was wanted. */
  readonly scannedTo: Position
}

/**
 * The wanted events among the next ones of the log: at most `limit` events are looked at, not found, so that a
 * filter that matches nothing still costs a bounded time. Throws `FeedCursorError` when the position is pruned.
 */
export async function scan(
  feed: Feed,
  request: FeedRequest,
  after: Position,
  limit = 256,
): Promise<ScanResult> {
  const seen = (await feed.read(after.number)).slice(0, limit)
  const scannedTo = seen.at(-1)?.position ?? after
  const { kinds, match } = request
  const entries = kinds ? seen.filter(({ kind }) => kinds.has(kind)) : seen
  if (!match || entries.length === 0) return { entries, scannedTo }
  const matched = await match([...new Set(entries.map(({ paperId }) => paperId))])
  return { entries: entries.filter(({ paperId }) => matched.has(paperId)), scannedTo }
}
