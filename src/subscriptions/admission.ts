import { ApiError } from '../../schema/core/errors.ts'
import { AddressCounts } from './address-counts.ts'

export interface SubscriptionLimits {
  /** Subscriptions of all clients of this instance. */
  readonly perInstance: number
  /** Subscriptions from one network address. */
  readonly perAddress: number
  /** Operations at once on one WebSocket. */
  readonly perSocket: number
}

/** Counts subscriptions and refuses those beyond a limit. */
export class Admission {
  readonly #limits: SubscriptionLimits
  readonly #addresses = new AddressCounts()
  #total = 0

  constructor(limits: SubscriptionLimits) {
    this.#limits = limits
  }

  get held(): { subscriptions: number; addresses: number } {
    return { subscriptions: this.#total, addresses: this.#addresses.size }
  }

  /** Counts one more and returns the way to uncount it. Throws ApiError, TOO_MANY_SUBSCRIPTIONS. */
  enter(address: string): () => void {
    const { perInstance, perAddress } = this.#limits
    if (this.#total >= perInstance) {
      throw tooMany(
        `This server has ${perInstance} subscriptions, which is all it takes. Try another one, or later.`,
      )
    }
    if (this.#addresses.of(address) >= perAddress) {
      throw tooMany(
        `Your address has ${perAddress} subscriptions here, which is all it may have. End some, or ask for less in more: one subscription can carry many kinds and keywords.`,
      )
    }
    this.#total += 1
    this.#addresses.increment(address)
    let left = false
    return () => {
      if (left) return
      left = true
      this.#total -= 1
      this.#addresses.decrement(address)
    }
  }

  /** Throws ApiError, TOO_MANY_SUBSCRIPTIONS, where a socket that has so many operations may not have one more. */
  checkSocket(operations: number): void {
    const { perSocket } = this.#limits
    if (operations >= perSocket) {
      throw tooMany(
        `This connection has ${perSocket} operations, which is all it may have at once. End some first.`,
      )
    }
  }
}

function tooMany(message: string): ApiError {
  return new ApiError('TOO_MANY_SUBSCRIPTIONS', message)
}
