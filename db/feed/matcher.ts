import type { Db } from '../database.ts'
import { type CanonicalFilter, matchFilters } from '../search/filter.ts'
import type { PaperMatch } from './feed.ts'

interface Question {
  readonly filter: string
  readonly paperIds: readonly number[]
  readonly answer: PromiseWithResolvers<ReadonlySet<number>>
}

/** Papers that one statement judges by all filters at most; questions about more are asked apart. */
const together = 256

/**
 * Asks Postgres once for all filters that have the same question: which of these papers they let through. Readers
 * at the tail wake together and ask about the same events, so a batch of events costs one statement whatever the
 * number of filters.
 */
export class Matcher {
  readonly #db: Db
  #questions: Question[] = []
  /** Statements so far, for tests. */
  statements = 0

  constructor(db: Db) {
    this.#db = db
  }

  /** Undefined for a filter that lets everything through. */
  of(filter: CanonicalFilter): PaperMatch | undefined {
    if (Object.keys(filter).length === 0) return undefined
    const text = JSON.stringify(filter)
    return (paperIds) => {
      const answer = Promise.withResolvers<ReadonlySet<number>>()
      // Not a microtask: the others are woken in this turn of the loop, and read the log first.
      if (this.#questions.length === 0) setImmediate(() => void this.#ask())
      this.#questions.push({ filter: text, paperIds, answer })
      return answer.promise
    }
  }

  async #ask(): Promise<void> {
    const questions = this.#questions
    this.#questions = []
    const all = new Set(questions.flatMap(({ paperIds }) => paperIds))
    const groups =
      all.size <= together
        ? [questions]
        : Map.groupBy(questions, ({ paperIds }) => paperIds.join(' ')).values()
    await Promise.all(Array.from(groups, (group) => this.#answer(group)))
  }

  async #answer(questions: readonly Question[]): Promise<void> {
    const filters = [...new Set(questions.map(({ filter }) => filter))]
    const paperIds = [...new Set(questions.flatMap((question) => question.paperIds))]
    this.statements += 1
    try {
      const matches = await matchFilters(
        this.#db,
        paperIds,
        filters.map((filter) => JSON.parse(filter)),
      )
      const found = Map.groupBy(matches, ({ place }) => filters[place])
      for (const { filter, answer } of questions) {
        answer.resolve(new Set(found.get(filter)?.map(({ paperId }) => paperId)))
      }
    } catch (error) {
      for (const { answer } of questions) answer.reject(error)
    }
  }
}
