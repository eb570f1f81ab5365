import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { type DatabaseHandle, openDatabase } from '../../db/database.ts'
import { startEmbedded } from '../../db/embedded/index.ts'
import { migrateToLatest } from '../../db/migrate.ts'
import { append, ingested } from '../support/feed.ts'
import { plant } from '../support/papers.ts'
import { databaseUrl } from '../support/urls.ts'
import { type CountingClient, openClient } from './feed-clients.ts'
import { type BenchServer, startBare, startOurs } from './feed-servers.ts'

/**
 * Fan-out: from the commit of an event to the last of N WebSocket clients, beside a bare `ws` server that sends the
 * same number of bytes on the same notification. Both run at once and are measured in turns. Servers on core 0;
 * clients, publisher and Postgres on core 1. `node tests/bench/feed.ts [N …] [--rounds R]`
 */
const document =
  'subscription { paperIngested { cursor previousCursor paper { id title abstract upvotes authors(first: 10) { nodes { name } } } } }'

/** Commits must not wait for the disk, or its speed is what is measured. */
const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

interface Side {
  readonly name: string
  readonly server: BenchServer
  readonly database: DatabaseHandle
  readonly paper: number
  open(onMessage: () => void): Promise<CountingClient>
}

interface Figures {
  single: number[]
  burst: number[]
  cpu: number[]
  singleCpu: number[]
  memory: number
}

async function main(): Promise<void> {
  const given = process.argv.slice(2)
  const at = given.indexOf('--rounds')
  const rounds = at === -1 ? 3 : Number(given[at + 1])
  const sizes = given.filter((word, index) => /^\d+$/.test(word) && index !== at + 1).map(Number)
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'daily-papers-bench-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const cluster = stack.use(
    await startEmbedded({
      dataDir: join(folder, 'pg'),
      database: 'postgres',
      sync: false,
      path: process.env.PATH,
      settings,
    }),
  )
  const stores = await Promise.all(['ours', 'bare'].map((name) => prepare(cluster.url, name, stack)))
  const [mine, others] = stores
  if (!mine || !others) throw new Error('There are two.')
  const size = await messageSize(mine.url)
  const ours = stack.use(await startOurs(mine.url, 0))
  const bare = stack.use(await startBare(others.url, size, 0))
  const sides: Side[] = [
    { name: 'ours', server: ours, ...mine, open: (onMessage) => subscriber(ours.port, onMessage) },
    {
      name: 'bare',
      server: bare,
      ...others,
      open: (onMessage) => openClient({ port: bare.port, path: '/', onMessage }),
    },
  ]
  console.log(`messages of ${size} bytes; ${rounds} rounds`)
  console.log(
    '     N  server   to the last, ms (median of 10)   deliveries/s (burst of 100)   CPU ms one/burst  KiB/client',
  )
  for (const clients of sizes.length > 0 ? sizes : [1, 100, 1000, 5000]) await compare(sides, clients, rounds)
}

async function compare(sides: readonly Side[], clients: number, rounds: number): Promise<void> {
  const figures = new Map<string, Figures>(
    sides.map(({ name }) => [name, { single: [], burst: [], cpu: [], singleCpu: [], memory: 0 }]),
  )
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 ? [...sides].reverse() : sides) {
      const found = figures.get(side.name)
      if (found) await measure(side, clients, found)
    }
  }
  const ratios = { single: 1, burst: 1 }
  for (const { name } of [...sides].reverse()) {
    const { single, burst, cpu, singleCpu, memory } = figures.get(name) as Figures
    const [one, many] = [median(single), median(burst)]
    const ratio = name === 'bare' ? '' : ` (${(one / ratios.single).toFixed(2)}x)`
    const rate = name === 'bare' ? '' : ` (${(many / ratios.burst).toFixed(2)}x)`
    if (name === 'bare') Object.assign(ratios, { single: one, burst: many })
    console.log(
      `${String(clients).padStart(6)}  ${name.padEnd(7)}${`${one.toFixed(1)}${ratio}`.padStart(22)}${`${Math.round(many)}${rate}`.padStart(30)}${`${median(singleCpu).toFixed(0)} / ${median(cpu).toFixed(0)}`.padStart(18)}${memory.toFixed(1).padStart(13)}`,
    )
  }
}

