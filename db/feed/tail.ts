import type { Run } from '../connection/single-flight.ts'
import type { Db } from '../database.ts'
import type { FeedEntry } from './events.ts'
import { eventsAfter, type SizedEntry } from './log.ts'

export interface TailBounds {
  /** Events at most. */
  count: number
  /** Characters of their data at most. */
  size: number
}

/**
 * The end of the log in memory, without a gap: whoever is close to the head reads from here. Bounded by count and
 * by size; the newest event stays whatever its size.
 */
export class Tail {
  #entries: SizedEntry[] = []
  #size = 0
  #head: number
  readonly #bounds: TailBounds

  constructor(head: number, bounds: TailBounds) {
    this.#head = head
    this.#bounds = bounds
  }

  /** The newest number known. */
  get head(): number {
    return this.#head
  }

  get held(): { count: number; size: number } {
    return { count: this.#entries.length, size: this.#size }
  }

  /** Reads on from the head, to the end of the log. Returns whether there was anything. */
  async advance(db: Db, pageSize: number, run: Run): Promise<boolean> {
    const before = this.#head
    for (;;) {
      const page = await eventsAfter(db, this.#head, pageSize)
      // What comes late has been read by another run.
      run.signal.throwIfAborted()
      run.progressed()
      for (const item of page) this.#push(item)
      this.#trim()
      if (page.length < pageSize) return this.#head > before
    }
  }

  /** The events after a number, or undefined when they reach further back than what is held. */
  after(number: number, limit: number): readonly FeedEntry[] | undefined {
    if (number >= this.#head) return []
    const first = this.#entries[0]?.entry.number ?? this.#head + 1
    if (number < first - 1) return undefined
    const from = number - first + 1
    return this.#entries.slice(from, from + limit).map(({ entry }) => entry)
  }

  /** Starts anew: the log behind is another one. */
  reset(head: number): void {
    this.#entries = []
    this.#size = 0
    this.#head = head
  }

  #push(item: SizedEntry): void {
    // Numbers have no gaps, so a gap is history pruned while we were away: what is held ends before it.
    if (item.entry.number !== this.#head + 1) this.reset(item.entry.number - 1)
    this.#entries.push(item)
    this.#size += item.size
    this.#head = item.entry.number
  }

  #trim(): void {
    let drop = 0
    while (
      drop < this.#entries.length - 1 &&
      (this.#entries.length - drop > this.#bounds.count || this.#size > this.#bounds.size)
    ) {
      this.#size -= this.#entries[drop]?.size ?? 0
      drop += 1
    }
    if (drop > 0) this.#entries.splice(0, drop)
  }
}
