import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import { columnTypes } from './column-types.ts'
import { SessionPool } from './connection/pool.ts'
import type { ShareLimits } from './connection/shares.ts'
import { preparingPool, type StatementObserver } from './prepared.ts'
import type { Tables } from './tables.ts'

export type Db = Kysely<Tables>

export interface DatabaseOptions {
  /** As libpq reads it, several hosts included; the embedded database gives one for its private socket. */
  connectionString: string
  /** Connections at most. Default 10. */
  max?: number
  /** The longest time that one statement may take; 0 for no limit. Default 30,000. */
  statementTimeoutMs?: number
  /**
   * How long the answer to a statement is waited for before the connection counts as dead and is closed. Default 2,000
   * more than a statement may take; without that limit, for ever.
   */
  answerTimeoutMs?: number
  /** Whether the commonest statements are prepared by name; a pooler in transaction mode may forbid it. Default true. */
  prepare?: boolean
  /** How operations of clients share the connections; see `ConnectionShares`. */
  shares?: Omit<ShareLimits, 'total'>
  /** Called when an idle connection breaks; the pool replaces it by itself. */
  onError?: (error: Error) => void
  /** Called after each statement, whether it worked or not. */
  onStatement?: StatementObserver | undefined
}

export interface DatabaseHandle extends AsyncDisposable {
  db: Db
  pool: pg.Pool
  /** What `db` takes its connections from: the pool's, set up as its statements need them. */
  sessions: SessionPool
  close(): Promise<void>
}

/** How much longer than a statement may take its answer may be on its way, or Postgres busy with ending it. */
const answerGraceMs = 2_000
/** How long connections may take to close, statements that are not answered included. */
const closeTimeoutMs = 1_000

/** A pool over one Postgres. Opens no connection before the first statement. */
export function openDatabase(options: DatabaseOptions): DatabaseHandle {
  const { statementTimeoutMs = 30_000, onStatement } = options
  const { answerTimeoutMs = statementTimeoutMs === 0 ? 0 : statementTimeoutMs + answerGraceMs } = options
  const sessions = new SessionPool({
    connectionString: options.connectionString,
    max: options.max ?? 10,
    statementTimeoutMs,
    answerTimeoutMs,
    types: columnTypes(),
    shares: options.shares,
  })
  const { pool } = sessions
  pool.on('error', (error) => options.onError?.(error))
  // The pool listens to idle connections only. One that breaks while a statement or a transaction has it would end
  // the process; the statement itself fails with the same error.
  pool.on('connect', (client) => client.on('error', () => {}))
  const open = new Set<pg.PoolClient>()
  pool.on('connect', (client) => open.add(client)).on('remove', (client) => open.delete(client))
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({
      pool: preparingPool(sessions, { prepare: options.prepare ?? true, onStatement }),
    }),
  })
  let closing: Promise<void> | undefined
  const close = () => (closing ??= closeAll())
  async function closeAll(): Promise<void> {
    // Over a dead link no statement is answered, nor the request to close: the process would wait, or stay alive.
    const cut = () => {
      for (const client of open) client.connection.stream.destroy()
    }
    if (open.size > 0) setTimeout(cut, closeTimeoutMs).unref()
    await db.destroy()
  }
  return { db, pool, sessions, close, [Symbol.asyncDispose]: close }
}
