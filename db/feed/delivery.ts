import type { SourceState } from '../sources.ts'
import type { FeedEntry } from './events.ts'
import type { Feed } from './feed.ts'
import type { Position } from './position.ts'

/** What a subscriber receives next: an event, or a heartbeat, which says how far reading has come. */
export type Delivery = EventDelivery | HeartbeatDelivery

interface CursorPair {
  /** The position just after this. */
  readonly cursor: string
  /** The cursor of what the subscriber received before this, at first the position it started from. */
  readonly previousCursor: string
}

export interface EventDelivery extends CursorPair {
  readonly entry: FeedEntry
}

export interface HeartbeatDelivery extends CursorPair {
  readonly entry: null
  /** Everything committed by then has been delivered. */
  readonly caughtUpAt: Date
  /** Milliseconds to wait before connecting again; set in the last heartbeat of a server that is about to stop. */
  readonly reconnectAfterMs: number | null
  /** The sources, if they are not as the subscriber was last told; null if they are. */
  readonly changedSources: readonly SourceState[] | null
}

export function deliverEvent(feed: Feed, entry: FeedEntry, previous: Position): EventDelivery {
  return {
    entry,
    cursor: feed.cursor(entry.position),
    // Made when it is asked for, which it often is not.
    get previousCursor() {
      return feed.cursor(previous)
    },
  }
}

export function deliverHeartbeat(
  feed: Feed,
  position: Position,
  previous: Position,
  says: Pick<HeartbeatDelivery, 'caughtUpAt' | 'reconnectAfterMs' | 'changedSources'>,
): HeartbeatDelivery {
  return { ...says, entry: null, cursor: feed.cursor(position), previousCursor: feed.cursor(previous) }
}
