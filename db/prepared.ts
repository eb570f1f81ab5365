import { createHash } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import {
  type CompiledQuery,
  type PostgresCursor,
  type PostgresPool,
  type PostgresPoolClient,
  type PostgresQueryResult,
  type RawBuilder,
  sql,
} from 'kysely'
import type { SessionPool } from './connection/pool.ts'
import type { Session, Statement } from './connection/pooled-session.ts'
import { codeOf } from './error.ts'

/** As raw SQL begins with it, and as `modifyFront` puts it after `select`. */
const marked = /^\s*(?:select )?\/\* prepared \*\//

/**
 * The mark of a statement that each connection is to prepare by name: Postgres then parses it once and after some runs
 * no longer plans it. The query builder takes it with `modifyFront(prepared)`; raw SQL begins with it. Only for
 * statements whose plan does not depend on the values: those that look rows up by keys, and searches that hide their words
 * from the planner (`hasOnePlan`). Not for other filters: the plan that suits most values is the wrong one for a very
 * common one.
 */
export const prepared = sql.raw('/* prepared */')

/**
 * A list that the planner does not look into: it would take the plan for any list, which has ten items for it, for dearer
 * than one for the list at hand, and plan a prepared statement anew each time, which costs as much as a search.
 */
export function unseen(list: readonly string[], type: 'text[]' | 'tsquery[]'): RawBuilder<unknown> {
  return sql`(select ${list}::${sql.raw(type)})::${sql.raw(type)}`
}

/**
 * What stands in a statement for a value of each run, so that the statement is built once. It is a text, because it has
 * to go where the texts of queries go, with a sign that Postgres takes in no text.
 */
export function slot(name: string): string {
  return `\0${name}`
}

/** A statement whose slots have one parameter each, and how the parameters are made of the values of a run. */
export interface SlottedStatement {
  readonly statement: CompiledQuery
  parametersOf(values: Readonly<Record<string, unknown>>): unknown[]
}

/** A list may stand for a slot by its first item. Slots of one name have one value, and so one parameter. */
export function slotted(compiled: CompiledQuery): SlottedStatement {
  const places = new Map<unknown, number>()
  const parameters: unknown[] = []
  const placeOf = (parameter: unknown) => {
    const name = slotIn(parameter)
    const known = name === undefined ? undefined : places.get(name)
    if (known !== undefined) return known
    if (name !== undefined) places.set(name, parameters.length)
    return parameters.push(parameter) - 1
  }
  const placed = compiled.parameters.map(placeOf)
  const text = compiled.sql.replace(
    /\$(\d+)/g,
    (_, place: string) => `$${(placed[Number(place) - 1] ?? 0) + 1}`,
  )
  return {
    statement: { ...compiled, sql: text, parameters },
    parametersOf: (values) =>
      parameters.map((parameter) => {
        const name = slotIn(parameter)
        return name === undefined ? parameter : values[name]
      }),
  }
}

function slotIn(parameter: unknown): string | undefined {
  const text: unknown = Array.isArray(parameter) ? parameter[0] : parameter
  return typeof text === 'string' && text.startsWith('\0') ? text.slice(1) : undefined
}

/** Names that one process gives at most, each of which costs every connection some memory. */
const namesAtMost = 100
/** From which time on a text gets its name: what is asked once in a while is not worth one. */
const namedFromTime = 3
/** Texts that are counted on their way to a name. */
const countedAtMost = 1000

/** Gives names to texts that are marked and come again; undefined for all others. */
export function createNames(): (text: string) => string | undefined {
  const names = new Map<string, string>()
  const times = new Map<string, number>()
  return (text) => {
    if (!marked.test(text)) return undefined
    const existing = names.get(text)
    if (existing !== undefined || names.size >= namesAtMost) return existing
    const time = (times.get(text) ?? 0) + 1
    if (time < namedFromTime) {
      if (times.size >= countedAtMost) times.clear()
      times.set(text, time)
      return undefined
    }
    times.delete(text)
    const name = `dp_${createHash('sha256').update(text).digest('base64url').slice(0, 20)}`
    names.set(text, name)
    return name
  }
}

/** `text` is its SQL, which has no values in it; `error` is undefined for one that worked. */
export type StatementObserver = (text: string, durationMs: number, error: unknown) => void

interface PreparingOptions {
  readonly prepare: boolean
  /** Called after each statement. Not by Kysely's log, which costs as much as a small statement. */
  readonly onStatement?: StatementObserver | undefined
}

/**
 * The pool as Kysely wants it, with marked statements prepared. Where a prepared statement has become useless, it
 * is run again without a name, and the connection names no more: a migration changed its columns (0A000), or a pooler
 * in transaction mode hands the session to others (26000: gone, 42P05: of somebody else).
 */
export function preparingPool(pool: SessionPool, { prepare, onStatement }: PreparingOptions): PostgresPool {
  const nameOf = prepare ? createNames() : () => undefined
  const clients = new WeakMap<Session, PostgresPoolClient>()
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const session = await pool.connect()
      const existing = clients.get(session)
      if (existing) return existing
      const preparing = new PreparingClient(session, nameOf, onStatement)
      clients.set(session, preparing)
      return preparing
    },
  }
}

const useless = new Set(['0A000', '26000', '42P05'])

class PreparingClient implements PostgresPoolClient {
  readonly #session: Session
  readonly #nameOf: (text: string) => string | undefined
  readonly #onStatement: StatementObserver | undefined
  #prepares = true

  constructor(
    session: Session,
    nameOf: (text: string) => string | undefined,
    onStatement: StatementObserver | undefined,
  ) {
    this.#session = session
    this.#nameOf = nameOf
    this.#onStatement = onStatement
  }

  query<Row>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<Row>>
  query<Row>(cursor: PostgresCursor<Row>): PostgresCursor<Row>
  query<Row>(
    text: string | PostgresCursor<Row>,
    values: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<Row>> | PostgresCursor<Row> {
    if (typeof text !== 'string') throw new Error('Nothing here reads through cursors.')
    const name = this.#prepares ? this.#nameOf(text) : undefined
    const statement = { text, values: [...values] }
    return name === undefined ? this.#run(statement) : this.#runPrepared({ name, ...statement })
  }

  async #runPrepared<Row>(statement: Statement): Promise<PostgresQueryResult<Row>> {
    try {
      return await this.#run(statement)
    } catch (error) {
      if (!useless.has(codeOf(error) ?? '')) throw error
      this.#prepares = false
      const { text, values } = statement
      // In a transaction the first error has ended it, and says more than the second.
      return await this.#run<Row>({ text, values }).catch(() => Promise.reject(error))
    }
  }

  #run<Row>(statement: Statement): Promise<PostgresQueryResult<Row>> {
    const answer = this.#session.query(statement)
    if (this.#onStatement) this.#observe(statement.text, answer, this.#onStatement)
    return answer as unknown as Promise<PostgresQueryResult<Row>>
  }

  #observe(text: string, answer: Promise<unknown>, onStatement: StatementObserver): void {
    const startedMs = performance.now()
    const done = (error: unknown) => onStatement(text, performance.now() - startedMs, error)
    answer.then(() => done(undefined), done)
  }

  release(destroy?: boolean): void {
    this.#session.release(destroy)
  }
}
