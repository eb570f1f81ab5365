import type { Delivery } from '../../db/feed/delivery.ts'
import type { Position } from '../../db/feed/position.ts'
import type { FeedRequest } from '../../db/feed/scan.ts'

export interface SubscriptionRequest extends FeedRequest {
  /** Milliseconds between heartbeats; absent for none. */
  readonly heartbeatMs?: number | undefined
}

/**
 * What a subscription's resolver asks for: which events, and from which position on. GraphQL requires an async
 * iterable here, but nobody iterates it: the subscription hub takes `request` and `start` and delivers the events.
 */
export class FeedSubscription implements AsyncIterable<Delivery> {
  readonly request: SubscriptionRequest
  /** The position to start after. */
  readonly start: Position

  constructor(request: SubscriptionRequest, start: Position) {
    this.request = request
    this.start = start
  }

  [Symbol.asyncIterator](): AsyncIterator<Delivery> {
    throw new Error('Events are delivered by the subscription hub; this schema has to be executed behind it.')
  }
}
