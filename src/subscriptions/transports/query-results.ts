import type { ExecutionResult } from 'graphql'
import { isAsyncIterable } from 'graphql-yoga'

type Results = ExecutionResult | AsyncIterable<ExecutionResult>
type Next = IteratorResult<ExecutionResult, undefined>

/**
 * The results of a query that is being executed, for graphql-ws: it cannot end a promise, but calls `return()` of an
 * iterator when the client completes the operation, or leaves.
 */
export class QueryResults implements AsyncIterableIterator<ExecutionResult, undefined> {
  readonly #made: Promise<Results>
  readonly #onLeave: () => void
  #parts: AsyncIterator<ExecutionResult> | undefined
  #ended = false

  constructor(made: Promise<Results>, onLeave: () => void) {
    this.#made = made
    this.#onLeave = onLeave
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<Next> {
    if (this.#ended) return done
    const made = await this.#made
    if (isAsyncIterable(made)) {
      this.#parts ??= made[Symbol.asyncIterator]()
      const { done: isLast, value } = await this.#parts.next()
      return isLast || this.#ended ? done : { done: false, value }
    }
    if (this.#ended) return done
    this.#ended = true
    return { done: false, value: made }
  }

  return(): Promise<Next> {
    this.#ended = true
    this.#onLeave()
    // What ends the execution of parts; it may take until the one in progress is there.
    this.#parts?.return?.()?.catch(() => {})
    return Promise.resolve(done)
  }
}

const done: Next = { done: true, value: undefined }
