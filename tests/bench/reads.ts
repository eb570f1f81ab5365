import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { openDatabase } from '../../db/database.ts'
import { openFeed } from '../../db/feed/open.ts'
import { fillDatabase, startBenchCluster } from './filled-database.ts'
import { type Figures, measure, recordingDb, type StatementFigures } from './reads-measure.ts'
import { questionsFor } from './reads-questions.ts'

/**
 * What the example documents and harder questions cost: statements, Postgres time, time to answer, warm.
 * `npm run bench -- reads [--papers N] [--folder DIR | --url postgresql://…] [--only TEXT] [--runs N] [--bar MS] [--plans]`
 * With `--folder` the cluster is kept there and used again; `--url` measures a database as it is. `--plans` prints
 * the statements and plans of what takes more than the bar, 50 ms unless told.
 */
const { values: options } = parseArgs({
  options: {
    papers: { type: 'string', default: '1000000' },
    folder: { type: 'string' },
    url: { type: 'string' },
    only: { type: 'string', default: '' },
    runs: { type: 'string', default: '5' },
    bar: { type: 'string', default: '50' },
    plans: { type: 'boolean', default: false },
  },
})

await using stack = new AsyncDisposableStack()
const url = options.url ?? (await startBenchCluster(stack, options.folder)).url
await fillDatabase(url, Number(options.papers))
const handle = stack.use(openDatabase({ connectionString: url, max: 4 }))
const plain = stack.use(openDatabase({ connectionString: url, max: 1, statementTimeoutMs: 120_000 }))
const recorder = recordingDb(handle.sessions)
const feed = stack.use(await openFeed({ db: handle.db, connectionString: url }))
const questions = (await questionsFor(plain.db)).filter(({ name }) => name.includes(options.only))
const bar = Number(options.bar)
console.log(`${''.padEnd(46)}statements   slowest, ms       CPU  all CPU   answer, ms       size   load`)
for (const question of questions) {
  const figures = await measure(question, { recorder, feed, pool: plain.pool, runs: Number(options.runs) })
  print(question.name, figures)
}

function print(name: string, { statements, responseMs, size, errors }: Figures): void {
  const slowest = Math.max(0, ...statements.map(({ ms }) => ms))
  const busiest = Math.max(0, ...statements.map(timeOf))
  const all = statements.reduce((sum, statement) => sum + timeOf(statement), 0)
  const columns = [
    String(statements.length).padStart(10),
    slowest.toFixed(1).padStart(13),
    `${busiest.toFixed(1)}${busiest > bar ? ' !' : '  '}`.padStart(10),
    all.toFixed(1).padStart(8),
    responseMs.toFixed(1).padStart(12),
    String(size).padStart(11),
    (loadavg()[0] ?? 0).toFixed(1).padStart(7),
  ]
  console.log(`${name.padEnd(46)}${columns.join('')}${errors.length > 0 ? `  ${errors.join(' ')}` : ''}`)
  if (!options.plans) return
  for (const statement of statements)
    if (timeOf(statement) > bar)
      console.log(`\n${statement.sql}\n${JSON.stringify(statement.parameters)}\n${statement.plan}\n`)
}

/** What a statement takes on a machine that does nothing else, ms. */
function timeOf({ ms, cpuMs }: StatementFigures): number {
  return Number.isNaN(cpuMs) ? ms : Math.min(ms, cpuMs)
}
