import type { ExecutionResult } from 'graphql'
import { ApiError } from '../../../schema/core/errors.ts'
import type { End, Frame, Sink, Subscription } from '../frame.ts'

/** A result that is JSON already; Yoga sends what `stringify` gives. */
export interface ReadyResult extends ExecutionResult {
  readonly stringify?: () => string
}

type Next = IteratorResult<ReadyResult, undefined>

/** Frames that wait to be pulled; shared texts, so that this costs references alone. */
const capacity = 16

/**
 * Results for whoever pulls them, as Yoga does for SSE as fast as the response takes them. An explicit iterator:
 * `return()` frees everything at once, whatever is pending.
 */
export class PulledResults implements AsyncIterableIterator<ReadyResult, undefined>, Sink {
  readonly #subscription: Subscription
  /** The client took nothing for too long, and nobody pulls who could be told. */
  readonly #onStalled: () => void
  readonly #queue: ReadyResult[] = []
  #waiting: ((next: Next) => void) | undefined
  #refused = false
  #over = false

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
      this.#give({ stringify: () => text })
      taken += 1
    }
    this.#refused = taken < frames.length
    return taken
  }

  end(end: End): void {
    if (end.kind === 'stalled') this.#onStalled()
    else this.#give({ errors: [end.kind === 'failed' ? end.error : restarting(end)] })
    this.#over = true
  }

  next(): Promise<Next> {
    const value = this.#queue.shift()
    if (this.#refused && this.#queue.length <= capacity / 2) {
      this.#refused = false
      this.#subscription.resume()
    }
    if (value) return Promise.resolve({ done: false, value })
    if (this.#over) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
  }

  return(): Promise<Next> {
    this.#over = true
    this.#queue.length = 0
    this.#subscription.leave()
    this.#waiting?.({ done: true, value: undefined })
    this.#waiting = undefined
    return Promise.resolve({ done: true, value: undefined })
  }

  #give(value: ReadyResult): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting) waiting({ done: false, value })
    else this.#queue.push(value)
  }
}

/**
 * Stands in for results that are pushed to a socket past graphql-ws, which only learns of the end: done when the
 * client left, an error when the subscription cannot go on.
 */
export class PushedResults implements AsyncIterableIterator<ReadyResult, undefined> {
  readonly #leave: () => void
  readonly #over = Promise.withResolvers<Next>()

  constructor(leave: () => void) {
    this.#leave = leave
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<Next> {
    return this.#over.promise
  }

  return(): Promise<Next> {
    this.#leave()
    this.#over.resolve({ done: true, value: undefined })
    return this.#over.promise
  }

  fail(error: Error): void {
    this.#over.reject(error)
  }
}

/** What a subscriber over HTTP is told at last when the server stops. */
function restarting({ cursor, retryAfterMs }: Extract<End, { kind: 'restart' }>): ApiError {
  return new ApiError(
    'SHUTTING_DOWN',
    `This server is about to stop. Subscribe again after ${retryAfterMs} ms with the cursor ${cursor}.`,
    { cursor, retryAfterMs },
  )
}
