import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openDatabase } from '../../db/database.ts'
import { startServer } from './feed-servers.ts'
import { median } from './feed-setup.ts'
import { fillDatabase, startBenchCluster } from './filled-database.ts'
import { Load, pinTo, type Run } from './peers-load.ts'
import { ourBodies, type QuestionName, settingsOf } from './peers-questions.ts'
import { type Contender, folder, installPeers } from './peers-servers.ts'
import { createPeerTables } from './peers-tables.ts'

/**
 * Kept responses beside a bare `node:http` that answers the same bytes, in turns; servers on core 0, load and Postgres on
 * core 1. Prints Markdown. `npm run bench -- cache [--papers N] [--folder DIR] [--rounds N] [--seconds N] [--no-pin]
 *   [--connections N,…] [--profile FOLDER]`
 */
const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    papers: { type: 'string', default: '1000' },
    folder: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    profile: { type: 'string' },
    connections: { type: 'string', default: '64,1' },
    pin: { type: 'boolean', default: true },
  },
})
const rounds = Number(options.rounds)
const seconds = Number(options.seconds)
const questions = ['typename', 'point', 'feed'] as const satisfies QuestionName[]

await using stack = new AsyncDisposableStack()
installPeers()
const core = options.pin && pinTo(1) ? 0 : undefined
const { url: databaseUrl, pid } = await startBenchCluster(stack, options.folder)
await fillDatabase(databaseUrl, Number(options.papers))
const handle = openDatabase({ connectionString: databaseUrl, max: 1, statementTimeoutMs: 0 })
await createPeerTables(handle.db)
const bodies = await ourBodies(await settingsOf(handle.db))
await handle.close()

const execArgv = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] : []
const started = await startServer({
  args: [...execArgv, join(import.meta.dirname, '../../src/cli.mjs'), 'serve'],
  env: { DATABASE_URL: databaseUrl, PORT: '0', PLANT_SEEDS: 'off', CLIENT_POINTS: '1000000000' },
  ready: /localhost:(\d+)\/graphql/,
  ...(core !== undefined && { core }),
})
const ours = { name: 'ours', url: `http://127.0.0.1:${started.port}/graphql`, server: started }
// A profile is written when a process ends by itself.
stack.defer(async () => {
  ours.server.kill('SIGTERM')
  await ours.server.ended
})
const answers = await Promise.all(questions.map((question) => answerOf(bodies[question][0] ?? '')))
const files = await mkdtemp(join(tmpdir(), 'daily-papers-bench-'))
stack.defer(() => rm(files, { recursive: true, force: true }))
await writeFile(join(files, 'bodies.json'), JSON.stringify(answers))
const server = stack.use(
  await startServer({
    args: [join(folder, 'fixed.mjs'), join(files, 'bodies.json')],
    ready: /listening on (\d+)/,
    ...(core !== undefined && { core }),
  }),
)
const load = stack.use(new Load(pid))
const before = loadavg()[0] ?? 0
for (const connections of options.connections.split(',').map(Number)) {
  console.log(
    `\n${connections} connections | bytes | fixed bytes: /s (CPU µs) | kept response: /s (CPU µs + Postgres) | ratio of /s | ratio of CPU\n--- | --: | --: | --: | --: | --:`,
  )
  for (const [index, question] of questions.entries()) {
    const url = `http://127.0.0.1:${server.port}/${index}`
    const one = { ...bodies, [question]: bodies[question].slice(0, 1) }
    const fixed: Contender = { name: 'fixed', url, server, bodies: one }
    const runs: Record<'fixed' | 'kept', Run[]> = { fixed: [], kept: [] }
    for (let round = 0; round <= rounds; round++) {
      const pair = [
        await load.run(fixed, question, connections, seconds),
        await load.run({ ...ours, bodies: one }, question, connections, seconds),
      ] as const
      if (round === 0) continue // to warm up
      runs.fixed.push(pair[0])
      runs.kept.push(pair[1])
    }
    const ratio = (pick: (run: Run) => number) =>
      median(runs.kept.map((run, at) => pick(run) / pick(runs.fixed[at] ?? run))).toFixed(2)
    const of = (name: keyof typeof runs, pick: (run: Run) => number) =>
      Math.round(median(runs[name].map(pick)))
    const cells = [
      ...[question, answers[index]?.length],
      `${of('fixed', (run) => run.perSecond)} (${of('fixed', (run) => run.serverMicros)})`,
      `${of('kept', (run) => run.perSecond)} (${of('kept', (run) => run.serverMicros)} + ${of('kept', (run) => run.postgresMicros)})`,
      ...[ratio((run) => run.perSecond), ratio((run) => run.serverMicros)],
    ]
    console.log(cells.join(' | '))
  }
}
console.log(
  `\nLoad of the machine before ${before.toFixed(1)}, at the end ${(loadavg()[0] ?? 0).toFixed(1)}.`,
)

async function answerOf(body: string): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  return (await fetch(ours.url, { method: 'POST', headers, body })).text()
}
