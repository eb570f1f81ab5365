import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { execute, getOperationAST, parse, validate } from 'graphql'
import { sql } from 'kysely'
import { openDatabase } from '../../db/database.ts'
import { openFeed } from '../../db/feed/open.ts'
import { countedProperty } from '../../schema/core/answer-size.ts'
import { createContext, withBudget } from '../../schema/core/context.ts'
import { ExecutionBudget } from '../../schema/core/execution-budget.ts'
import { schema } from '../../schema/index.ts'
import { readConfig } from '../../src/config.ts'
import { overLimit } from '../../src/graphql/limits.ts'
import { measure } from '../../src/graphql/measure.ts'
import { Documents, type Node, printed, wordsOf } from './cost-documents.ts'
import { fillDatabase, startBenchCluster } from './filled-database.ts'
import { processorMs } from './processor-time.ts'
import { random } from './random.ts'

/**
 * Searches for the documents that take most of Postgres and of Node within the limits of a server: random documents
 * from the schema, of which the dearest are changed again and again (hill climbing). Prints them with their time.
 * `npm run bench -- cost [--papers N] [--folder DIR | --url postgresql://…] [--seconds N] [--seed N] [--top N]`
 * Times are of the processor, so that they do not grow with what else the machine does.
 */
const { values: options } = parseArgs({
  options: {
    papers: { type: 'string', default: '100000' },
    folder: { type: 'string' },
    url: { type: 'string' },
    seconds: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    top: { type: 'string', default: '5' },
  },
})

interface Tried {
  readonly roots: readonly Node[]
  readonly text: string
  readonly cost: number
  readonly postgresMs: number
  readonly nodeMs: number
  readonly bytes: number
  readonly errors: number
  /** Milliseconds of both for each point: what is priced too low has many. */
  readonly msPerPoint: number
}

await using stack = new AsyncDisposableStack()
const url = options.url ?? (await startBenchCluster(stack, options.folder)).url
if (options.url === undefined) await fillDatabase(url, Number(options.papers))
const { limits, database } = readConfig({})
const handle = stack.use(
  openDatabase({ connectionString: url, max: 1, statementTimeoutMs: database.statementTimeoutMs }),
)
// One process does all the work of a statement, so that its time is all of it.
await sql`set max_parallel_workers_per_gather = 0`.execute(handle.db)
await sql`set jit = off`.execute(handle.db)
const {
  rows: [backend],
} = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(handle.db)
const feed = stack.use(await openFeed({ db: handle.db, connectionString: url }))
const draw = random(Number(options.seed))
const documents = new Documents(schema, await wordsOf(handle.db), draw)

const goals = ['postgresMs', 'nodeMs', 'msPerPoint'] as const
const titles = {
  postgresMs: 'Dearest for Postgres',
  nodeMs: 'Dearest for Node',
  msPerPoint: 'Dearest for its price',
}
const dearest = { postgresMs: [] as Tried[], nodeMs: [] as Tried[], msPerPoint: [] as Tried[] }
const untilMs = performance.now() + Number(options.seconds) * 1000
let tried = 0
while (performance.now() < untilMs) {
  const goal = goals[tried % goals.length] ?? 'postgresMs'
  const known = dearest[goal]
  const parent = known[Math.floor(draw() * known.length)]
  const roots = parent && draw() < 0.8 ? documents.changed(parent.roots) : documents.random()
  const result = await attempt(roots)
  if (!result) continue
  tried += 1
  for (const by of goals) keep(dearest[by], result, by)
}

console.log(`${tried} documents, load ${loadavg()[0]?.toFixed(1)}, limit ${limits.cost} points\n`)
for (const by of goals) {
  console.log(titles[by])
  for (const one of dearest[by].slice(0, Number(options.top))) {
    // Again, for the first time may have read from disk.
    const { postgresMs, nodeMs, bytes, errors } = (await attempt(one.roots)) ?? one
    const figures = `${one.cost.toFixed(0)} points, Postgres ${postgresMs.toFixed(0)} ms, Node ${nodeMs.toFixed(0)} ms, ${bytes} bytes`
    console.log(`  ${figures}${errors > 0 ? `, ${errors} errors` : ''}\n    ${shortened(one.text)}`)
  }
}

/** Executes a document as a server does; undefined if it would be refused. */
async function attempt(roots: readonly Node[]): Promise<Tried | undefined> {
  const text = printed(roots)
  const document = parse(text)
  const operation = getOperationAST(document)
  if (!operation || validate(schema, document).length > 0) return undefined
  const measured = measure(schema, document, operation, {})
  if (overLimit(measured, limits, () => '')) return undefined
  const before = { postgresMs: processorMs(backend?.pid), node: process.cpuUsage() }
  const budget = new ExecutionBudget(limits.answerBytes)
  const contextValue = withBudget(createContext({ db: handle.db, feed }), budget)
  const result = await execute({ schema, document, contextValue, fieldResolver: countedProperty })
  const bytes = budget.stoppedBy ? budget.bytes : JSON.stringify(result).length
  const { user, system } = process.cpuUsage(before.node)
  const nodeMs = (user + system) / 1000
  const took = processorMs(backend?.pid) - before.postgresMs
  return {
    ...{ roots, text, bytes, cost: measured.cost, errors: result.errors?.length ?? 0 },
    ...{ postgresMs: took, nodeMs },
    // The first points pay for what every operation takes.
    msPerPoint: (took + nodeMs) / Math.max(10, measured.cost),
  }
}

function keep(known: Tried[], result: Tried, by: (typeof goals)[number]): void {
  if (known.some(({ text }) => text === result.text)) return
  known.push(result)
  known.sort((one, other) => other[by] - one[by])
  known.splice(20)
}

function shortened(text: string): string {
  return text.length > 600 ? `${text.slice(0, 600)} … (${text.length} characters)` : text
}
