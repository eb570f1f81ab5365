import { execute, parse } from 'graphql'
import { type CompiledQuery, Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import type { SessionPool } from '../../db/connection/pool.ts'
import type { Db } from '../../db/database.ts'
import type { Feed } from '../../db/feed/feed.ts'
import { preparingPool } from '../../db/prepared.ts'
import type { Tables } from '../../db/tables.ts'
import { createContext } from '../../schema/core/context.ts'
import { schema } from '../../schema/index.ts'
import { processorMs } from './processor-time.ts'
import type { Question } from './reads-questions.ts'

/** A statement of a question. */
export interface StatementFigures {
  readonly sql: string
  readonly parameters: readonly unknown[]
  /** Planning and execution in Postgres, ms, as EXPLAIN (ANALYZE, TIMING OFF) tells: the median of the runs. */
  readonly ms: number
  /**
   * Processor time of the backend for the statement as it is, ms: the median of the runs. Unlike `ms` it does not
   * grow with what else the machine does. Not a number where the backend is not on this machine.
   */
  readonly cpuMs: number
  /** As `EXPLAIN` prints it. */
  readonly plan: string
}

export interface Figures {
  readonly statements: readonly StatementFigures[]
  /** From the parsed document to the answer as JSON, ms: the median of the runs. HTTP is not in it. */
  readonly responseMs: number
  /** Characters of the answer. */
  readonly size: number
  readonly errors: readonly string[]
}

export interface Recorder {
  readonly db: Db
  /** The statements since it was last asked. */
  take(): CompiledQuery[]
}

/** A Kysely on the pool that remembers what it runs. */
export function recordingDb(sessions: SessionPool): Recorder {
  let seen: CompiledQuery[] = []
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: preparingPool(sessions, { prepare: true }) }),
    log({ query }) {
      seen.push(query)
    },
  })
  return {
    db,
    take() {
      const taken = seen
      seen = []
      return taken
    },
  }
}

/** Asks a question some times, the first of which warms up, then each of its statements alone. */
export async function measure(
  { text, variables }: Question,
  { recorder, feed, pool, runs }: { recorder: Recorder; feed: Feed; pool: pg.Pool; runs: number },
): Promise<Figures> {
  const document = parse(text)
  const times: number[] = []
  let answer = ''
  let errors: readonly string[] = []
  let statements: CompiledQuery[] = []
  for (let run = 0; run <= runs; run++) {
    recorder.take()
    const started = performance.now()
    const contextValue = createContext({ db: recorder.db, feed })
    const result = await execute({ schema, document, contextValue, variableValues: variables })
    answer = JSON.stringify(result)
    if (run > 0) times.push(performance.now() - started)
    statements = recorder.take()
    errors = (result.errors ?? []).map(({ message }) => message)
  }
  const figures: StatementFigures[] = []
  for (const statement of statements) figures.push(await explain(statement, pool, runs))
  return { statements: figures, responseMs: median(times), size: answer.length, errors }
}

interface Explained {
  readonly 'Planning Time': number
  readonly 'Execution Time': number
}

async function explain(
  { sql, parameters }: CompiledQuery,
  pool: pg.Pool,
  runs: number,
): Promise<StatementFigures> {
  const total: number[] = []
  const cpu: number[] = []
  const backend = await pool.query<{ pid: number }>('select pg_backend_pid() as pid')
  for (let run = 0; run < runs; run++) {
    const { rows } = await pool.query<{ 'QUERY PLAN': Explained[] }>(
      `explain (analyze, timing off, format json) ${sql}`,
      [...parameters],
    )
    const [found] = rows[0]?.['QUERY PLAN'] ?? []
    if (!found) throw new Error(`EXPLAIN says nothing of: ${sql}`)
    total.push(found['Planning Time'] + found['Execution Time'])
    const before = processorMs(backend.rows[0]?.pid)
    await pool.query(sql, [...parameters])
    cpu.push(processorMs(backend.rows[0]?.pid) - before)
  }
  const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`explain (analyze, buffers) ${sql}`, [
    ...parameters,
  ])
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  return { sql, parameters, ms: median(total), cpuMs: median(cpu), plan }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
