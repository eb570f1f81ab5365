import { ApiError } from '../../schema/core/errors.ts'
import { AddressCounts } from '../address-counts.ts'

export interface SubscriptionLimits {
  /** Subscriptions of all clients of this server. */
  readonly perServer: number
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

  /** Counts one more and returns the function that takes it back. Throws ApiError, TOO_MANY_SUBSCRIPTIONS. */
  enter(address: string): () => void {
    const { perServer, perAddress } = this.#limits
    if (this.#total >= perServer) {
      throw tooMany(
        `This server has ${perServer} subscriptions (the limit). Try another server, or try again later.`,
      )
    }
    if (this.#addresses.of(address) >= perAddress) {
      throw tooMany(
        `Your address has ${perAddress} subscriptions (the limit). Close some, or combine filters into one subscription.`,
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

  /** Throws ApiError, TOO_MANY_SUBSCRIPTIONS, if a socket with this many operations may not start another one. */
  checkSocket(operations: number): void {
    const { perSocket } = this.#limits
    if (operations >= perSocket) {
      throw tooMany(`This connection has ${perSocket} operations (the limit). Close some first.`)
    }
  }
}

function tooMany(message: string): ApiError {
  return new ApiError('TOO_MANY_SUBSCRIPTIONS', message)
}
