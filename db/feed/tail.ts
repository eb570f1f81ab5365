import type { Run } from '../connection/single-flight.ts'
import type { Db } from '../database.ts'
import type { FeedEntry } from './events.ts'
import { eventsFrom, type LogReading, type SizedEntry } from './log.ts'
import { isSamePosition, type Position } from './position.ts'

export interface TailBounds {
  /** Events at most. */
  count: number
  /** Characters of their data at most. */
  size: number
}

/**
 * The end of the log in memory, without a gap, for readers close to the head. Bounded by count and
 * by size; the newest event stays whatever its size.
 */
export class Tail {
  #entries: SizedEntry[] = []
  #size = 0
  #head: Position
  readonly #bounds: TailBounds

  constructor(head: Position, bounds: TailBounds) {
    this.#head = head
    this.#bounds = bounds
  }

  /** The newest position known. */
  get head(): Position {
    return this.#head
  }

  /** The number before the first event that is held. */
  get begin(): number {
    return (this.#entries[0]?.entry.number ?? this.#head.number + 1) - 1
  }

  get held(): { count: number; size: number } {
    return { count: this.#entries.length, size: this.#size }
  }

  /** The positions of the events that are held, in order. */
  get positions(): readonly Position[] {
    return this.#entries.map(({ entry }) => entry.position)
  }

  /**
   * Reads on from the head to the end of the log; `onReading` gets each reading before its events can be seen.
   * Returns whether there was anything, or `doubtful` when the event at the head is not where it was: it has been
   * pruned, or the log has another history now. `pruned`: the last number that is known to be pruned.
   */
  async advance(
    db: Db,
    limit: number,
    pruned: number,
    run: Run,
    onReading: (reading: LogReading) => void,
  ): Promise<'moved' | 'unmoved' | 'doubtful'> {
    const before = this.#head
    for (;;) {
      const reading = await eventsFrom(db, this.#head.number, limit + 1)
      // What comes late has been read by another run.
      run.signal.throwIfAborted()
      run.progressed()
      const { events } = reading
      const known = events[0]?.entry.position
      const isThere = known?.number === this.#head.number
      if (isThere ? !isSamePosition(known, this.#head) : this.#head.number > pruned) return 'doubtful'
      onReading(reading)
      for (const item of events) if (item.entry.number > this.#head.number) this.#push(item)
      this.#trim()
      if (events.length <= limit) return this.#head === before ? 'unmoved' : 'moved'
    }
  }

  /** The position of an event that is held, or of the head. */
  positionOf(number: number): Position | undefined {
    if (number === this.#head.number) return this.#head
    return this.#entries[number - (this.#entries[0]?.entry.number ?? 0)]?.entry.position
  }

  /** The events after a number, or undefined when they reach further back than what is held. */
  after(number: number, limit: number): readonly FeedEntry[] | undefined {
    if (number >= this.#head.number) return []
    const first = this.#entries[0]?.entry.number ?? this.#head.number + 1
    if (number < first - 1) return undefined
    const from = number - first + 1
    return this.#entries.slice(from, from + limit).map(({ entry }) => entry)
  }

  /** Begins again at a position: events were pruned up to there, or the log after it is another one. */
  reset(head: Position): void {
    this.#entries = []
    this.#size = 0
    this.#head = head
  }

  #push(item: SizedEntry): void {
    this.#entries.push(item)
    this.#size += item.size
    this.#head = item.entry.position
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
