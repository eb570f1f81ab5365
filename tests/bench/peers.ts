import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { openDatabase } from '../../db/database.ts'
import { median } from './feed-setup.ts'
import { fillDatabase, startBenchCluster } from './filled-database.ts'
import { Load, pinTo, type Run } from './peers-load.ts'
import { agree, type QuestionName, questionNames, settingsOf } from './peers-questions.ts'
import { answersOf, type Contender, installPeers, startContender } from './peers-servers.ts'
import { createPeerTables } from './peers-tables.ts'

/**
 * This server beside others that answer the same questions about the same papers: Mercurius with JIT, PostGraphile,
 * and the limit, which is bare `node:http` and `pg` with the JSON built by Postgres. Answers are compared first. The
 * servers are measured in turns; servers on core 0, load and Postgres on core 1. Prints Markdown.
 * `npm run bench -- peers [--papers N] [--folder DIR] [--rounds N] [--seconds N] [--only QUESTION,…]
 *   [--servers NAME,…] [--beside FOLDER] [--profile FOLDER] [--no-pin]`
 * With `--folder` the database is kept there and used again. `--beside` measures another version of this project,
 * too. `--profile` writes a profile of this server (`--cpu-prof` of Node).
 */
const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    papers: { type: 'string', default: '10000' },
    folder: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string', default: questionNames.join(',') },
    servers: { type: 'string', default: 'limit,mercurius,postgraphile,ours' },
    beside: { type: 'string' },
    profile: { type: 'string' },
    pin: { type: 'boolean', default: true },
  },
})

const peers = ['mercurius', 'postgraphile']
const rounds = Number(options.rounds)
const seconds = Number(options.seconds)
const questions = questionNames.filter((name) => options.only.split(',').includes(name))

await using stack = new AsyncDisposableStack()
installPeers()
const core = options.pin && pinTo(1) ? 0 : undefined
const { url: databaseUrl, pid } = await startBenchCluster(stack, options.folder)
await fillDatabase(databaseUrl, Number(options.papers))
const handle = openDatabase({ connectionString: databaseUrl, max: 1, statementTimeoutMs: 0 })
await createPeerTables(handle.db)
const settings = await settingsOf(handle.db)
await handle.close()

const contenders: Contender[] = []
for (const name of [...options.servers.split(','), ...(options.beside ? [options.beside] : [])]) {
  const profiled = options.profile && name === 'ours'
  const execArgv = profiled ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] : []
  const contender = await startContender(name, { databaseUrl, settings, core, execArgv })
  // A profile is written when a process ends by itself.
  if (profiled) stack.defer(() => endByItself(contender))
  else stack.use(contender.server)
  contenders.push(contender)
}
await compareAnswers()
const load = stack.use(new Load(pid))
const loadBefore = loadavg()[0] ?? 0
console.log(`${options.papers} papers; medians of ${rounds} rounds of ${seconds} s.\n`)
await compare(64, seconds)
await compare(1, Math.max(1, seconds / 2))
console.log(
  `Load of the machine before ${loadBefore.toFixed(1)}, at the end ${(loadavg()[0] ?? 0).toFixed(1)}.`,
)

async function compareAnswers(): Promise<void> {
  const [first, ...others] = contenders
  if (!first) throw new Error('Name at least one server.')
  for (const question of questions) {
    const expected = await answersOf(first, question)
    for (const other of others) {
      const given = await answersOf(other, question)
      const at = expected.findIndex((answer, index) => !agree(question, answer, given[index]))
      if (at !== -1)
        throw new Error(
          `${first.name} and ${other.name} differ in ${question}:\n${JSON.stringify(expected[at])}\n${JSON.stringify(given[at])}`,
        )
    }
  }
}

type Runs = Map<string, Run[]>

async function compare(connections: number, secondsOfRun: number): Promise<void> {
  const found = new Map<QuestionName, Runs>()
  for (const question of questions) {
    const runs: Runs = new Map(contenders.map(({ name }) => [name, []]))
    found.set(question, runs)
    for (const contender of contenders) await load.run(contender, question, connections, secondsOfRun)
    for (let round = 0; round < rounds; round++) {
      for (const contender of round % 2 ? [...contenders].reverse() : contenders)
        runs.get(contender.name)?.push(await load.run(contender, question, connections, secondsOfRun))
    }
  }
  print(connections, found)
}

function print(connections: number, found: ReadonlyMap<QuestionName, Runs>): void {
  const s = connections === 1 ? '' : 's'
  const heading = (what: string) => {
    console.log(`${connections} connection${s}: ${what}\n`)
    console.log(`| | ${[...found.keys()].join(' | ')} |\n| --- |${' --: |'.repeat(found.size)}`)
  }
  heading('requests per second (CPU µs of server + Postgres a request; p50 / p99 ms)')
  for (const { name } of contenders) {
    const cells = [...found.values()].map((runs) => figures(runs.get(name) ?? []))
    console.log(`| ${name} | ${cells.join(' | ')} |`)
  }
  console.log()
  const ours = contenders.map(({ name }) => name).filter((name) => !peers.includes(name) && name !== 'limit')
  heading('ratios of requests per second, median (least to most of the rounds)')
  for (const name of ours) {
    const row = (title: string, others: readonly string[]) => {
      const cells = [...found.values()].map((runs) => ratio(runs, name, others))
      console.log(`| ${title} | ${cells.join(' | ')} |`)
    }
    row(`${name} to the best peer`, peers)
    row(`${name} to the limit`, ['limit'])
    if (name === 'ours' && options.beside) row(`${name} to ${options.beside}`, [options.beside])
  }
  console.log()
}

function figures(runs: readonly Run[]): string {
  const of = (pick: (run: Run) => number) => median(runs.map(pick))
  const rate = Math.round(of(({ perSecond }) => perSecond))
  const cpu = `${of((run) => run.serverMicros).toFixed(0)} + ${of((run) => run.postgresMicros).toFixed(0)}`
  return `${rate} (${cpu}; ${of(({ p50 }) => p50)} / ${of(({ p99 }) => p99)})`
}

/** Of each round, to the best of the others in the same round. */
function ratio(runs: Runs, name: string, others: readonly string[]): string {
  const ratios = (runs.get(name) ?? []).map(({ perSecond }, round) => {
    const best = others.flatMap((other) => runs.get(other)?.[round]?.perSecond ?? [])
    return perSecond / Math.max(...best)
  })
  if (!ratios.some((one) => one > 0)) return ''
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)]
  return `${median(ratios).toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`
}

async function endByItself({ server }: Contender): Promise<void> {
  server.kill('SIGTERM')
  await server.ended
}
