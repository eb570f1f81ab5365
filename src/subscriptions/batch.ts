import type { FeedEntry } from '../../db/feed/events.ts'
import type { Position } from '../../db/feed/position.ts'
import type { ScanResult } from '../../db/feed/scan.ts'
import { isPromise, type Pending } from '../execution/execution.ts'
import type { Frame } from './frame.ts'

/** Makes the frames of one batch, for as long as they share what they read. */
export interface FrameMaking {
  /** The frame of one event for subscribers whose position before it was `previous`. `isAlone`: nobody else wants it. */
  frameOf(entry: FeedEntry, previous: Position, isAlone: boolean): Pending<Frame>
  end(): void
}

/** The frames of a batch in order. Where one cannot be made, those before it, and why. */
export interface MadeFrames {
  readonly frames: readonly Frame[]
  readonly failure?: { readonly reason: unknown }
}

/** The events of one piece of the log that a topic wants. It holds shared entries of the log, and no frames. */
export class Batch {
  /** Everything up to here has been looked at. */
  readonly scannedTo: Position
  readonly #entries: readonly FeedEntry[]
  readonly #begin: (entries: readonly FeedEntry[]) => FrameMaking

  /** `begin` begins to make frames of some of its events. */
  constructor({ entries, scannedTo }: ScanResult, begin: (entries: readonly FeedEntry[]) => FrameMaking) {
    this.scannedTo = scannedTo
    this.#entries = entries
    this.#begin = begin
  }

  get size(): number {
    return this.#entries.length
  }

  /** The position of the last event that is wanted. */
  get last(): Position | undefined {
    return this.#entries.at(-1)?.position
  }

  /** The frames after a position, for subscribers who last received the event at `previous`. */
  async framesAfter({ number }: Position, previous: Position, isAlone: boolean): Promise<MadeFrames> {
    const entries = this.#entries.filter((entry) => entry.number > number)
    const making = this.#begin(entries)
    try {
      const pending: Pending<Frame>[] = []
      let before = previous
      let failure: MadeFrames['failure']
      for (const entry of entries) {
        try {
          const frame = making.frameOf(entry, before, isAlone)
          pending.push(frame)
          // The papers of all others are read with the first one: they are made at once then.
          if (pending.length === 1 && isPromise(frame)) await frame.catch(() => {})
        } catch (reason) {
          failure = { reason }
          break
        }
        before = entry.position
      }
      const made = pending.every(isMade) ? { frames: pending } : await settled(pending)
      return made.failure || !failure ? made : { ...made, failure }
    } finally {
      making.end()
    }
  }
}

function isMade(frame: Pending<Frame>): frame is Frame {
  return !isPromise(frame)
}

async function settled(pending: readonly Pending<Frame>[]): Promise<MadeFrames> {
  const frames: Frame[] = []
  for (const outcome of await Promise.allSettled(pending)) {
    if (outcome.status === 'rejected') return { frames, failure: outcome }
    frames.push(outcome.value)
  }
  return { frames }
}
