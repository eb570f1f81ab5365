import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * The statements of one operation of a client. What runs within `scope.run` asks the database in its name, however
 * deep: its share of the connections is the client's, and its statements end with the scope. Work that several
 * operations share must not run in the scope of one of them.
 */
export class StatementScope {
  static readonly #storage = new AsyncLocalStorage<StatementScope | undefined>()

  /** Whose statements they are, as shares are counted. */
  readonly client: string
  /** Milliseconds that statements have taken so far, added up. */
  spentMs = 0
  /** Whether a connection was had: from then on, the operation waits for others instead of being refused. */
  hasBegun: boolean
  /** The request that it belongs to, for log lines; undefined where the caller has another way to say it. */
  readonly request: object | undefined
  #isFree: boolean
  #onEnd: Set<(reason: Error) => void> | undefined
  #endedBy: Error | undefined

  /**
   * `isPatient`: it waits for its first connection as for others, instead of being refused. `request`: it is made for
   * one request before it is known which operation runs in it; see `claimed`.
   */
  constructor(
    client: string,
    { isPatient = false, request }: { isPatient?: boolean; request?: object } = {},
  ) {
    this.client = client
    this.hasBegun = isPatient
    this.request = request
    this.#isFree = request !== undefined
  }

  /** The scope in which the caller runs. */
  static get current(): StatementScope | undefined {
    return StatementScope.#storage.getStore()
  }

  /** The scope for one operation: that which the caller's request has for it already, or a new one. */
  static claimed(client: string): StatementScope {
    const { current } = StatementScope
    if (current?.client !== client || !current.#isFree) return new StatementScope(client)
    current.#isFree = false
    return current
  }

  /** Runs work that several operations share, in the name of none of them. */
  static outside<Result>(work: () => Result): Result {
    return StatementScope.#storage.run(undefined, work)
  }

  /** Why nothing may run in it any more. */
  get endedBy(): Error | undefined {
    return this.#endedBy
  }

  run<Result>(work: () => Result): Result {
    // Each entering makes an object of Node's, and leaving another one.
    return StatementScope.current === this ? work() : StatementScope.#storage.run(this, work)
  }

  /** Ends what runs, and refuses what would begin. Only the first reason counts. */
  end(reason: Error): void {
    if (this.#endedBy) return
    this.#endedBy = reason
    const listeners = [...(this.#onEnd ?? [])]
    this.#onEnd = undefined
    for (const listener of listeners) listener(reason)
  }

  /** Calls `listener` at the end; returns what takes it back. */
  onEnd(listener: (reason: Error) => void): () => void {
    this.#onEnd ??= new Set()
    this.#onEnd.add(listener)
    return () => this.#onEnd?.delete(listener)
  }
}
