import type { FeedEntry } from '../../db/feed/events.ts'
import type { ScanResult } from '../../db/feed/scan.ts'
import type { Frame } from './frame.ts'

/** Gives the frame of one event for subscribers whose position before it was `previous`. */
export type FrameOf = (entry: FeedEntry, previous: number) => Promise<Frame>

/** The events of one piece of the log that a topic wants. It holds shared entries of the log, and no frames. */
export class Batch {
  /** Everything up to here has been looked at. */
  readonly scannedTo: number
  readonly #entries: readonly FeedEntry[]
  readonly #frameOf: FrameOf

  constructor({ entries, scannedTo }: ScanResult, frameOf: FrameOf) {
    this.scannedTo = scannedTo
    this.#entries = entries
    this.#frameOf = frameOf
  }

  get size(): number {
    return this.#entries.length
  }

  /** The frames after a position, for subscribers who last received the event at `previous`. */
  framesAfter(position: number, previous: number): Promise<Frame[]> {
    let before = previous
    const wanted = this.#entries.filter(({ number }) => number > position)
    return Promise.all(
      wanted.map((entry) => {
        const frame = this.#frameOf(entry, before)
        before = entry.number
        return frame
      }),
    )
  }
}
