import type { Db } from '../database.ts'
import { type CanonicalFilter, matchFilters } from '../search/filter.ts'
import type { PaperMatch } from './feed.ts'

interface MatchRequest {
  readonly filter: CanonicalFilter
  /** The filter as JSON: equal ones have the same. */
  readonly filterKey: string
  readonly paperIds: readonly number[]
  readonly matched: PromiseWithResolvers<ReadonlySet<number>>
}

/** Papers that one statement matches at most; beyond, each group of papers has its own statement. */
const maxPapersTogether = 256

/**
 * Asks Postgres once for all filters with the same question: which of these papers they let through. Readers
 * at the tail wake together and ask about the same events, so a batch of events costs one statement whatever the
 * number of filters.
 */
export class Matcher {
  readonly #db: Db
  #pending: MatchRequest[] = []
  /** Statements so far, for tests. */
  statements = 0

  constructor(db: Db) {
    this.#db = db
  }

  /** Undefined for a filter that lets everything through. */
  of(filter: CanonicalFilter): PaperMatch | undefined {
    if (Object.keys(filter).length === 0) return undefined
    const filterKey = JSON.stringify(filter)
    return (paperIds) => {
      const matched = Promise.withResolvers<ReadonlySet<number>>()
      // Not a microtask: the others are woken in this turn of the loop, and read the log first.
      if (this.#pending.length === 0) setImmediate(() => void this.#flush())
      this.#pending.push({ filter, filterKey, paperIds, matched })
      return matched.promise
    }
  }

  async #flush(): Promise<void> {
    const requests = this.#pending
    this.#pending = []
    const all = new Set(requests.flatMap(({ paperIds }) => paperIds))
    const groups =
      all.size <= maxPapersTogether
        ? [requests]
        : Map.groupBy(requests, ({ paperIds }) => paperIds.join(' ')).values()
    await Promise.all(Array.from(groups, (group) => this.#match(group)))
  }

  async #match(requests: readonly MatchRequest[]): Promise<void> {
    const filters = new Map(requests.map(({ filterKey, filter }) => [filterKey, filter]))
    const paperIds = [...new Set(requests.flatMap((request) => request.paperIds))]
    this.statements += 1
    try {
      const matches = await matchFilters(this.#db, paperIds, [...filters.values()])
      const keys = [...filters.keys()]
      const found = Map.groupBy(matches, ({ filterIndex }) => keys[filterIndex])
      for (const { filterKey, matched } of requests) {
        matched.resolve(new Set(found.get(filterKey)?.map(({ paperId }) => paperId)))
      }
    } catch (error) {
      for (const { matched } of requests) matched.reject(error)
    }
  }
}
