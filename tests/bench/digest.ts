import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import { SMTPServer } from 'smtp-server'
import { migrateToLatest } from '../../db/connection/migrate.ts'
import { openDatabase } from '../../db/database.ts'
import { readMailState } from '../../db/digest/deliveries.ts'
import { listPapers } from '../support/digest.ts'
import { startRestartable } from './restartable.ts'

/**
 * One edition mailed to many readers by two processes. They, and Postgres itself, are killed and started again meanwhile;
 * `--away` is how long Postgres stays away each time. Prints mails lost and doubled, and what a mail costs.
 * `npm run bench -- digest [--readers N] [--papers P] [--kills K] [--postgres-kills K] [--away SECONDS]`
 */
const { values } = parseArgs({
  options: {
    readers: { type: 'string', default: '10000' },
    papers: { type: 'string', default: '50' },
    kills: { type: 'string', default: '10' },
    'postgres-kills': { type: 'string', default: '3' },
    away: { type: 'string', default: '5' },
  },
})
const readers = Number(values.readers)
const kills = Number(values.kills)
const postgresKills = Number(values['postgres-kills'])
const filters = [
  {},
  { text: 'diffusion' },
  { text: 'agents or robots' },
  { minUpvotes: 10 },
  { text: 'no such word' },
]
const words = ['diffusion', 'agents', 'speech', 'robots', 'proofs']

await using stack = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'daily-papers-digest-'))
stack.defer(() => rm(folder, { recursive: true, force: true }))
// What is committed survives the end of the process, though not that of the machine.
const cluster = stack.use(await startRestartable(folder))
const handle = stack.use(openDatabase({ connectionString: cluster.url, max: 4, onError: () => {} }))
const { db } = handle
await migrateToLatest(db)
await listPapers(
  db,
  '2026-06-16',
  Array.from(
    { length: Number(values.papers) },
    (_, index) => `Paper ${index} on ${words[index % words.length]}`,
  ),
)
await sql`
  insert into mail_subscriber (address, address_key, status, cadence, weekday, hour, zone, filter, format, next_due_at, asked_at)
  select 'reader' || n || '@example.org', 'reader' || n || '@example.org', 'active', 'daily', 1, 7, 'UTC',
    ${JSON.stringify(filters)}::jsonb -> (n % ${filters.length}), 'both', now() - interval '1 minute', now()
  from generate_series(1, ${readers}) n`.execute(db)

/** How often each mail came, by its Message-ID. */
const came = new Map<string, number>()
let bytes = 0
const relay = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  logger: false,
  closeTimeout: 100,
  onData(stream, _session, callback) {
    let head = ''
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (head.length < 4_000) head += chunk.toString('latin1')
    })
    stream.on('end', () => {
      const [, id = ''] = /^message-id:\s*(\S+)/im.exec(head) ?? []
      came.set(id, (came.get(id) ?? 0) + 1)
      callback()
    })
  },
})
relay.on('error', () => {})
relay.listen(0, '127.0.0.1')
await once(relay.server, 'listening')
stack.defer(() => relay.close())
const url = `smtp://127.0.0.1:${(relay.server.address() as AddressInfo).port}`

let cpuMs = 0
let peakKib = 0
const senders = [startSender(), startSender()]
const started = performance.now()
let postgresKilled = 0
for (let killed = 0; ; ) {
  await sleep(kills === 0 ? 500 : 1_000 + Math.random() * 1_000)
  // One that finds no Postgres when it starts ends, and is started again as a supervisor would.
  for (const [place, sender] of senders.entries())
    if (sender.exitCode !== null) senders[place] = startSender()
  const seen = await readMailState(db).catch(() => undefined)
  if (!seen) continue
  const { sent, skipped, due } = seen
  for (const sender of senders) peakKib = Math.max(peakKib, statusOf(sender, 'VmHWM'))
  if (sent + skipped >= readers && due === 0) break
  if (postgresKilled < postgresKills && killed >= ((postgresKilled + 1) * kills) / (postgresKills + 1)) {
    postgresKilled += 1
    await cluster.kill(Number(values.away) * 1000)
  }
  if (killed >= kills) continue
  const place = killed % senders.length
  const [victim] = senders.splice(place, 1)
  if (victim) await stop(victim)
  senders.push(startSender())
  killed += 1
}
const seconds = (performance.now() - started) / 1000
await Promise.all(senders.map(stop))
const state = await readMailState(db)
const { rows } = await sql<{ size: string }>`
  select pg_size_pretty(pg_total_relation_size('mail_delivery') + pg_total_relation_size('mail_subscriber')) as size`.execute(
  db,
)
const doubled = [...came.values()].reduce((sum, times) => sum + times - 1, 0)
console.log(
  `readers ${readers}, senders killed ${kills}, Postgres killed ${postgresKilled} times for ${values.away} s, ${seconds.toFixed(0)} s`,
)
console.log(
  `mails: ${came.size} of ${state.sent} sent, lost ${state.sent - came.size}, doubled ${doubled}, without news ${state.skipped}, failed ${state.failed}`,
)
console.log(
  `each: ${(cpuMs / (came.size + doubled)).toFixed(2)} ms of CPU of the senders, ${(bytes / (came.size + doubled) / 1000).toFixed(1)} kB`,
)
console.log(`peak of a sender ${(peakKib / 1024).toFixed(0)} MiB, tables ${rows[0]?.size}`)

function startSender(): ChildProcess {
  const file = join(import.meta.dirname, 'digest-sender.ts')
  return spawn(process.execPath, [file, cluster.url, url], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}

/** kill -9, after its time was read. */
async function stop(sender: ChildProcess): Promise<void> {
  if (sender.exitCode !== null) return
  const ticks = readFileSync(`/proc/${sender.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  cpuMs += (Number(ticks[11]) + Number(ticks[12])) * 10
  const ended = once(sender, 'exit')
  sender.kill('SIGKILL')
  await ended
}

function statusOf({ pid, exitCode }: ChildProcess, name: string): number {
  if (exitCode !== null) return 0
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
}
