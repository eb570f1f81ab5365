import type { Db } from '../database.ts'
import type { FeedEntry } from './events.ts'
import { eventsAfter } from './log.ts'

/** Events that one reading of the log gives at most. */
export const pageSize = 256

interface Page {
  entries: FeedEntry[]
  size: number
}

/**
 * Pages of the log for readers that are behind. Page k holds the numbers from k * pageSize + 1, whoever asks, so
 * that readers at different places of one page share its reading; the last few are kept, bounded by size.
 */
export class Pages {
  readonly #db: Db
  readonly #bound: number
  readonly #pages = new Map<number, { promise: Promise<Page>; size: number }>()
  #size = 0
  #reads = 0

  /** `bound`: characters of data that are kept at most, beside pages being read. */
  constructor(db: Db, bound: number) {
    this.#db = db
    this.#bound = bound
  }

  get held(): { pages: number; size: number; reads: number } {
    return { pages: this.#pages.size, size: this.#size, reads: this.#reads }
  }

  /** The events after a number to the end of its page. Their first is not `number + 1` if that has been pruned. */
  async after(number: number): Promise<readonly FeedEntry[]> {
    const index = Math.floor(number / pageSize)
    const cached = this.#pages.get(index)
    let { entries } = await (cached?.promise ?? this.#read(index))
    // Kept from when the log ended in the middle of it.
    if (cached && (entries.at(-1)?.number ?? 0) <= number) {
      this.#forget(index, cached)
      entries = (await (this.#pages.get(index)?.promise ?? this.#read(index))).entries
    }
    return entries.filter((entry) => entry.number > number)
  }

  clear(): void {
    this.#pages.clear()
    this.#size = 0
  }

  #read(index: number): Promise<Page> {
    this.#reads += 1
    const start = index * pageSize
    const promise = eventsAfter(this.#db, start, pageSize).then((items) => {
      // After a pruning the next rows may belong to a later page.
      const mine = items.filter(({ entry }) => entry.number <= start + pageSize)
      return { entries: mine.map(({ entry }) => entry), size: mine.reduce((sum, { size }) => sum + size, 0) }
    })
    const page = { promise, size: 0 }
    this.#pages.set(index, page)
    promise.then(
      ({ size }) => {
        if (this.#pages.get(index) !== page) return
        page.size = size
        this.#size += size
        this.#trim()
      },
      () => this.#forget(index, page),
    )
    return promise
  }

  #forget(index: number, page: { size: number }): void {
    if (this.#pages.get(index) !== page) return
    this.#pages.delete(index)
    this.#size -= page.size
  }

  #trim(): void {
    for (const [index, page] of this.#pages) {
      if (this.#size <= this.#bound) return
      if (page.size > 0) this.#forget(index, page)
    }
  }
}
