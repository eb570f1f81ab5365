import { type ApiError, requestError } from './errors.ts'

/**
 * What one execution of an operation may take. Whoever executes makes one, puts it into the context, and answers with
 * the reason once it is stopped. Resolvers, and code that completes values without them, count by `spend` and begin
 * nothing new after a stop.
 */
export class ExecutionBudget {
  readonly #maxBytes: number
  readonly #onStop: (reason: ApiError) => void
  #bytes = 0
  #values = 0
  #stoppedBy: ApiError | undefined

  /** `onStop` is called once, with what to answer instead of the result. */
  constructor(maxBytes: number, onStop: (reason: ApiError) => void = () => {}) {
    this.#maxBytes = maxBytes
    this.#onStop = onStop
  }

  /** Bytes of JSON that the values so far take at least. */
  get bytes(): number {
    return this.#bytes
  }

  /** Values so far. */
  get values(): number {
    return this.#values
  }

  /** Why the execution must not go on. */
  get stoppedBy(): ApiError | undefined {
    return this.#stoppedBy
  }

  /** Counts values of the answer with their bytes; beyond the limit, the execution stops with ANSWER_TOO_LARGE. */
  spend(bytes: number, values = 1): void {
    this.#bytes += bytes
    this.#values += values
    if (this.#bytes > this.#maxBytes) this.stop(answerTooLarge(this.#maxBytes))
  }

  /** Ends the execution. Only the first reason counts. */
  stop(reason: ApiError): void {
    if (this.#stoppedBy) return
    this.#stoppedBy = reason
    this.#onStop(reason)
  }
}

/** The refusal of an answer that grows too large. */
export function answerTooLarge(maxBytes: number): ApiError {
  return requestError(
    'ANSWER_TOO_LARGE',
    `The answer would be larger than ${maxBytes} bytes. Request smaller pages (\`first\`), fewer nested lists or fewer long texts.`,
  )
}
