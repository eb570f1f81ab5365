import type { ExecutionResult } from 'graphql'
import { ApiError } from '../../../schema/core/errors.ts'
import type { EndReason, Frame, Sink, Subscription } from '../frame.ts'
import { fittingFrames } from './joined-frames.ts'

/** A result that is JSON already; Yoga sends what `stringify` gives. */
interface ReadyResult extends ExecutionResult {
  readonly stringify?: () => string
}

export interface PulledOptions {
  /** Called when the client took nothing for too long; nobody pulls a last result then. */
  readonly onStalled: () => void
  /** Whether the results are sent as events, many of which may be pulled as one. */
  readonly joins: boolean
}

type Next = IteratorResult<ReadyResult, undefined>

/**
 * Bytes that may wait to be pulled; the last frame may reach beyond. Members of a topic share their frames, so that few
 * bytes are one client's alone.
 */
const maxBytes = 256 * 1024

/**
 * Results for a consumer that pulls them: Yoga does for SSE, as fast as the response takes them. An explicit iterator:
 * `return()` frees everything at once, whatever is pending.
 */
export class PulledResults implements AsyncIterableIterator<ReadyResult, undefined>, Sink {
  readonly transport = 'sse'
  readonly #subscription: Subscription
  readonly #options: PulledOptions
  #queue: Frame[] = []
  /** Of the frames in the queue. */
  #bytes = 0
  #last: ReadyResult | undefined
  #waiting: ((next: Next) => void) | undefined
  #isFull = false
  #ended = false

  constructor(subscription: Subscription, options: PulledOptions) {
    this.#subscription = subscription
    this.#options = options
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  write(frames: readonly Frame[]): number {
    const taken = fittingFrames(frames, maxBytes - this.#bytes)
    for (const frame of frames.slice(0, taken)) {
      this.#queue.push(frame)
      this.#bytes += frame.size
    }
    this.#isFull = taken < frames.length
    this.#give()
    return taken
  }

  end(reason: EndReason): void {
    if (reason.kind === 'stalled') this.#options.onStalled()
    else this.#last = { errors: [reason.kind === 'failed' ? reason.error : restarting(reason)] }
    this.#ended = true
    this.#give()
  }

  next(): Promise<Next> {
    const promise = new Promise<Next>((resolve) => {
      this.#waiting = resolve
    })
    this.#give()
    if (this.#isFull && this.#bytes <= maxBytes / 2) {
      this.#isFull = false
      this.#subscription.resume()
    }
    return promise
  }

  return(): Promise<Next> {
    this.#ended = true
    this.#queue = []
    this.#bytes = 0
    this.#last = undefined
    this.#subscription.leave()
    this.#give()
    return Promise.resolve({ done: true, value: undefined })
  }

  /** Gives what there is to the consumer, if it waits. */
  #give(): void {
    const next = this.#waiting && this.#take()
    if (!next) return
    this.#waiting?.(next)
    this.#waiting = undefined
  }

  #take(): Next | undefined {
    if (this.#queue.length > 0) return { done: false, value: { stringify: textOf(this.#takeFrames()) } }
    const last = this.#last
    this.#last = undefined
    if (last) return { done: false, value: last }
    return this.#ended ? { done: true, value: undefined } : undefined
  }

  #takeFrames(): readonly Frame[] {
    const frames = this.#queue.splice(0, this.#options.joins ? this.#queue.length : 1)
    for (const { size } of frames) this.#bytes -= size
    return frames
  }
}

/** Several results as the data of the first and the events after it, as Yoga writes events. */
function textOf(frames: readonly Frame[]): () => string {
  return () => frames.map(({ bytes }) => bytes.toString()).join('\n\nevent: next\ndata: ')
}

/** The last result over HTTP when the server stops. */
function restarting({ cursor, retryAfterMs }: Extract<EndReason, { kind: 'restart' }>): ApiError {
  return new ApiError(
    'SHUTTING_DOWN',
    `This server is about to stop. Subscribe again after ${retryAfterMs} ms with the cursor ${cursor}.`,
    { cursor, retryAfterMs },
  )
}
