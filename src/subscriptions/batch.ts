import type { FeedEntry } from '../../db/feed/events.ts'
import type { Position } from '../../db/feed/position.ts'
import type { ScanResult } from '../../db/feed/scan.ts'
import type { Frame } from './frame.ts'

/** Gives the frame of one event for subscribers whose position before it was `previous`. */
export type FrameOf = (entry: FeedEntry, previous: Position) => Promise<Frame>

/** The events of one piece of the log that a topic wants. It holds shared entries of the log, and no frames. */
export class Batch {
  /** Everything up to here has been looked at. */
  readonly scannedTo: Position
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

  /** The position of the last event that is wanted. */
  get last(): Position | undefined {
    return this.#entries.at(-1)?.position
  }

  /**
   * The frames after a position, for subscribers who last received the event at `previous`. Where one cannot be
   * made, those before it, and why.
   */
  async framesAfter(
    position: Position,
    previous: Position,
  ): Promise<{ frames: readonly Frame[]; failure?: { readonly reason: unknown } }> {
    let before = previous
    const wanted = this.#entries.filter(({ number }) => number > position.number)
    const made = await Promise.allSettled(
      wanted.map((entry) => {
        const frame = this.#frameOf(entry, before)
        before = entry.position
        return frame
      }),
    )
    const frames: Frame[] = []
    for (const outcome of made) {
      if (outcome.status === 'rejected') return { frames, failure: outcome }
      frames.push(outcome.value)
    }
    return { frames }
  }
}
