import type { GraphQLError } from 'graphql'
import type { Position } from '../../db/feed/position.ts'
import type { FeedTransport } from './meter.ts'

/** One result of a subscription, executed and serialised once for all who get it. */
export interface Frame {
  /** The position just after it; undefined for a failure, which moves no subscriber on. */
  readonly position: Position | undefined
  /** When its event was recorded, in milliseconds since 1970; undefined for heartbeats and failures. */
  readonly recordedAtMs: number | undefined
  /** The result as its transports send it, in UTF-8. */
  readonly bytes: Buffer
  /** How many there are. */
  readonly size: number
}

export function frameOf(text: string, position: Position | undefined, recordedAtMs?: number): Frame {
  const bytes = Buffer.from(text)
  return { position, recordedAtMs, bytes, size: bytes.length }
}

/** Why a subscription ended without the client's asking. */
export type EndReason =
  /** The server stops: go on after `cursor`, on a new connection, after `retryAfterMs`. */
  | { readonly kind: 'restart'; readonly cursor: string; readonly retryAfterMs: number }
  /** The client took nothing for too long. */
  | { readonly kind: 'stalled'; readonly cursor: string }
  /** It cannot go on; the error is as the client may see it. */
  | { readonly kind: 'failed'; readonly error: GraphQLError }

/** Where the frames of one subscriber go: a WebSocket, or an HTTP response. */
export interface Sink {
  readonly transport: FeedTransport
  /**
   * Takes frames in order and returns how many it took. Fewer than there were, none included, means that it is
   * full: it calls `Subscription.resume` once there is room.
   */
  write(frames: readonly Frame[]): number
  /** Nothing follows. Not called after `Subscription.leave`. */
  end(reason: EndReason): void
}

/** One subscriber, as its transport sees it. */
export interface Subscription {
  /** There is room again. */
  resume(): void
  /** The client is gone. Frees everything at once. */
  leave(): void
  /** The position after what was written, as a cursor. */
  cursor(): string
}
