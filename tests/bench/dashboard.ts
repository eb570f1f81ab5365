import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createAccessToken } from '../../db/access-tokens.ts'
import { openDatabase } from '../../db/database.ts'
import { hashOfToken, newAccessToken } from '../../src/access-token.ts'
import { freePort } from '../support/ports.ts'
import { startUpstream } from '../support/upstream.ts'
import { entries } from '../support/upstream-data.ts'
import { answerWith, startReceiver } from '../support/webhook-receiver.ts'
import { paint } from './dashboard-picture.ts'
import { fillDatabase } from './filled-database.ts'
import { operations, startPrometheus } from './prometheus.ts'
import { random } from './random.ts'
import { startRestartable } from './restartable.ts'
import { load } from './soak-load.ts'

/**
 * What an operator sees: a server under a load of every kind, with an outage of Postgres after 60 % of the time, is
 * scraped by a real Prometheus, which then evaluates the expressions of the Grafana dashboard and of the alerts. Draws the
 * dashboard's panels from its answers into a picture, and prints what it thinks of the alerts. Needs Prometheus and promtool
 * (Debian: apt-get install prometheus) and Chromium.
 * `npm run bench -- dashboard [--minutes N] [--papers N] [--picture FILE] [--log FILE]`; the log is the server's.
 */
const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    papers: { type: 'string', default: '3000' },
    picture: { type: 'string', default: 'dashboard.png' },
    log: { type: 'string' },
  },
})
const scrapeSeconds = 5
const outageMs = 45_000
const token = 'a-token-of-the-benchmark'

await using stack = new AsyncDisposableStack()
const folder = mkdtempSync(join(tmpdir(), 'daily-papers-dashboard-'))
stack.defer(() => rmSync(folder, { recursive: true, force: true }))
const checked = spawnSync('promtool', ['check', 'rules', join(operations, 'alerts.yaml')], {
  encoding: 'utf8',
})
if (checked.error)
  throw new Error('Install Prometheus first: apt-get install prometheus.', { cause: checked.error })
console.log(`${checked.stdout}${checked.stderr}`.trim())

const postgres = stack.use(await startRestartable(folder))
await fillDatabase(postgres.url, Number(options.papers))
const upstream = stack.use(await startUpstream())
const today = new Date().toISOString().slice(0, 10)
upstream.editions.set(today, entries(30, today))
const receiver = stack.use(await startReceiver())
const documents = join(folder, 'documents.json')
writeFileSync(
  documents,
  JSON.stringify({
    'front-page': '{ edition { listings(first: 10) { nodes { paper { title upvotes } } } } }',
  }),
)
const metricsPort = await freePort()
const server = spawn(
  process.execPath,
  [fileURLToPath(new URL('../../src/cli.mjs', import.meta.url)), 'serve'],
  {
    env: {
      ...{
        PATH: process.env.PATH,
        DATABASE_URL: postgres.url,
        PORT: '0',
        WRITE_TOKEN: token,
        DATA_DIR: folder,
      },
      ...{ POLL: 'huggingface', POLL_MINUTES: '1', HUGGINGFACE_URL: upstream.url, LOG_FORMAT: 'json' },
      ...{
        METRICS_PORT: String(metricsPort),
        TRUSTED_DOCUMENTS: documents,
        WEBHOOK_ALLOW_HTTP: 'on',
        WEBHOOK_ALLOW_PRIVATE: 'on',
      },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  },
)
stack.defer(() => void server.kill('SIGKILL'))
const log = createWriteStream(options.log ?? '/dev/null')
server.stderr.pipe(log)
const [line] = await once(server.stdout, 'data')
const { address } = JSON.parse(String(line)) as { address: string }

const prometheus = await startPrometheus(stack, { folder, target: `127.0.0.1:${metricsPort}`, scrapeSeconds })
const connection = openDatabase({ connectionString: postgres.url, max: 1, onError: () => {} })
const admin = newAccessToken()
await createAccessToken(connection.db, {
  name: 'bench',
  role: 'admin',
  hash: hashOfToken(admin),
  expiresAt: null,
})
await connection.close()
for (const path of ['works', 'fails'])
  await mutate(
    `createWebhook(name: "${path}", url: "${receiver.url}/${path}", format: STANDARD, after: NOW) { secret }`,
  )
// It worked when it was tried, or it would be disabled.
receiver.answer = (received, response, request) =>
  received.path === '/fails' ? answerWith(500)(received, response, request) : response.end()

const startedAt = Date.now()
const forMs = Number(options.minutes) * 60_000
const signal = AbortSignal.timeout(forMs)
const outcomes = new Map<string, number>()
const working = load({
  ...{ url: address, token, signal, draw: random(1) },
  note: (outcome) => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1),
})
const visiting = visit()
await sleep(forMs * 0.6)
await postgres.kill(outageMs)
console.log(`Postgres was away for ${outageMs / 1000} s.`)
await Promise.all([working, visiting])
await sleep(scrapeSeconds * 1_000)

const endedAt = Date.now()
const rules = await prometheus.ask<{ groups: { rules: Rule[] }[] }>('rules', {})
for (const { name, state, health, lastError } of rules.groups.flatMap((group) => group.rules))
  console.log(`alert ${name}: ${state}${health === 'ok' ? '' : `, ${health} (${lastError})`}`)
await paint({
  ...{
    dashboard: JSON.parse(readFileSync(join(operations, 'grafana.json'), 'utf8')),
    picture: options.picture,
  },
  ...{ startedAt, endedAt, stepSeconds: scrapeSeconds, rateInterval: `${4 * scrapeSeconds}s` },
  range: (parameters) => prometheus.ask('query_range', parameters),
})
console.log(`${options.picture}: load ${loadavg()[0]?.toFixed(1)} at its end`)
for (const [outcome, count] of [...outcomes].toSorted()) console.log(`  ${outcome.slice(0, 150)} ×${count}`)
server.kill('SIGTERM')
await once(server, 'close')

interface Rule {
  readonly name: string
  readonly state: string
  readonly health: string
  readonly lastError?: string
}

async function mutate(field: string): Promise<void> {
  const response = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${admin}` },
    body: JSON.stringify({ query: `mutation { ${field} }` }),
  })
  const { errors } = (await response.json()) as { errors?: unknown }
  if (errors) throw new Error(JSON.stringify(errors))
}

/** What the load has not: a token that gives no rights, a trusted document, and readers who want mail. */
async function visit(): Promise<void> {
  const headers = { authorization: 'Bearer a-token-that-is-not' }
  for (let number = 0; !signal.aborted; number++) {
    await Promise.allSettled([
      fetch(`${address}/graphql?query={__typename}`, { headers, signal }),
      fetch(`${address}/graphql?documentId=front-page`, { signal }),
      number % 5 === 0 && mutate(`subscribeToDigest(address: "reader-${number}@example.org") { message }`),
    ])
    await sleep(3_000, undefined, { signal }).catch(() => {})
  }
}
