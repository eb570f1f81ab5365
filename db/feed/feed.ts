import type { EditionProgress } from '../editions.ts'
import type { CanonicalFilter } from '../search/filter.ts'
import type { SourceState } from '../sources.ts'
import type { FeedEntry } from './events.ts'
import type { Position } from './position.ts'

/** Those of these papers that a filter lets through, as they are stored now. */
export type PaperMatch = (paperIds: readonly number[]) => Promise<ReadonlySet<number>>

/**
 * The log of what happened to papers, as one server reads it: the tail once for all readers, the rest in shared
 * pages. A position is just after an event; a cursor is a position as text. Readers hold positions, never queues, so
 * that a slow one costs nothing.
 */
export interface Feed extends AsyncDisposable {
  /** The newest position this server knows of. */
  readonly head: Position
  /** Names the database, as cursors do. */
  readonly epoch: string
  /** Counts the histories of the log that this server has met: a restore or a failover may begin another. */
  readonly history: number
  /** When the log was last read to its end: what is here is what there was then. */
  readonly readAt: Date
  /** Milliseconds since then, by a clock that nobody sets. */
  readonly readAgeMs: number
  /**
   * The sources of papers as they were some seconds ago, or when the database last answered: the same list for as long
   * as nothing in it changes.
   */
  readonly sources: { readonly rows: readonly SourceState[]; readonly edition: EditionProgress | undefined }
  /** Whether the dedicated connection listens; without it the poll goes on. */
  readonly listening: boolean
  /** What is held in memory, for tests and metrics. */
  readonly held: {
    watchers: number
    tail: { count: number; size: number }
    pages: { pages: number; size: number }
  }
  /** Readings of the log, and statements that matched filters, since the start. */
  readonly statements: { readonly reads: number; readonly matches: number }
  /** Reads to the end of the log, and resolves with the head: no event committed before the call is after it. */
  refresh(): Promise<Position>
  /** Some of the events after a number, without a gap; none at the head. Throws `FeedCursorError` (expired). */
  read(after: number): Promise<readonly FeedEntry[]>
  /** Calls back whenever the head has moved, and once when the feed closes. Returns the way to stop. */
  watch(onMove: () => void): () => void
  /** A position as a cursor. */
  cursor(position: Position): string
  /**
   * The position of a cursor, of `START` (before the oldest event kept) or of `NOW` (after the newest), in what is
   * `history` when this resolves. Throws `FeedCursorError`: malformed, foreign, future or expired.
   */
  position(cursor: string): Promise<Position>
  /**
   * Throws `FeedCursorError` (foreign) for a position, taken when `history` was this number, that the log does not
   * have any more; it says where to go on.
   */
  assertShared(position: Position, history: number): void
  /** Which papers a filter lets through, asked once for all who ask together; undefined where it lets all. */
  matching(filter: CanonicalFilter): PaperMatch | undefined
  readonly closed: boolean
  close(): Promise<void>
}
