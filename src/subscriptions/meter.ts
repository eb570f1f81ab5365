/** How results reach a client: `sse` is that of `/graphql`, `feed` the route `/feed`. */
export type FeedTransport = 'websocket' | 'sse' | 'feed'

/** What is counted of subscriptions. Called for groups of subscribers, not for each delivery. */
export interface FeedMeter {
  /**
   * A group of subscribers of one transport was sent the same events. `lagsMs` are the milliseconds since each of them
   * was committed, by the clocks of the database and of this process; empty for subscribers that are catching up.
   */
  sent(transport: FeedTransport, events: number, subscribers: number, lagsMs: readonly number[]): void
  /** A subscription was not opened; `code` is that of the error. */
  refused(code: string): void
  /** The server ended a subscription. */
  ended(reason: 'failed' | 'restart' | 'stalled'): void
}

/** Counts nothing. */
export const noMeter: FeedMeter = { sent() {}, refused() {}, ended() {} }
