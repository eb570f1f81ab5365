import type { ExecutionResult } from 'graphql'
import { ApiError } from '../../../schema/core/errors.ts'
import type { EndReason, Frame, Sink, Subscription } from '../frame.ts'

/** A result that is JSON already; Yoga sends what `stringify` gives. */
interface ReadyResult extends ExecutionResult {
  readonly stringify?: () => string
}

type Next = IteratorResult<ReadyResult, undefined>

/** Frames that may wait to be pulled. Their texts are shared, so this costs references alone. */
const capacity = 64

/**
 * Results for a consumer that pulls them: Yoga does for SSE, as fast as the response takes them. An explicit iterator:
 * `return()` frees everything at once, whatever is pending.
 */
export class PulledResults implements AsyncIterableIterator<ReadyResult, undefined>, Sink {
  readonly transport = 'sse'
  readonly #subscription: Subscription
  /** Called when the client took nothing for too long; nobody pulls a last result then. */
  readonly #onStalled: () => void
  readonly #queue: ReadyResult[] = []
  #waiting: ((next: Next) => void) | undefined
  #isFull = false
  #ended = false

  constructor(subscription: Subscription, onStalled: () => void) {
    this.#subscription = subscription
    this.#onStalled = onStalled
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  write(frames: readonly Frame[]): number {
    let taken = 0
    for (const { text } of frames) {
      if (this.#queue.length >= capacity) break
      this.#add({ stringify: () => text })
      taken += 1
    }
    this.#isFull = taken < frames.length
    return taken
  }

  end(reason: EndReason): void {
    if (reason.kind === 'stalled') this.#onStalled()
    else this.#add({ errors: [reason.kind === 'failed' ? reason.error : restarting(reason)] })
    this.#ended = true
  }

  next(): Promise<Next> {
    const value = this.#queue.shift()
    if (this.#isFull && this.#queue.length <= capacity / 2) {
      this.#isFull = false
      this.#subscription.resume()
    }
    if (value) return Promise.resolve({ done: false, value })
    if (this.#ended) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
  }

  return(): Promise<Next> {
    this.#ended = true
    this.#queue.length = 0
    this.#subscription.leave()
    this.#waiting?.({ done: true, value: undefined })
    this.#waiting = undefined
    return Promise.resolve({ done: true, value: undefined })
  }

  #add(value: ReadyResult): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting) waiting({ done: false, value })
    else this.#queue.push(value)
  }
}

/** The last result over HTTP when the server stops. */
function restarting({ cursor, retryAfterMs }: Extract<EndReason, { kind: 'restart' }>): ApiError {
  return new ApiError(
    'SHUTTING_DOWN',
    `This server is about to stop. Subscribe again after ${retryAfterMs} ms with the cursor ${cursor}.`,
    { cursor, retryAfterMs },
  )
}
