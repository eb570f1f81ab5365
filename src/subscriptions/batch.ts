import type { FeedEntry } from '../../db/feed/events.ts'
import type { ScanResult } from '../../db/feed/scan.ts'
import type { Frame } from './frame.ts'

/** Gives the result of one event, told which position the subscriber was at before it. */
export type GiveFrame = (entry: FeedEntry, previous: number) => Promise<Frame>

/** One stretch of the log as a topic wants it. It holds entries that are shared, and no results. */
export class Page {
  readonly to: number
  readonly #entries: readonly FeedEntry[]
  readonly #give: GiveFrame

  constructor({ entries, scannedTo }: ScanResult, give: GiveFrame) {
    this.to = scannedTo
    this.#entries = entries
    this.#give = give
  }

  get size(): number {
    return this.#entries.length
  }

  /** The frames after a position for subscribers who last got something at `previous`. */
  after(position: number, previous: number): Promise<Frame[]> {
    let before = previous
    const wanted = this.#entries.filter(({ number }) => number > position)
    return Promise.all(
      wanted.map((entry) => {
        const frame = this.#give(entry, before)
        before = entry.number
        return frame
      }),
    )
  }
}
