import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { attacks, send } from './attack-vectors.ts'
import { startOurs, startServer } from './feed-servers.ts'
import { fillDatabase, startBenchCluster } from './filled-database.ts'

/**
 * Everything that attackers did to this server before it had limits, from one address, while ten honest clients ask
 * from ten others. Prints their errors and times without and with it, and what became of each attack. With a proxy
 * between, three more honest clients go around it: what they do not wait for is the proxy's own.
 * `npm run bench -- attack [--minutes N] [--papers N] [--proxy] [--only 'dear queries,idle connections'] [--folder DIR]`
 */
const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    papers: { type: 'string', default: '10000' },
    proxy: { type: 'boolean', default: false },
    only: { type: 'string', default: Object.keys(attacks).join(',') },
    folder: { type: 'string' },
  },
})

const helper = fileURLToPath(new URL('./attack-process.ts', import.meta.url))
const honestClients = 10
const questions = [
  '{ papers(first: 10) { nodes { title upvotes } } }',
  '{ edition { date listings(first: 10) { nodes { paper { title } } } } }',
  '{ search(text: "model", first: 5) { totalCount } }',
]

await using stack = new AsyncDisposableStack()
const { url } = await startBenchCluster(stack, options.folder)
await fillDatabase(url, Number(options.papers))
// As an operator starts it: no limit is another than by default.
const defaults = {
  CLIENT_POINTS: '',
  MAX_CONNECTIONS: '',
  MAX_CONNECTIONS_PER_ADDRESS: '',
  MAX_SOCKETS: '',
  MAX_SOCKETS_PER_ADDRESS: '',
  MAX_SUBSCRIPTIONS: '',
  MAX_SUBSCRIPTIONS_PER_ADDRESS: '',
}
const server = stack.use(
  await startOurs(url, undefined, { ...defaults, TRUST_PROXY: options.proxy ? '1' : 'none' }),
)
const front = options.proxy
  ? stack.use(
      await startServer({ args: [helper, 'proxy', String(server.port)], ready: /listening on (\d+)/ }),
    )
  : server

const around = options.proxy ? 3 : 0
const attackMs = Number(options.minutes) * 60_000
const quietMs = Math.min(20_000, attackMs)
const [quiet, quietAround] = await Promise.all([
  measure(quietMs, front.port, honestClients),
  measure(quietMs, server.port, around),
])
console.log(`without: ${told(quiet)}`)
if (around > 0) console.log(`without, around the proxy: ${told(quietAround)}`)
let mostKiB = server.memory()
const [cpuBefore, frontBefore] = [server.cpu(), front.cpu()]
const watching = setInterval(() => {
  mostKiB = Math.max(mostKiB, server.memory())
}, 500)
const attackers = spawn(
  process.execPath,
  [helper, 'attack', String(front.port), '127.0.0.2', String(attackMs / 1000), options.only],
  { stdio: ['ignore', 'pipe', 'inherit'] },
)
let printed = ''
attackers.stdout.on('data', (text) => {
  printed += text
})
const [attacked, attackedAround] = await Promise.all([
  measure(attackMs, front.port, honestClients),
  measure(attackMs, server.port, around),
])
if (attackers.exitCode === null) await once(attackers, 'exit')
clearInterval(watching)
console.log(`with: ${told(attacked)}`)
if (around > 0) {
  const share = ((front.cpu() - frontBefore) / attackMs).toFixed(2)
  console.log(`with, around the proxy: ${told(attackedAround)}; the proxy used ${share} cores`)
}
for (const [name, outcomes] of Object.entries(
  JSON.parse(printed) as Record<string, Record<string, number>>,
)) {
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ×${count}`)
  console.log(`  ${name}: ${counts.join(', ')}`)
}
const cpuShare = ((server.cpu() - cpuBefore) / attackMs).toFixed(2)
console.log(
  `server: ${Math.round(mostKiB / 1024)} MiB at most, ${Math.round(server.memory() / 1024)} MiB at the end, ${cpuShare} cores; load ${loadavg()[0]?.toFixed(1)}`,
)

interface Measured {
  readonly times: number[]
  readonly errors: Record<string, number>
}

/** Clients that each ask something light ten times a second. */
async function measure(forMs: number, port: number, clients: number): Promise<Measured> {
  const measured: Measured = { times: [], errors: {} }
  const untilMs = performance.now() + forMs
  const fail = (error: string) => {
    measured.errors[error] = (measured.errors[error] ?? 0) + 1
  }
  const client = async (number: number) => {
    for (let turn = number; performance.now() < untilMs; turn += 1) {
      const startedMs = performance.now()
      const body = JSON.stringify({ query: questions[turn % questions.length] })
      try {
        const status = await send({ port, from: `127.0.0.${3 + number}` }, body)
        if (status !== 200) fail(String(status))
      } catch (error) {
        fail(String((error as NodeJS.ErrnoException).code))
      }
      const tookMs = performance.now() - startedMs
      measured.times.push(tookMs)
      await sleep(Math.max(0, 100 - tookMs))
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)))
  return measured
}

function told({ times, errors }: Measured): string {
  const sorted = times.toSorted((one, other) => one - other)
  const at = (share: number) => `${Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0)} ms`
  const failed = Object.entries(errors).map(([error, count]) => `${error} ×${count}`)
  return `${times.length} questions, p50 ${at(0.5)}, p99 ${at(0.99)}, errors ${failed.join(', ') || 'none'}`
}
