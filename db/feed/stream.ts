import { type Delivery, deliverEvent, deliverHeartbeat } from './delivery.ts'
import type { FeedEntry } from './events.ts'
import type { Feed } from './index.ts'
import { type FeedRequest, scan } from './scan.ts'

export interface StreamRequest extends FeedRequest {
  /** Milliseconds between heartbeats; absent for none. */
  readonly heartbeat?: number | undefined
}

/**
 * A subscription's events from a position on: backfill, live, and catching up are this one loop. It holds a
 * position and what is left of one stretch. An explicit iterator, because the `return()` of a generator waits for
 * its pending `next()`: a subscriber who left would stay until the next paper.
 */
export class FeedStream implements AsyncIterableIterator<Delivery, undefined> {
  readonly feed: Feed
  readonly request: StreamRequest
  /** The position it starts from. */
  readonly start: number
  #position: number
  #previous: number
  #found: readonly FeedEntry[] = []
  #beatAt = 0
  readonly #end = new AbortController()

  constructor(feed: Feed, request: StreamRequest, start: number) {
    this.feed = feed
    this.request = request
    this.start = start
    this.#position = start
    this.#previous = start
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<Delivery, undefined>> {
    while (!this.#end.signal.aborted && !this.feed.closed) {
      const [entry, ...rest] = this.#found
      if (entry) {
        this.#found = rest
        return { done: false, value: this.#event(entry) }
      }
      if (this.#position < this.feed.head) {
        const { entries, to } = await scan(this.feed, this.request, this.#position)
        this.#found = entries
        this.#position = to
      } else if (this.request.heartbeat !== undefined && Date.now() >= this.#beatAt) {
        return { done: false, value: this.#heartbeat(this.request.heartbeat) }
      } else {
        await this.#wait()
      }
    }
    return { done: true, value: undefined }
  }

  return(): Promise<IteratorResult<Delivery, undefined>> {
    this.#end.abort()
    this.#found = []
    return Promise.resolve({ done: true, value: undefined })
  }

  throw(error: unknown): Promise<IteratorResult<Delivery, undefined>> {
    this.#end.abort()
    return Promise.reject(error)
  }

  #event(entry: FeedEntry): Delivery {
    const delivery = deliverEvent(this.feed, entry, this.#previous)
    this.#previous = entry.number
    return delivery
  }

  #heartbeat(every: number): Delivery {
    const delivery = deliverHeartbeat(this.feed, this.#position, this.#previous)
    this.#previous = this.#position
    this.#beatAt = Date.now() + every
    return delivery
  }

  async #wait(): Promise<void> {
    if (this.request.heartbeat === undefined) {
      await this.feed.wait(this.#position, this.#end.signal)
      return
    }
    // Not AbortSignal.timeout: its timer would stay behind after each event.
    const wake = new AbortController()
    const timer = setTimeout(() => wake.abort(), this.#beatAt - Date.now())
    const stop = () => wake.abort()
    this.#end.signal.addEventListener('abort', stop, { once: true })
    await this.feed.wait(this.#position, wake.signal)
    clearTimeout(timer)
    this.#end.signal.removeEventListener('abort', stop)
  }
}
