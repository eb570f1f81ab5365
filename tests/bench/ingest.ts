import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { columnTypes } from '../../db/column-types.ts'
import { migrateToLatest } from '../../db/connection/migrate.ts'
import { type Db, openDatabase } from '../../db/database.ts'
import { startEmbedded } from '../../db/embedded/index.ts'
import type { Tables } from '../../db/tables.ts'
import { findFiles, readFiles } from '../../src/ingest/files.ts'
import { ingest } from '../../src/ingest/run.ts'
import { execute } from '../support/execute.ts'
import { daysFolder } from '../support/source-data.ts'
import { databaseUrl } from '../support/urls.ts'
import { postgresTimer, processorMs } from './processor-time.ts'
import { median } from './reads-measure.ts'

/**
 * Papers per second of a first ingest and of an unchanged re-read, beside a plain COPY of the same rows into the same
 * indexed tables, in rounds that interleave all three; and the processor time of Node and Postgres for each, which does
 * not grow with what else the machine does.
 *
 *   npm run bench -- ingest [--rounds 5] [--statements] [folder …]
 *
 * Without folders: the real days in tests/fixtures/days. `--statements` tells what each cost the database.
 */
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, statements: { type: 'boolean', default: false } },
})
const folders = positionals.length > 0 ? positionals : [daysFolder('captures'), daysFolder('later')]

/** In an order that foreign keys allow. */
const tables = [
  ...['account', 'organization', 'author', 'keyword', 'edition', 'paper', 'paper_alias', 'paper_author'],
  ...[
    'paper_keyword',
    'paper_term',
    'listing',
    'edition_reading',
    'paper_history',
    'paper_revision',
    'feed_event',
  ],
]

const spent = new Map<string, { cpuMs: number; ms: number; times: number }>()
interface Taken {
  readonly seconds: number
  /** Seconds of processors. */
  readonly node: number
  readonly postgres: number
}
const taken: Record<'first' | 'again' | 'copy', Taken[]> = { first: [], again: [], copy: [] }
let papers = 0

await using stack = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'daily-papers-bench-'))
stack.defer(() => rm(folder, { recursive: true, force: true }))
await chmod(folder, 0o777) // Postgres may run as another user, and writes its copies here
const cluster = stack.use(
  await startEmbedded({
    superuser: true,
    dataDir: join(folder, 'pg'),
    database: 'postgres',
    path: process.env.PATH,
  }),
)
await execute(cluster.url, 'create database template')
await withDatabase('template', (db) => migrateToLatest(db))

for (let round = 0; round < Number(options.rounds); round += 1) {
  await fresh('ours', async (db) => {
    const first = await timed('first', () => ingestAll(db))
    papers = first.papers
    if (round === 0) print()
    const again = await timed('again', () => ingestAll(db))
    if (again.changes > 0) throw new Error('The re-read changed something.')
    for (const table of tables) await sql.raw(`copy ${table} to '${join(folder, table)}'`).execute(db)
  })
  await fresh('copied', async (db) => {
    await timed('copy', () =>
      db.transaction().execute(async (trx) => {
        for (const table of tables) await sql.raw(`copy ${table} from '${join(folder, table)}'`).execute(trx)
      }),
    )
    if (round === 0) print()
  })
  const shown = Object.entries(taken).map(([name, all]) => `${name} ${figures(all.slice(-1))}`)
  console.log(`round ${round + 1}: ${shown.join('; ')}`)
}
const { first, again, copy } = taken
console.log(`
${papers.toLocaleString('en')} papers; medians of ${options.rounds} rounds, ratios within a round; load ${loadavg()[0]?.toFixed(1)}
first ingest   ${figures(first)}  ${ratio(first, copy)} x COPY
unchanged      ${figures(again)}  ${ratio(first, again)} x as fast as the first
COPY           ${figures(copy)}`)

async function ingestAll(db: Db) {
  let changes = 0
  for (const path of folders) {
    const { files } = await findFiles([path])
    const onFault = ({ message }: { message: string }) => {
      throw new Error(message)
    }
    for await (const { source, readings } of readFiles(files, { onFault })) {
      const summary = await ingest(db, source, readings)
      changes += summary.new + summary.changed
    }
  }
  const { count } = await db
    .selectFrom('paper')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return { papers: count, changes }
}

async function fresh(name: string, use: (db: Db) => Promise<void>): Promise<void> {
  await execute(cluster.url, `create database ${name} template template`)
  await withDatabase(name, use)
  await execute(cluster.url, `drop database ${name}`)
  await execute(cluster.url, 'checkpoint')
}

async function withDatabase(name: string, use: (db: Db) => Promise<unknown>): Promise<void> {
  const connectionString = databaseUrl(cluster.url, name)
  if (!options.statements) {
    await using handle = openDatabase({ connectionString, statementTimeoutMs: 0 })
    return void (await use(handle.db))
  }
  const pool = new pg.Pool({ connectionString, types: columnTypes(), max: 1 })
  pool.on('error', () => {})
  let backend: number | undefined
  let before = 0
  pool.on('connect', (client) => {
    backend = (client as pg.PoolClient & { processID: number }).processID
    before = processorMs(backend)
  })
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    log: ({ query, queryDurationMillis }) => {
      const text = query.sql.replace(/\s+/g, ' ').trim().slice(0, 90)
      const known = spent.get(text) ?? { cpuMs: 0, ms: 0, times: 0 }
      const now = processorMs(backend)
      const cpuMs = known.cpuMs + now - before
      before = now
      spent.set(text, { cpuMs, ms: known.ms + queryDurationMillis, times: known.times + 1 })
    },
  })
  await use(db)
  await db.destroy()
}

function print(): void {
  const dearest = [...spent].sort((a, b) => b[1].cpuMs - a[1].cpuMs).slice(0, 25)
  for (const [text, { cpuMs, ms, times }] of dearest) {
    const figures = `${cpuMs.toFixed(0).padStart(7)} ms of CPU, ${ms.toFixed(0)} ms`
    console.log(`${figures} ${String(times).padStart(4)} x  ${text}`)
  }
  spent.clear()
}

async function timed<Result>(name: keyof typeof taken, work: () => Promise<Result>): Promise<Result> {
  const [start, cpu, postgresMs] = [performance.now(), process.cpuUsage(), postgresTimer(cluster.pid)]
  const result = await work()
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  taken[name].push({ seconds, node: (user + system) / 1e6, postgres: postgresMs() / 1000 })
  return result
}

function figures(all: readonly Taken[]): string {
  const of = (figure: keyof Taken) => median(all.map((one) => one[figure]))
  const each = `${Math.round(papers / of('seconds')).toLocaleString('en')} papers/s`
  return `${of('seconds').toFixed(2)} s (CPU of Node ${of('node').toFixed(2)}, Postgres ${of('postgres').toFixed(2)}), ${each}`
}

function ratio(some: readonly Taken[], others: readonly Taken[]): string {
  return median(some.map(({ seconds }, round) => seconds / (others[round]?.seconds ?? Number.NaN))).toFixed(2)
}
