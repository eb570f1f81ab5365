import type { ServerResponse } from 'node:http'
import type { GraphQLError } from 'graphql'
import { plainError } from '../../client-errors.ts'
import { type Clock, every } from '../../clock.ts'
import { eventStreamHeaders } from '../../http/event-source.ts'
import type { EndReason, Frame, Sink, Subscription } from '../frame.ts'
import { fittingFrames, JoinedFrames, whenFlushed } from './joined-frames.ts'

export interface EventStreamOptions {
  /** Bytes that may wait for the client in this process. */
  readonly sendBuffer: number
  readonly clock: Clock
}

/** Proxies cut connections that are silent for longer; the HTML standard recommends a comment each 15 s. */
const commentIntervalMs = 15_000

const events = new JoinedFrames((frames) => Buffer.concat(frames.map(({ bytes }) => bytes)))

/** One response of Server-Sent Events; its frames are whole events. */
export class EventStream implements Sink {
  readonly transport = 'feed'
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
    response.on('error', () => subscription.leave())
  }

  /** `headOnly` for HEAD: the headers say that the feed could be read. `reset`: why it begins elsewhere than asked. */
  start(headOnly: boolean, reset?: GraphQLError): void {
    // It may have closed while the cursor was checked, before anyone listened for that.
    if (this.#response.destroyed) {
      this.#subscription.leave()
      return
    }
    this.#response.writeHead(200, eventStreamHeaders)
    if (headOnly) {
      this.#response.end()
      return
    }
    const stopComments = every(this.#options.clock, commentIntervalMs, () => this.#comment())
    this.#response.on('close', stopComments)
    // The id alone is no event, but the client remembers it: cut before its first event, it misses nothing.
    const id = this.#subscription.cursor()
    this.#response.write(`retry: ${comebackMs(this.#options.clock)}\nid: ${id}\n\n`)
    if (reset) this.#response.write(resetEvent(id, reset))
    this.#started = true
    this.#resume()
  }

  write(frames: readonly Frame[]): number {
    if (this.#response.writableEnded || this.#response.destroyed) return frames.length
    if (!this.#started) {
      this.#isFull = true
      return 0
    }
    const taken = fittingFrames(frames, this.#options.sendBuffer - this.#response.writableLength)
    if (taken > 0) this.#response.write(events.of(frames, taken, ''))
    if (taken < frames.length && !this.#isFull) {
      this.#isFull = true
      whenFlushed(this.#response, () => this.#resume())
    }
    return taken
  }

  end(reason: EndReason): void {
    // A client that takes nothing would not read a last message either.
    if (reason.kind === 'stalled') this.#response.destroy()
    else if (reason.kind === 'restart') this.#response.end(`retry: ${reason.retryAfterMs}\n: restarting\n\n`)
    else {
      const { restartFrom } = reason.error.extensions
      const fault = `event: fault\ndata: ${JSON.stringify(plainError(reason.error))}\n\n`
      this.#response.end(restartFrom === undefined ? fault : resetEvent(String(restartFrom), reason.error))
    }
  }

  /** Tells proxies and clients that the connection lives, whatever the database does. */
  #comment(): void {
    if (this.#response.writableLength === 0 && !this.#response.writableEnded) this.#response.write(':\n\n')
  }

  #resume(): void {
    if (!this.#isFull) return
    this.#isFull = false
    this.#subscription.resume()
  }
}

/** Moves the client to where it can go on, and says what was lost. */
function resetEvent(id: string, error: GraphQLError): string {
  return `id: ${id}\nevent: reset\ndata: ${JSON.stringify(plainError(error))}\n\n`
}

/** Spread, so that clients cut at one moment do not all come back at one moment. */
export function comebackMs(clock: Clock): number {
  return 1000 + Math.round(clock.random() * 2000)
}
