import type { ServerResponse } from 'node:http'
import type { GraphQLError } from 'graphql'
import { formattedError } from '../../client-errors.ts'
import type { End, Frame, Sink, Subscription } from '../frame.ts'

/** One response of Server-Sent Events. */
export class EventStream implements Sink {
  readonly #response: ServerResponse
  readonly #subscription: Subscription
  readonly #bound: number
  readonly #format: (frame: Frame) => [id: string, lines: string]
  #refused = false
  #started = false

  /** `bound`: bytes that may wait for the client in this process. `format`: a frame's id and its other lines. */
  constructor(
    response: ServerResponse,
    subscription: Subscription,
    bound: number,
    format: (frame: Frame) => [id: string, lines: string],
  ) {
    this.#response = response
    this.#subscription = subscription
    this.#bound = bound
    this.#format = format
    response.on('close', () => subscription.leave())
    response.on('drain', () => this.#resume())
    response.on('error', () => subscription.leave())
  }

  start(): void {
    // Gone while the cursor was checked: then nobody heard the close.
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
    this.#response.write(`retry: ${retryAfter()}\nid: ${this.#subscription.cursor()}\n\n`)
    this.#started = true
    this.#resume()
  }

  write(frames: readonly Frame[]): number {
    if (this.#response.writableEnded || this.#response.destroyed) return frames.length
    if (!this.#started) {
      this.#refused = true
      return 0
    }
    let taken = 0
    for (const frame of frames) {
      if (this.#response.writableLength > this.#bound) break
      const [id, lines] = this.#format(frame)
      this.#response.write(`id: ${id}\n${lines}\n\n`)
      taken += 1
    }
    this.#refused = taken < frames.length
    return taken
  }

  end(end: End): void {
    // Whoever takes nothing would not read a last word either.
    if (end.kind === 'stalled') this.#response.destroy()
    else if (end.kind === 'restart') this.#response.end(`retry: ${end.retryAfterMs}\n: restarting\n\n`)
    else {
      this.#response.end(`event: fault\ndata: ${JSON.stringify(feedError(end.error))}\n\n`)
    }
  }

  #resume(): void {
    if (!this.#refused) return
    this.#refused = false
    this.#subscription.resume()
  }
}

/** An error as `/feed` sends it. */
export function feedError(error: GraphQLError): Record<string, unknown> {
  const { message, extensions: { code, ...others } = {} } = formattedError(error)
  return { code, message, ...others }
}

/** Spread, so that clients cut at one moment do not all come back at one moment. */
function retryAfter(): number {
  return 1000 + Math.round(Math.random() * 2000)
}
