import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { schema } from '../../schema/index.ts'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createLogger } from '../../src/log.ts'
import { faultOf, sendMangledMessages, sendMangledRequest } from '../support/fuzz.ts'
import { hostileCalls } from '../support/hostile-calls.ts'
import { Documents, printed, wordsOf } from './cost-documents.ts'
import { fillDatabase, startBenchCluster } from './filled-database.ts'
import { random } from './random.ts'

/**
 * What tests/http/fuzz.test.ts tries for seconds, for as long as you like: documents from the schema, hostile values in each
 * argument, mangled requests and messages. Prints what was answered wrongly with its seed, and the memory by the minute.
 * `npm run bench -- fuzz [--seconds N] [--seed N] [--papers N]`
 */
const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
    papers: { type: 'string', default: '2000' },
  },
})

const writeToken = 'a-token-of-the-benchmark'
await using stack = new AsyncDisposableStack()
const { url: database } = await startBenchCluster(stack, undefined)
await fillDatabase(database, Number(options.papers))
const failures: string[] = []
const log = createLogger({
  ...{ level: 'error', format: 'text' },
  write: (line) => failures.push(`logged ${line}`),
})
const config = readConfig({
  ...{ DATABASE_URL: database, PORT: '0', PLANT_SEEDS: 'off', CLIENT_POINTS: '0', WRITE_TOKEN: writeToken },
})
const app = await startApp(config, log)
stack.defer(() => app.close())

async function ask(body: object): Promise<string | undefined> {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      authorization: `Bearer ${writeToken}`,
    },
    body: JSON.stringify(body),
  })
  return faultOf(response.status, await response.text())
}

const words = await wordsOf(app.db)
let seed = Number(options.seed)
let attempts = 0
const untilMs = performance.now() + Number(options.seconds) * 1000
let tellAtMs = performance.now()
while (performance.now() < untilMs) {
  const draw = random(seed)
  const documents = new Documents(schema, words, draw)
  for (let made = 0; made < 20; made += 1) {
    const query = printed(documents.changed(documents.random()))
    note(await ask({ query }), `document ${query}`)
  }
  for (const { place, query, variables } of hostileCalls(schema, draw, 1))
    note(await ask({ query, variables }), `${place} ${JSON.stringify(variables).slice(0, 300)}`)
  for (let made = 0; made < 40; made += 1) note(await sendMangledRequest(app.url, draw), `request ${made}`)
  for (let made = 0; made < 10; made += 1)
    note(await sendMangledMessages(`${app.url.replace('http', 'ws')}/graphql`, draw), `messages ${made}`)
  seed += 1
  if (performance.now() < tellAtMs) continue
  tellAtMs = performance.now() + 60_000
  const { rss, heapUsed } = process.memoryUsage()
  const mib = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`
  console.log(
    `${attempts} attempts, ${failures.length} faults, RSS ${mib(rss)}, heap ${mib(heapUsed)}, subscriptions ${app.hub.held.subscriptions}, load ${loadavg()[0]?.toFixed(1)}`,
  )
}
for (const failure of failures.slice(0, 50)) console.log(failure)
console.log(`${attempts} attempts with the seeds ${options.seed} to ${seed - 1}: ${failures.length} faults`)
if (failures.length > 0) process.exitCode = 1

function note(fault: string | undefined, what: string): void {
  attempts += 1
  if (fault !== undefined) failures.push(`seed ${seed}: ${what} ${fault}`)
}
