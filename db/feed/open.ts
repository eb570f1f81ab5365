import { singleFlight } from '../connection/single-flight.ts'
import type { Db } from '../database.ts'
import { expired, FeedCursorError, formatCursor, inFuture, parseCursor } from './cursor.ts'
import type { FeedEntry } from './events.ts'
import type { Feed } from './feed.ts'
import { type ListenerOptions, listenToFeed } from './listener.ts'
import { readLogState } from './log.ts'
import { Pages, pageSize } from './log-pages.ts'
import { Matcher } from './matcher.ts'
import { type Bounds, Tail } from './tail.ts'
import { Watchers } from './watchers.ts'

export type { FeedEntry } from './events.ts'

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

  const readSoon = singleFlight(readTail)

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
    watch: (onMove) => watchers.add(onMove),
    cursor: (number) => formatCursor(epoch, number),
    matching: (filter) => matcher.of(filter),
    position,
    close,
    [Symbol.asyncDispose]: close,
  }
}
