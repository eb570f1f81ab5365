import { performance } from 'node:perf_hooks'
import { sql, type Transaction } from 'kysely'
import type { Db } from '../database.ts'
import { codeOf } from '../error.ts'
import type { Tables } from '../tables.ts'
import { onWritable } from './read-only.ts'

/** How long writes of one process may wait, and how many. */
export interface WriteLimits {
  /** Milliseconds that a write waits for other writes and for locks of other processes. */
  readonly maxWaitMs: number
  /** Writes that may wait at once. */
  readonly maxWaiting: number
  /** Milliseconds that one statement of a write may take. The default is that of the session. */
  readonly statementTimeoutMs?: number
}

/** What Postgres says when `lock_timeout` has passed. */
const lockNotAvailable = '55P03'

/** A write was refused because others take too long. Nothing of it is stored. */
export class DatabaseBusyError extends Error {
  override name = 'DatabaseBusyError'
  /** That of Postgres for a lock that could not be had in time. */
  readonly code = lockNotAvailable
  /** When to try again. Spread, so that those who were refused together do not come back together. */
  readonly retryAfterMs: number

  constructor({ maxWaitMs }: WriteLimits, options?: ErrorOptions) {
    super('The database is busy with other writes.', options)
    this.retryAfterMs = Math.round(maxWaitMs * (0.5 + Math.random() / 2))
  }
}

/** After this time without a statement a writer counts as frozen: Postgres ends its session and frees its locks. */
const maxIdleMs = 20_000

const unlimited: WriteLimits = { maxWaitMs: Number.POSITIVE_INFINITY, maxWaiting: Number.POSITIVE_INFINITY }
const queues = new WeakMap<Db, WriteQueue>()

/** Limits the writes through `db`; without a call, they wait for as long as it takes. */
export function limitWrites(db: Db, limits: WriteLimits): void {
  queues.set(db, new WriteQueue(limits))
}

/** Called when all is written. Throws where it must not be committed. */
export type BeforeCommit = (trx: Db) => Promise<void>

/**
 * Runs `work` in a transaction when the writes before it are over. Only then it takes a connection, so that writes
 * which wait, here or for a lock of another process, take no connection from reads. Throws DatabaseBusyError when it
 * would have to wait for too long.
 */
export async function write<Result>(
  db: Db,
  work: (trx: Transaction<Tables>) => Promise<Result>,
  beforeCommit?: BeforeCommit,
): Promise<Result> {
  const queue = queues.get(db) ?? new WriteQueue(unlimited)
  queues.set(db, queue)
  const { statementTimeoutMs } = queue.limits
  const statementTimeout = statementTimeoutMs === undefined ? null : `${statementTimeoutMs}ms`
  const run = async (trx: Transaction<Tables>, leftMs: number | undefined) => {
    if (leftMs !== undefined) {
      await sql`
        select set_config('lock_timeout', ${`${leftMs}ms`}, true),
          set_config('idle_in_transaction_session_timeout', ${`${maxIdleMs}ms`}, true),
          set_config('statement_timeout', coalesce(${statementTimeout}, current_setting('statement_timeout')), true)`.execute(
        trx,
      )
    }
    const result = await work(trx)
    await beforeCommit?.(trx)
    return result
  }
  return queue.run((leftMs) =>
    onWritable(() =>
      // Named, because a role may have a stricter default, under which writes at once fail.
      db
        .transaction()
        .setIsolationLevel('read committed')
        .execute((trx) => run(trx, leftMs)),
    ),
  )
}

export class WriteQueue {
  readonly limits: WriteLimits
  readonly #waiting = new Set<() => void>()
  #isWriting = false

  constructor(limits: WriteLimits) {
    this.limits = limits
  }

  /** One at a time, in the order of the calls. `work` learns how long it may wait for locks; undefined: for ever. */
  async run<Result>(work: (leftMs: number | undefined) => Promise<Result>): Promise<Result> {
    const { maxWaitMs } = this.limits
    const deadline = performance.now() + maxWaitMs
    await this.#turn()
    try {
      const leftMs = Number.isFinite(maxWaitMs)
        ? Math.max(1, Math.ceil(deadline - performance.now()))
        : undefined
      return await work(leftMs)
    } catch (error) {
      if (codeOf(error) === lockNotAvailable) throw new DatabaseBusyError(this.limits, { cause: error })
      throw error
    } finally {
      this.#next()
    }
  }

  async #turn(): Promise<void> {
    if (!this.#isWriting) {
      this.#isWriting = true
      return
    }
    if (this.#waiting.size >= this.limits.maxWaiting) throw new DatabaseBusyError(this.limits)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.add(resolve)
    const { maxWaitMs } = this.limits
    const giveUp = () => {
      this.#waiting.delete(resolve)
      reject(new DatabaseBusyError(this.limits))
    }
    const timer = Number.isFinite(maxWaitMs) ? setTimeout(giveUp, maxWaitMs) : undefined
    await promise.finally(() => clearTimeout(timer))
  }

  #next(): void {
    const [first] = this.#waiting
    if (first === undefined) {
      this.#isWriting = false
      return
    }
    this.#waiting.delete(first)
    first()
  }
}
