import { performance } from 'node:perf_hooks'
import pg from 'pg'
import type { Target } from './address.ts'
import { findPreferred } from './find-preferred.ts'
import { HostClient, Hosts, type ServerState } from './hosts.ts'
import { LiveLinks } from './live-links.ts'
import { Session } from './pooled-session.ts'
import { type OpenedSession, openSession } from './session.ts'
import { ConnectionShares, type ShareLimits } from './shares.ts'
import { StatementScope } from './statement-scope.ts'

export interface PoolOptions {
  readonly connectionString: string
  readonly max: number
  readonly statementTimeoutMs: number
  /** How long the answer to a statement is waited for; 0 for ever. */
  readonly answerTimeoutMs: number
  readonly types: pg.TypeOverrides
  /** How operations of clients share the connections; without it, who comes first is served first. */
  readonly shares?: Omit<ShareLimits, 'total'> | undefined
}

/** Connections, those of them that nobody uses, and how many operations wait for one. */
export interface PoolCounts {
  readonly total: number
  readonly idle: number
  readonly waiting: number
}

/** Quiet time after which the system asks whether the other side is still there. */
const keepAliveMs = 10_000
/** Milliseconds between searches for a better server than one that is only a fallback. */
const searchIntervalMs = 5_000

/** Connections that are set up alike, to the host of the address that answers. */
export class SessionPool {
  readonly pool: pg.Pool
  readonly #links: LiveLinks
  readonly #shares: ConnectionShares | undefined
  readonly #hosts: Hosts
  readonly #answerTimeoutMs: number
  readonly #opened = new WeakMap<pg.ClientBase, OpenedSession & { age: number }>()
  readonly #sessions = new WeakMap<pg.ClientBase, Session>()
  /** Moves on when the server turned out to be of another kind: what was opened before is not used again. */
  #age = 0
  #searchAtMs = 0

  constructor(options: PoolOptions) {
    const { connectionString, max, statementTimeoutMs, answerTimeoutMs, types } = options
    const hosts = new Hosts(connectionString)
    this.#hosts = hosts
    this.#answerTimeoutMs = answerTimeoutMs
    this.#shares = options.shares && new ConnectionShares({ ...options.shares, total: max })
    this.pool = new pg.Pool({
      max,
      application_name: 'daily-papers',
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveMs,
      types,
      Client: class extends HostClient {
        constructor(config?: pg.ClientConfig) {
          super(hosts, config ?? {})
        }
      },
      onConnect: async (client) => {
        const age = this.#age
        const session = await openSession(client, { statementTimeoutMs })
        const target = targetOf(client)
        try {
          hosts.check(target, session)
        } catch (error) {
          hosts.failed(target, error)
          throw error
        }
        this.#opened.set(client, { ...session, age })
      },
    })
    this.#links = new LiveLinks(this.pool, (client, state) => this.#isUnchanged(client, state))
  }

  get options(): object {
    return this.pool.options
  }

  get counts(): PoolCounts {
    const { totalCount: total, idleCount: idle, waitingCount } = this.pool
    return { total, idle, waiting: waitingCount + (this.#shares?.waiting ?? 0) }
  }

  end(): Promise<void> {
    return this.pool.end()
  }

  /** A session for the caller, in the scope in which it runs. */
  async connect(): Promise<Session> {
    const scope = StatementScope.current
    const leave = (await this.#shares?.enter(scope)) ?? (() => {})
    try {
      const session = await this.#connect()
      session.lend(scope, leave)
      return session
    } catch (error) {
      leave()
      throw error
    }
  }

  async #connect(): Promise<Session> {
    for (let failures = 0; ; ) {
      const { current } = this.#hosts
      try {
        const client = await this.#links.take()
        const opened = this.#opened.get(client)
        if (opened?.age === this.#age) {
          if (!this.#hosts.prefers(opened)) this.#search()
          return this.#sessionOf(client, opened)
        }
        this.#links.giveBack(client, { destroy: true })
      } catch (error) {
        failures += 1
        if (this.#hosts.current === current || failures >= this.#hosts.attempts) throw error
      }
    }
  }

  #sessionOf(client: pg.PoolClient, opened: OpenedSession): Session {
    const existing = this.#sessions.get(client)
    if (existing) return existing
    const session = new Session(client, this.#links, opened, {
      onReadOnly: (error) => this.#leave(client, error),
      answerTimeoutMs: this.#answerTimeoutMs,
    })
    this.#sessions.set(client, session)
    return session
  }

  /** Whether a server is still what it was when the connection was made: no demotion or promotion has to end it. */
  #isUnchanged(client: pg.PoolClient, state: ServerState): boolean {
    const opened = this.#opened.get(client)
    if (opened?.age !== this.#age) return false
    if (opened.standby === state.standby && opened.readOnly === state.readOnly) return true
    if (this.#hosts.prefers(state)) this.#age += 1
    else this.#leave(client)
    return false
  }

  #leave(client: pg.PoolClient, error?: unknown): void {
    this.#age += 1
    this.#hosts.failed(targetOf(client), error)
  }

  /** Reads go on meanwhile; when a better server is there, connections to it replace those to this one. */
  #search(): void {
    const now = performance.now()
    if (now < this.#searchAtMs) return
    this.#searchAtMs = Number.POSITIVE_INFINITY
    findPreferred(this.#hosts)
      .then((target) => {
        if (!target) return
        this.#hosts.prefer(target)
        this.#age += 1
      })
      .finally(() => {
        this.#searchAtMs = performance.now() + searchIntervalMs
      })
  }
}

function targetOf(client: pg.ClientBase): Target {
  if (client instanceof HostClient) return client.target
  throw new TypeError('The pool did not make this connection.')
}
