import type { Db } from '../database.ts'
import type { CanonicalFilter } from '../filter.ts'
import { oneAtATime } from '../one-at-a-time.ts'
import { expired, FeedCursorError, formatCursor, inFuture, parseCursor } from './cursor.ts'
import type { FeedEntry } from './events.ts'
import { type ListenerOptions, listenToFeed } from './listener.ts'
import { readLogState } from './log.ts'
import { Matcher } from './matcher.ts'
import { Pages, pageSize } from './pages.ts'
import type { PaperMatch } from './scan.ts'
import { type Bounds, Tail } from './tail.ts'
import { Watchers } from './watchers.ts'

export type { FeedEntry } from './events.ts'

/**
 * The log of what happened to papers, as one instance reads it: the tail once for all readers, the rest in shared
 * pages. A position is the number of the last event before it; a cursor is a position as text. Readers hold
 * positions, never queues, so that a slow one costs nothing.
 */
export interface Feed extends AsyncDisposable {
  /** Names the database; cursors carry it. */
  readonly epoch: string
  /** The newest position this instance knows of. */
  readonly head: number
  /** When the log was last read to its end: what is here is what there was then. */
  readonly readAt: Date
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
  refresh(): Promise<number>
  /** Some of the events after a position, without a gap; none at the head. Throws `FeedCursorError` (expired). */
  read(after: number): Promise<readonly FeedEntry[]>
  /** Resolves once there is something after the position; false when the signal or the feed ended first. */
  wait(after: number, signal?: AbortSignal): Promise<boolean>
  /** Calls back whenever the head has moved, and once when the feed closes. Returns the way to stop. */
  watch(onMove: () => void): () => void
  /** A position as a cursor. */
  cursor(position: number): string
  /**
   * The position of a cursor, of `START` (before the oldest event kept) or of `NOW` (after the newest). Throws
   * `FeedCursorError`: malformed, foreign, future or expired.
   */
  position(cursor: string): Promise<number>
  /** Which papers a filter lets through, asked once for all who ask together; undefined where it lets all. */
  matching(filter: CanonicalFilter): PaperMatch | undefined
  readonly closed: boolean
  close(): Promise<void>
}

export interface FeedOptions extends Pick<ListenerOptions, 'connectionString' | 'pollEvery' | 'checkEvery'> {
  db: Db
  /** Bounds of the tail in memory. Default 2,048 events, 8 Mi characters. */
  tail?: Partial<Bounds>
  /** Characters of pages kept for readers that are behind. Default 8 Mi. */
  pages?: number
  /** The listener lost its connection or the log could not be read; once per outage. */
  onError?: (error: Error) => void
}

const mebi = 1024 * 1024

/** Reads where the log stands, then listens. Throws when the database cannot be reached at the start. */
export async function openFeed(options: FeedOptions): Promise<Feed> {
  const { db, onError } = options
  let { epoch, head, pruned } = await readLogState(db)
  const tail = new Tail(head, { count: 2048, size: 8 * mebi, ...options.tail })
  const pages = new Pages(db, options.pages ?? 8 * mebi)
  const matcher = new Matcher(db)
  const watchers = new Watchers()
  let readAt = new Date()
  let closed = false
  let failing = false
  let doubtful = false
  let tailReads = 0

  async function readTail(): Promise<void> {
    if (doubtful) await checkState()
    const started = new Date()
    tailReads += 1
    const moved = await tail.advance(db, pageSize)
    readAt = started
    failing = false
    if (moved) watchers.tell()
  }

  /** After an outage the database may be another one, or an older one. */
  async function checkState(): Promise<void> {
    const state = await readLogState(db)
    pruned = state.pruned
    doubtful = false
    if (state.epoch === epoch && state.head >= tail.head) return
    epoch = state.epoch
    tail.reset(state.head)
    pages.clear()
    watchers.tell()
  }

  const readSoon = oneAtATime(readTail)

  function hint(): void {
    if (closed) return
    readSoon().catch((error: Error) => {
      // The poll and the listener's next connection try again.
      if (!failing && !closed) onError?.(error)
      failing = true
    })
  }

  const listener = listenToFeed({
    ...options,
    onHint: hint,
    onConnect: () => {
      doubtful = true
    },
    onLost: (error) => onError?.(error),
  })

  async function position(cursor: string): Promise<number> {
    if (cursor === 'NOW') return refresh().catch(() => tail.head)
    if (cursor === 'START') {
      const state = await readLogState(db)
      pruned = state.pruned
      return pruned
    }
    const number = parseCursor(epoch, cursor)
    if (number > tail.head && number > (await refresh())) throw inFuture()
    if (number < pruned) throw expired(epoch, pruned)
    return number
  }

  async function refresh(): Promise<number> {
    await readSoon()
    return tail.head
  }

  async function read(after: number): Promise<readonly FeedEntry[]> {
    const near = tail.after(after, pageSize)
    const entries = near ?? (await pages.after(after))
    const [first] = entries
    if (first ? first.number === after + 1 : after >= tail.head) return entries
    pruned = (await readLogState(db)).pruned
    if (after < pruned) throw expired(epoch, pruned)
    // A position of another log, met after the database was replaced.
    throw after > tail.head
      ? inFuture()
      : new FeedCursorError('malformed', `The feed has no event ${after + 1}: it is damaged.`)
  }

  async function close(): Promise<void> {
    if (closed) return
    closed = true
    watchers.tell()
    watchers.clear()
    await listener.close()
    await readSoon.idle()
    pages.clear()
  }

  return {
    get epoch() {
      return epoch
    },
    get head() {
      return tail.head
    },
    get readAt() {
      return readAt
    },
    get listening() {
      return listener.listening
    },
    get held() {
      return { watchers: watchers.size, tail: tail.held, pages: pages.held }
    },
    get statements() {
      return { reads: tailReads + pages.held.reads, matches: matcher.statements }
    },
    get closed() {
      return closed
    },
    refresh,
    read,
    wait: async (after, signal) => {
      const moved = () => closed || after < tail.head
      return (await watchers.until(moved, signal)) && !closed
    },
    watch: (onMove) => watchers.add(onMove),
    cursor: (number) => formatCursor(epoch, number),
    matching: (filter) => matcher.of(filter),
    position,
    close,
    [Symbol.asyncDispose]: close,
  }
}
