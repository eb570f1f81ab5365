import { performance } from 'node:perf_hooks'
import type pg from 'pg'
import { type AnswerCallback, answerTo } from './answer.ts'
import { cancelStatement } from './cancel.ts'
import type { LiveLinks } from './live-links.ts'
import { preparedRead } from './prepared-read.ts'
import { isReadOnly } from './read-only.ts'
import type { OpenedSession } from './session.ts'
import type { StatementScope } from './statement-scope.ts'
import { TimeoutError, within } from './within.ts'

export interface Statement {
  readonly name?: string
  readonly text: string
  readonly values: unknown[]
}

export interface PooledSessionOptions {
  readonly onReadOnly: (error: unknown) => void
  /** How long the answer to a statement is waited for; 0 for ever. */
  readonly answerTimeoutMs: number
}

/** How long a statement that was cancelled may take to end. */
const cancelTimeoutMs = 3_000

/** A connection of the pool. After a failure that it does not survive, it is closed instead of given back. */
export class Session {
  readonly #client: pg.PoolClient
  readonly #links: LiveLinks
  readonly #onReadOnly: (error: unknown) => void
  readonly #answerTimeoutMs: number
  /** What begins a transaction behind a pooler; undefined where the session is ours. */
  readonly #locals: string | undefined
  #inTransaction = false
  /** It said that the server may only be read. */
  #isReadOnly = false
  #isSilent = false
  /** A transaction behind a pooler did not begin. */
  #isHalfBegun = false
  /** In whose name statements run. */
  #scope: StatementScope | undefined
  #onGivenBack: (() => void) | undefined
  /** A statement was cancelled, and this resolves when nothing of that can hit another one. */
  #cancelling: Promise<void> | undefined

  constructor(client: pg.PoolClient, links: LiveLinks, opened: OpenedSession, options: PooledSessionOptions) {
    this.#client = client
    this.#links = links
    this.#onReadOnly = options.onReadOnly
    this.#answerTimeoutMs = options.answerTimeoutMs
    if (opened.pooled)
      this.#locals = opened.settings.map(([name, value]) => `; set local ${name} to ${value}`).join('')
  }

  /** Begins a use of it; `onGivenBack` is called when another one may begin. */
  lend(scope: StatementScope | undefined, onGivenBack: () => void): void {
    this.#scope = scope
    this.#onGivenBack = onGivenBack
  }

  async query(statement: Statement): Promise<pg.QueryResult> {
    if (this.#cancelling) await this.#cancelling
    const scope = this.#scope
    if (!scope || /^rollback\b/.test(statement.text)) return this.#query(statement)
    if (scope.endedBy) throw scope.endedBy
    const startedAt = performance.now()
    let forget = () => {}
    try {
      return await new Promise((resolve, reject) => {
        const answer = this.#query(statement)
        answer.then(resolve, reject)
        forget = scope.onEnd((reason) => {
          this.#cancelling = this.#cancel(answer)
          reject(reason)
        })
      })
    } finally {
      forget()
      scope.spentMs += performance.now() - startedAt
    }
  }

  /** A connection that does not become free in time is of no use any more. */
  async #cancel(answer: Promise<unknown>): Promise<void> {
    const settled = answer.then(
      () => {},
      () => {},
    )
    try {
      await Promise.all([cancelStatement(this.#client), within(cancelTimeoutMs, settled)])
    } catch {
      this.#isSilent = true
    }
    this.#cancelling = undefined
  }

  async #query(statement: Statement): Promise<pg.QueryResult> {
    // A rollback, which would wait as long again.
    if (this.#isSilent) throw new TimeoutError('Postgres does not answer on this connection.')
    try {
      if (this.#locals !== undefined) return await this.#pooled(statement)
      return await this.#ask(statement)
    } catch (error) {
      if (isReadOnly(error)) {
        this.#isReadOnly = true
        this.#onReadOnly(error)
      }
      if (error instanceof TimeoutError) {
        this.#isSilent = true
        this.#links.noteSilence()
      }
      throw error
    }
  }

  #ask({ name, text, values }: Statement): Promise<pg.QueryResult> {
    const prepared = name === undefined ? undefined : preparedRead(this.#client, { name, text, values })
    const send = (callback: AnswerCallback) => this.#client.query({ name, text, values }, callback)
    return answerTo(this.#answerTimeoutMs, prepared ?? send)
  }

  release(destroy = false): void {
    this.#scope = undefined
    if (this.#cancelling) void this.#cancelling.then(() => this.#giveBack(destroy))
    else this.#giveBack(destroy)
  }

  #giveBack(destroy: boolean): void {
    const useless = this.#isReadOnly || this.#isSilent || this.#isHalfBegun
    this.#links.giveBack(this.#client, { destroy: destroy || useless })
    this.#onGivenBack?.()
    this.#onGivenBack = undefined
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
      return this.#ask(statement)
    }
    if (this.#inTransaction || /^\s*vacuum\b/i.test(text)) return this.#ask(statement)
    await this.#begin('begin')
    try {
      const result = await this.#ask(statement)
      await this.#ask({ text: 'commit', values: [] })
      return result
    } catch (error) {
      if (!(error instanceof TimeoutError)) await this.#ask({ text: 'rollback', values: [] }).catch(() => {})
      throw error
    }
  }

  async #begin(text: string): Promise<void> {
    const named = /isolation level/i.test(text) ? text : `${text} isolation level read committed`
    try {
      await this.#ask({ text: `${named}${this.#locals}`, values: [] })
    } catch (error) {
      this.#isHalfBegun = true
      throw error
    }
  }
}

const nothing: pg.QueryResult = { command: '', rowCount: null, oid: 0, fields: [], rows: [] }
