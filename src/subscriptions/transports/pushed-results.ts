import type { ExecutionResult } from 'graphql'
import type { Subscription } from '../frame.ts'

type Next = IteratorResult<ExecutionResult, undefined>

/**
 * Stands in for results that are pushed to a socket past graphql-ws, which only learns of the end: done when the
 * client left, an error when the subscription cannot go on.
 */
export class PushedResults implements AsyncIterableIterator<ExecutionResult, undefined> {
  readonly #subscription: Subscription
  readonly #end = Promise.withResolvers<Next>()

  constructor(subscription: Subscription) {
    this.#subscription = subscription
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<Next> {
    return this.#end.promise
  }

  return(): Promise<Next> {
    this.#subscription.leave()
    this.#end.resolve({ done: true, value: undefined })
    return this.#end.promise
  }

  fail(error: Error): void {
    this.#end.reject(error)
  }
}
