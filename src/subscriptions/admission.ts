import { ApiError } from '../../schema/core/errors.ts'
import { ClientCounts } from '../client-counts.ts'

export interface SubscriptionLimits {
  /** Subscriptions of all clients of this server. */
  readonly perServer: number
  /** Subscriptions of one client: a token or, without one, an address. */
  readonly perAddress: number
  /** Subscriptions on one WebSocket. */
  readonly perSocket: number
}

/** Whose a subscription is. */
export interface Subscriber {
  /** As limits count clients; see `payerOf`. */
  readonly client: string
  /** The WebSocket that it shares with others. */
  readonly socket?: object
}

/** Counts subscriptions and refuses those beyond a limit. */
export class Admission {
  readonly #limits: SubscriptionLimits
  readonly #clients = new ClientCounts()
  readonly #sockets = new WeakMap<object, number>()
  #total = 0

  constructor(limits: SubscriptionLimits) {
    this.#limits = limits
  }

  get held(): { subscriptions: number; clients: number } {
    return { subscriptions: this.#total, clients: this.#clients.size }
  }

  /** Counts one more and returns the function that takes it back. Throws ApiError, TOO_MANY_SUBSCRIPTIONS. */
  enter({ client, socket }: Subscriber): () => void {
    const { perServer, perAddress, perSocket } = this.#limits
    const onSocket = (socket && this.#sockets.get(socket)) ?? 0
    if (onSocket >= perSocket)
      throw tooMany(`This connection has ${perSocket} subscriptions (the limit). Close some first.`)
    if (this.#total >= perServer) {
      throw tooMany(
        `This server has ${perServer} subscriptions (the limit). Try another server, or try again later.`,
      )
    }
    if (this.#clients.of(client) >= perAddress) {
      throw tooMany(
        `Your address or token has ${perAddress} subscriptions (the limit). Close some, or combine filters into one subscription.`,
      )
    }
    this.#total += 1
    this.#clients.increment(client)
    this.#addToSocket(socket, 1)
    let left = false
    return () => {
      if (left) return
      left = true
      this.#total -= 1
      this.#clients.decrement(client)
      this.#addToSocket(socket, -1)
    }
  }

  #addToSocket(socket: object | undefined, change: number): void {
    if (socket) this.#sockets.set(socket, (this.#sockets.get(socket) ?? 0) + change)
  }
}

function tooMany(message: string): ApiError {
  return new ApiError('TOO_MANY_SUBSCRIPTIONS', message)
}
