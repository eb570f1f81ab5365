import { LRUCache } from 'lru-cache'
import type { Db } from '../database.ts'
import type { FeedEntry } from './events.ts'
import { eventsFrom, type LogReading } from './log.ts'

/** Events that one reading of the log gives at most. */
export const eventsPerLogPage = 512

interface LogPage {
  readonly entries: readonly FeedEntry[]
  readonly size: number
}

/**
 * Pages of the log for readers that are behind. Page k begins at event k * eventsPerLogPage + 1 for every reader, so
 * that readers at different places of a page share its reading. The pages used last are kept, bounded by size.
 */
export class LogPages {
  readonly #db: Db
  readonly #onReading: (reading: LogReading) => void
  readonly #pages: LRUCache<number, LogPage>
  /** Readings of the log so far, for tests. */
  reads = 0

  /** `maxSize`: characters of data that are kept at most, beside pages being read. `onReading` gets each reading. */
  constructor(db: Db, maxSize: number, onReading: (reading: LogReading) => void) {
    this.#db = db
    this.#onReading = onReading
    this.#pages = new LRUCache({
      maxSize,
      sizeCalculation: ({ size }) => Math.max(1, size),
      fetchMethod: (index) => this.#read(index),
      // A page that is dropped while it is read still goes to those who wait for it.
      ignoreFetchAbort: true,
    })
  }

  get held(): { pages: number; size: number } {
    return { pages: this.#pages.size, size: this.#pages.calculatedSize }
  }

  /**
   * The events after a number to the end of its page. Their first is not `number + 1` if that has been pruned. For who
   * reads one page after another, the next one up to `end` is read meanwhile.
   */
  async after(number: number, end: number): Promise<readonly FeedEntry[]> {
    const index = Math.floor(number / eventsPerLogPage)
    const isKept = this.#pages.has(index)
    const reading = this.#pages.forceFetch(index)
    if (this.#pages.has(index - 1) && (index + 1) * eventsPerLogPage < end)
      this.#pages.fetch(index + 1)?.catch(() => {})
    let { entries } = await reading
    // The log ended in the middle of the page when it was read.
    if (isKept && (entries.at(-1)?.number ?? 0) <= number) {
      entries = (await this.#pages.forceFetch(index, { forceRefresh: true })).entries
    }
    const [first] = entries
    return first ? entries.slice(Math.max(0, number + 1 - first.number)) : entries
  }

  clear(): void {
    this.#pages.clear()
  }

  async #read(index: number): Promise<LogPage> {
    this.reads += 1
    const start = index * eventsPerLogPage
    const reading = await eventsFrom(this.#db, start + 1, eventsPerLogPage)
    this.#onReading(reading)
    // After a pruning the next events may belong to a later page.
    const mine = reading.events.filter(({ entry }) => entry.number <= start + eventsPerLogPage)
    return { entries: mine.map(({ entry }) => entry), size: mine.reduce((sum, { size }) => sum + size, 0) }
  }
}
