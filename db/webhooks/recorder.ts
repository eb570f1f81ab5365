import type { Db } from '../database.ts'
import { recordOutcomes, type WebhookOutcome } from './record.ts'

interface Waiting {
  readonly outcome: WebhookOutcome
  readonly recorded: PromiseWithResolvers<boolean>
}

/** Statements are small, and one that fails makes few deliveries wait. */
const maxTogether = 200

/**
 * Records outcomes together: while one statement is on its way, those that come in wait for the next. Commits are then
 * as many as the database takes, however many endpoints are delivered to.
 */
export class OutcomeRecorder {
  readonly #db: Db
  #waiting: Waiting[] = []
  #isWriting = false

  constructor(db: Db) {
    this.#db = db
  }

  /** Whether the outcome counted: false if its claim was lost. Rejects where the database cannot be reached. */
  record(outcome: WebhookOutcome): Promise<boolean> {
    const recorded = Promise.withResolvers<boolean>()
    this.#waiting.push({ outcome, recorded })
    if (!this.#isWriting) void this.#write()
    return recorded.promise
  }

  async #write(): Promise<void> {
    this.#isWriting = true
    // What happens in this turn of the loop is recorded together.
    await new Promise(setImmediate)
    while (this.#waiting.length > 0) {
      const together = this.#waiting.splice(0, maxTogether)
      try {
        const ids = await recordOutcomes(
          this.#db,
          together.map(({ outcome }) => outcome),
        )
        for (const { outcome, recorded } of together) recorded.resolve(ids.has(outcome.claim.id))
      } catch (error) {
        for (const { recorded } of together) recorded.reject(error)
      }
    }
    this.#isWriting = false
  }
}
