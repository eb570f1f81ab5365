import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
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

/**
 * Papers per second of a first ingest and of an unchanged re-read, beside a plain COPY of the same rows into the same
 * indexed tables, in rounds that interleave all three.
 *
 *   npm run bench -- ingest [--rounds 5] [--statements] [folder …]
 *
 * Without folders: the real days in tests/fixtures/days. `--statements` tells how long the database took for each.
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

const spent = new Map<string, { milliseconds: number; times: number }>()
const times: Record<'first' | 'again' | 'copy', number[]> = { first: [], again: [], copy: [] }
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
    const first = await timed(() => ingestAll(db))
    times.first.push(first.seconds)
    papers = first.result.papers
    if (round === 0) print()
    const again = await timed(() => ingestAll(db))
    if (again.result.changes > 0) throw new Error('The re-read changed something.')
    times.again.push(again.seconds)
    for (const table of tables) await sql.raw(`copy ${table} to '${join(folder, table)}'`).execute(db)
  })
  await fresh('copied', async (db) => {
    const copied = await timed(() =>
      db.transaction().execute(async (trx) => {
        let amount = 0
        for (const table of tables) {
          const { numAffectedRows } = await sql
            .raw(`copy ${table} from '${join(folder, table)}'`)
            .execute(trx)
          amount += Number(numAffectedRows ?? 0)
        }
        return amount
      }),
    )
    times.copy.push(copied.seconds)
  })
  console.log(
    `round ${round + 1}: first ${shown(times.first.at(-1))}, again ${shown(times.again.at(-1))}, COPY ${shown(times.copy.at(-1))}`,
  )
}
const [first, again, copy] = [median(times.first), median(times.again), median(times.copy)]
const toCopy = median(times.first.map((time, round) => time / (times.copy[round] ?? Number.NaN)))
const toFirst = median(times.first.map((time, round) => time / (times.again[round] ?? Number.NaN)))
console.log(`
${papers.toLocaleString('en')} papers; medians of ${options.rounds} rounds, ratios within a round
first ingest   ${shown(first)}  ${rate(first)}  ${toCopy.toFixed(2)} x COPY
unchanged      ${shown(again)}  ${rate(again)}  ${toFirst.toFixed(2)} x as fast as the first
COPY           ${shown(copy)}  ${rate(copy)}`)

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
  const pool = new pg.Pool({ connectionString, types: columnTypes() })
  pool.on('error', () => {})
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    log: ({ query, queryDurationMillis }) => {
      const text = query.sql.replace(/\s+/g, ' ').trim().slice(0, 90)
      const known = spent.get(text) ?? { milliseconds: 0, times: 0 }
      spent.set(text, { milliseconds: known.milliseconds + queryDurationMillis, times: known.times + 1 })
    },
  })
  await use(db)
  await db.destroy()
}

function print(): void {
  const slowest = [...spent].sort((a, b) => b[1].milliseconds - a[1].milliseconds).slice(0, 25)
  for (const [text, { milliseconds, times }] of slowest) {
    console.log(`${milliseconds.toFixed(0).padStart(7)} ms ${String(times).padStart(4)} x  ${text}`)
  }
}

async function timed<Result>(work: () => Promise<Result>): Promise<{ result: Result; seconds: number }> {
  const start = performance.now()
  const result = await work()
  return { result, seconds: (performance.now() - start) / 1000 }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function shown(seconds: number | undefined): string {
  return `${(seconds ?? Number.NaN).toFixed(2)} s`
}

function rate(seconds: number): string {
  return `${Math.round(papers / seconds).toLocaleString('en')} papers/s`
}
