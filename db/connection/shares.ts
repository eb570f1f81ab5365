import type { StatementScope } from './statement-scope.ts'

/** How the connections of a pool are shared. */
export interface ShareLimits {
  /** Connections of the pool. */
  readonly total: number
  /** Connections that the operations of one client have at the same time; one is always left to the others. */
  readonly perClient: number
  /** Milliseconds that an operation waits for its first connection. */
  readonly maxWaitMs: number
  /** Operations that wait at the same time, of all clients; of one client, a tenth of that. */
  readonly maxWaiting: number
}

/** An operation was refused because too many others ask the database. Nothing of it was executed. */
export class DatabaseOverloadedError extends Error {
  override name = 'DatabaseOverloadedError'
  /** That of Postgres for what it has too little of. */
  readonly code = '53000'
  readonly retryAfterMs: number

  constructor({ maxWaitMs }: ShareLimits) {
    super('The database is busy with other operations.')
    // Spread, so that those who were refused together do not come back together.
    this.retryAfterMs = Math.round(maxWaitMs * (1 + Math.random()))
  }
}

/** What waits without a scope: work of the server itself. It is patient. */
const systemWaitMs = 10_000

interface Waiter {
  readonly scope: StatementScope | undefined
  go(): void
  fail(reason: Error): void
}

interface Client {
  inUse: number
  readonly waiting: Waiter[]
}

/**
 * Who gets a connection next: clients in turn, and of each client those who came first. A client that asks for more
 * than its share waits, while others go on. Operations are given by the `StatementScope` in which they run.
 */
export class ConnectionShares {
  readonly #limits: ShareLimits
  /** In the order of their turns. */
  readonly #clients = new Map<string, Client>()
  #inUse = 0

  constructor(limits: ShareLimits) {
    this.#limits = limits
  }

  /** How many wait for a connection. */
  get waiting(): number {
    let waiting = 0
    for (const client of this.#clients.values()) waiting += client.waiting.length
    return waiting
  }

  /** Resolves with what gives the connection back. Throws DatabaseOverloadedError, or the reason of the scope's end. */
  enter(scope: StatementScope | undefined): (() => void) | Promise<() => void> {
    if (scope?.endedBy) throw scope.endedBy
    const name = scope?.client ?? ''
    const client = this.#clientOf(name)
    if (client.waiting.length === 0 && this.#mayGo(name, client)) return this.#go(name, client, scope)
    return this.#wait(name, client, scope)
  }

  #wait(name: string, client: Client, scope: StatementScope | undefined): Promise<() => void> {
    const { maxWaitMs } = this.#limits
    if (scope && !scope.hasBegun && this.#isCrowded(client, scope)) {
      const error = new DatabaseOverloadedError(this.#limits)
      scope.end(error)
      throw error
    }
    return new Promise((resolve, reject) => {
      const forget = () => {
        clearTimeout(timer)
        stopWatching?.()
        const at = client.waiting.indexOf(waiter)
        if (at !== -1) client.waiting.splice(at, 1)
        this.#drop(name, client)
      }
      const waiter: Waiter = {
        scope,
        go: () => {
          forget()
          resolve(this.#go(name, client, scope))
        },
        fail: (reason) => {
          forget()
          reject(reason)
        },
      }
      const giveUp = () => {
        if (scope?.hasBegun) return
        const error = new DatabaseOverloadedError(this.#limits)
        if (scope) scope.end(error)
        else waiter.fail(error)
      }
      const timer = setTimeout(giveUp, scope ? maxWaitMs : systemWaitMs)
      const stopWatching = scope?.onEnd((reason) => waiter.fail(reason))
      client.waiting.push(waiter)
    })
  }

  /** Whether too many operations wait already for one more to begin to wait. */
  #isCrowded(client: Client, scope: StatementScope): boolean {
    const { maxWaiting } = this.#limits
    const ownAtMost = Math.ceil(maxWaiting / 10)
    let waiters = 0
    for (const { waiting } of this.#clients.values()) waiters += waiting.length
    // One operation may wait several times; how many do is counted where it can matter.
    if (waiters < ownAtMost) return false
    const operations = (waiting: readonly Waiter[]) => new Set(waiting.map((each) => each.scope))
    const own = operations(client.waiting)
    if (own.has(scope)) return false
    if (own.size >= ownAtMost) return true
    let all = 0
    for (const { waiting } of this.#clients.values()) all += operations(waiting).size
    return all >= maxWaiting
  }

  #mayGo(name: string, { inUse }: Client): boolean {
    const { total, perClient } = this.#limits
    if (this.#inUse >= total) return false
    return name === '' || inUse < Math.max(1, Math.min(perClient, total - 1))
  }

  /** Puts the client behind the others. */
  #go(name: string, client: Client, scope: StatementScope | undefined): () => void {
    this.#clients.delete(name)
    this.#clients.set(name, client)
    client.inUse += 1
    this.#inUse += 1
    if (scope) scope.hasBegun = true
    return () => {
      client.inUse -= 1
      this.#inUse -= 1
      this.#drop(name, client)
      this.#next()
    }
  }

  /** Serves the first who may go. */
  #next(): void {
    for (const [name, client] of this.#clients) {
      const [first] = client.waiting
      if (!first || !this.#mayGo(name, client)) continue
      first.go()
      return
    }
  }

  #clientOf(name: string): Client {
    let client = this.#clients.get(name)
    if (!client) {
      client = { inUse: 0, waiting: [] }
      this.#clients.set(name, client)
    }
    return client
  }

  #drop(name: string, { inUse, waiting }: Client): void {
    if (inUse === 0 && waiting.length === 0) this.#clients.delete(name)
  }
}