async function measure(side: Side, count: number, figures: Figures): Promise<void> {
  let received = 0
  let awaited = Number.POSITIVE_INFINITY
  let done = () => {}
  const onMessage = () => {
    received += 1
    if (received === awaited) done()
  }
  const before = side.server.memory()
  const clients: CountingClient[] = []
  for (let opened = 0; opened < count; opened += 100) {
    const some = Math.min(100, count - opened)
    clients.push(...(await Promise.all(Array.from({ length: some }, () => side.open(onMessage)))))
  }
  await pause(500)
  figures.memory ||= (side.server.memory() - before) / count
  const publish = async (events: number): Promise<number> => {
    received = 0
    awaited = events * count
    const all = new Promise<void>((resolve) => {
      done = resolve
    })
    const started = performance.now()
    for (let sent = 0; sent < events; sent += 1) await append(side.database.db, [ingested(side.paper)])
    await all
    return performance.now() - started
  }
  await publish(3)
  const idle = side.server.cpu()
  for (let event = 0; event < 10; event++) {
    figures.single.push(await publish(1))
    await pause(20)
  }
  figures.singleCpu.push((side.server.cpu() - idle) / 10)
  const cpu = side.server.cpu()
  figures.burst.push((100 * count * 1000) / (await publish(100)))
  figures.cpu.push(side.server.cpu() - cpu)
  for (const { socket } of clients) socket.destroy()
  await pause(500)
}

/** Resolves once it is subscribed for sure: an operation is refused or begun before the next message is read. */
async function subscriber(port: number, onMessage: () => void, query = document): Promise<CountingClient> {
  const ready = Promise.withResolvers<void>()
  const client = await openClient({
    port,
    path: '/graphql',
    protocol: 'graphql-transport-ws',
    onMessage: (_client, text) => {
      if (live) return onMessage()
      const said = text()
      if (said.includes('connection_ack')) {
        client.send({ type: 'subscribe', id: '1', payload: { query } })
        client.send({ type: 'subscribe', id: '2', payload: { query: '{ __typename }' } })
      } else if (said.includes('"id":"2"') && said.includes('complete')) ready.resolve()
    },
  })
  let live = false
  client.send({ type: 'connection_init' })
  await ready.promise
  live = true
  return client
}

async function prepare(clusterUrl: string, name: string, stack: AsyncDisposableStack) {
  const url = databaseUrl(clusterUrl, `bench_${name}`)
  const admin = openDatabase({ connectionString: clusterUrl, max: 1 })
  await sql.raw(`create database bench_${name}`).execute(admin.db)
  await admin.close()
  const database = stack.use(openDatabase({ connectionString: url, max: 4 }))
  await migrateToLatest(database.db)
  await plant(database.db, [
    {
      abstract: 'Sparsity is a way to make large models cheaper to train and to run. '.repeat(18),
      authors: Array.from({ length: 6 }, (_, index) => ({ name: `Author Number ${index}` })),
    },
  ])
  const { id: paper } = await database.db.selectFrom('paper').select('id').executeTakeFirstOrThrow()
  return { url, database, paper }
}

/** Of one result of the subscription, measured on a server of its own. */
async function messageSize(url: string): Promise<number> {
  await using server = await startOurs(url)
  const { promise, resolve } = Promise.withResolvers<number>()
  const query = document.replace('paperIngested', 'paperIngested(after: START)')
  const client = await openClient({
    port: server.port,
    path: '/graphql',
    protocol: 'graphql-transport-ws',
    onMessage: (_client, text) => {
      if (text().includes('connection_ack')) client.send({ type: 'subscribe', id: '1', payload: { query } })
      else resolve(Buffer.byteLength(text()))
    },
  })
  client.send({ type: 'connection_init' })
  const size = await promise
  client.socket.destroy()
  return size
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

await main()
