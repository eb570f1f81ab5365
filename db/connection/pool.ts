import { performance } from 'node:perf_hooks'
import pg from 'pg'
import type { Target } from './address.ts'
import { findPreferred } from './find-preferred.ts'
import { HostClient, Hosts, type ServerState } from './hosts.ts'
import { isUnanswered, LiveLinks } from './live-links.ts'
import { isReadOnly } from './read-only.ts'
import { type OpenedSession, openSession } from './session.ts'
import { TimeoutError } from './within.ts'

export interface PoolOptions {
  readonly connectionString: string
  readonly max: number
  readonly statementTimeoutMs: number
  /** How long the answer to a statement is waited for; 0 for ever. */
  readonly answerTimeoutMs: number
  readonly types: pg.TypeOverrides
}

export interface Statement {
  readonly name?: string
  readonly text: string
  readonly values: unknown[]
}

/** Quiet time after which the system asks whether the other side is still there. */
const keepAliveMs = 10_000
/** Milliseconds between searches for a better server than one that is only a fallback. */
const searchIntervalMs = 5_000

/** Connections that are set up alike, to the host of the address that answers. */
export class SessionPool {
  readonly pool: pg.Pool
  readonly #links: LiveLinks
  readonly #hosts: Hosts
  readonly #opened = new WeakMap<pg.ClientBase, OpenedSession & { age: number }>()
  readonly #sessions = new WeakMap<pg.ClientBase, Session>()
  /** Moves on when the server turned out to be of another kind: what was opened before is not used again. */
  #age = 0
  #searchAtMs = 0

  constructor(options: PoolOptions) {
    const { connectionString, max, statementTimeoutMs, answerTimeoutMs, types } = options
    const hosts = new Hosts(connectionString)
    this.#hosts = hosts
    this.pool = new pg.Pool({
      max,
      application_name: 'daily-papers',
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveMs,
      query_timeout: answerTimeoutMs,
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

  end(): Promise<void> {
    return this.pool.end()
  }

  async connect(): Promise<Session> {
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
    const onReadOnly = (error: unknown) => this.#leave(client, error)
    const session = new Session(client, this.#links, opened, onReadOnly)
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

/** A connection of the pool. After a failure that it does not survive, it is closed instead of given back. */
export class Session {
  readonly #client: pg.PoolClient
  readonly #links: LiveLinks
  readonly #onReadOnly: (error: unknown) => void
  /** What begins a transaction behind a pooler; undefined where the session is ours. */
  readonly #locals: string | undefined
  #inTransaction = false
  /** It said that the server may only be read. */
  #isReadOnly = false
  #isSilent = false
  /** A transaction behind a pooler did not begin. */
  #isHalfBegun = false

  constructor(
    client: pg.PoolClient,
    links: LiveLinks,
    opened: OpenedSession,
    onReadOnly: (error: unknown) => void,
  ) {
    this.#client = client
    this.#links = links
    this.#onReadOnly = onReadOnly
    if (opened.pooled)
      this.#locals = opened.settings.map(([name, value]) => `; set local ${name} to ${value}`).join('')
  }

  async query(statement: Statement): Promise<pg.QueryResult> {
    // A rollback, which would wait as long again.
    if (this.#isSilent) throw new TimeoutError('Postgres does not answer on this connection.')
    try {
      return await (this.#locals === undefined ? this.#client.query(statement) : this.#pooled(statement))
    } catch (error) {
      if (isReadOnly(error)) {
        this.#isReadOnly = true
        this.#onReadOnly(error)
      }
      if (!isUnanswered(error)) throw error
      this.#isSilent = true
      this.#links.noteSilence()
      throw new TimeoutError('Postgres did not answer in time.', { cause: error })
    }
  }

  release(destroy = false): void {
    const useless = this.#isReadOnly || this.#isSilent || this.#isHalfBegun
    this.#links.giveBack(this.#client, { destroy: destroy || useless })
  }

  /** Every statement runs in a transaction, because only that is sure to stay within one session of Postgres. */
  async #pooled(statement: Statement): Promise<pg.QueryResult> {
    const { text } = statement
    if (/^\s*(begin|start transaction)\b/i.test(text)) {
      await this.#begin(text)
      this.#inTransaction = true
      return nothing
    }
    if (/^\s*(commit|rollback)\s*;?\s*$/i.test(text)) {
      this.#inTransaction = false
      return this.#client.query(statement)
    }
    if (this.#inTransaction || /^\s*vacuum\b/i.test(text)) return this.#client.query(statement)
    await this.#begin('begin')
    try {
      const result = await this.#client.query(statement)
      await this.#client.query('commit')
      return result
    } catch (error) {
      if (!isUnanswered(error)) await this.#client.query('rollback').catch(() => {})
      throw error
    }
  }

  async #begin(text: string): Promise<void> {
    const named = /isolation level/i.test(text) ? text : `${text} isolation level read committed`
    try {
      await this.#client.query(`${named}${this.#locals}`)
    } catch (error) {
      this.#isHalfBegun = true
      throw error
    }
  }
}

const nothing: pg.QueryResult = { command: '', rowCount: null, oid: 0, fields: [], rows: [] }
