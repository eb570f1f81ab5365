import type { ServerResponse } from 'node:http'
import type { GraphQLError } from 'graphql'
import { formattedError } from '../../client-errors.ts'
import type { Clock } from '../../clock.ts'
import type { EndReason, Frame, Sink, Subscription } from '../frame.ts'

export interface EventStreamOptions {
  /** Bytes that may wait for the client in this process. */
  readonly sendBuffer: number
  readonly clock: Clock
  /** The id of a frame, and its other lines. */
  readonly format: (frame: Frame) => [id: string, lines: string]
}

/** One response of Server-Sent Events. */
export class EventStream implements Sink {
  readonly #response: ServerResponse
  readonly #subscription: Subscription
  readonly #options: EventStreamOptions
  #isFull = false
  #started = false

  constructor(response: ServerResponse, subscription: Subscription, options: EventStreamOptions) {
    this.#response = response
    this.#subscription = subscription
    this.#options = options
    response.on('close', () => subscription.leave())
    response.on('drain', () => this.#resume())
    response.on('error', () => subscription.leave())
  }

  start(): void {
    // It may have closed while the cursor was checked, before anyone listened for that.
    if (this.#response.destroyed) {
      this.#subscription.leave()
      return
    }
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // nginx would hold events back until a buffer is full.
      'x-accel-buffering': 'no',
    })
    // The id alone is no event, but the client remembers it: cut before its first event, it misses nothing.
    this.#response.write(
      `retry: ${retryAfterMs(this.#options.clock)}\nid: ${this.#subscription.cursor()}\n\n`,
    )
    this.#started = true
    this.#resume()
  }

  write(frames: readonly Frame[]): number {
    if (this.#response.writableEnded || this.#response.destroyed) return frames.length
    if (!this.#started) {
      this.#isFull = true
      return 0
    }
    const { sendBuffer, format } = this.#options
    let taken = 0
    for (const frame of frames) {
      if (this.#response.writableLength > sendBuffer) break
      const [id, lines] = format(frame)
      this.#response.write(`id: ${id}\n${lines}\n\n`)
      taken += 1
    }
    this.#isFull = taken < frames.length
    return taken
  }

  end(reason: EndReason): void {
    // A client that takes nothing would not read a last message either.
    if (reason.kind === 'stalled') this.#response.destroy()
    else if (reason.kind === 'restart') this.#response.end(`retry: ${reason.retryAfterMs}\n: restarting\n\n`)
    else {
      this.#response.end(`event: fault\ndata: ${JSON.stringify(feedError(reason.error))}\n\n`)
    }
  }

  #resume(): void {
    if (!this.#isFull) return
    this.#isFull = false
    this.#subscription.resume()
  }
}

/** An error as `/feed` sends it. */
export function feedError(error: GraphQLError): Record<string, unknown> {
  const { message, extensions: { code, ...others } = {} } = formattedError(error)
  return { code, message, ...others }
}

/** Spread, so that clients cut at one moment do not all come back at one moment. */
function retryAfterMs(clock: Clock): number {
  return 1000 + Math.round(clock.random() * 2000)
}
