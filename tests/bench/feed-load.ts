import { append, ingested } from '../support/feed.ts'
import type { CountingClient } from './feed-clients.ts'
import { type BenchServer, startOurs } from './feed-servers.ts'
import { type BenchStore, median, pause, positionOf, prepareStores, subscriber } from './feed-setup.ts'

/**
 * The feed under loads of other shapes than one broadcast. `node tests/bench/feed-load.ts [filters|resume|idle|stalled …]`
 */
const scenarios: Record<string, (store: BenchStore) => Promise<void>> = { filters, resume, idle, stalled }

const asked = process.argv.slice(2).filter((word) => word in scenarios)
await using stack = new AsyncDisposableStack()
const [store] = await prepareStores(stack, ['load'])
if (store)
  for (const name of asked.length > 0 ? asked : Object.keys(scenarios)) await scenarios[name]?.(store)

/** Counts what comes to all clients, and tells when it is so much. */
function counter() {
  let received = 0
  let goal: { amount: number; reached: () => void } | undefined
  return {
    add() {
      received += 1
      if (goal && received >= goal.amount) goal.reached()
    },
    until(amount: number): Promise<void> {
      received = 0
      const { promise, resolve } = Promise.withResolvers<void>()
      goal = { amount, reached: resolve }
      return promise
    },
  }
}

async function open(
  server: BenchServer,
  amount: number,
  onMessage: () => void,
  filter?: (index: number) => string,
) {
  const after = await positionOf(server)
  const clients: CountingClient[] = []
  for (let from = 0; from < amount; from += 100) {
    const some = Array.from({ length: Math.min(100, amount - from) }, (_, index) => from + index)
    clients.push(
      ...(await Promise.all(some.map((index) => subscriber(server.port, onMessage, after, filter?.(index))))),
    )
    // Its turn comes after theirs: an address has a thousand requests that wait at most.
    await positionOf(server)
  }
  return clients
}

/** Two thousand clients, each with a filter of its own that lets the paper through. */
async function filters({ url, database, paper }: BenchStore): Promise<void> {
  const amount = 2000
  await using server = await startOurs(url, 0)
  const { add, until } = counter()
  const words = ['sparsity', 'large models', 'train cheaper', 'run']
  await open(
    server,
    amount,
    add,
    (index) => `{ text: "${words[index % 4]}", minUpvotes: 0, publishedTo: "${2100 + index}-01-01" }`,
  )
  const times: number[] = []
  const cpu: number[] = []
  for (let round = 0; round < 12; round++) {
    const all = until(amount)
    const before = server.cpu()
    const started = performance.now()
    await append(database.db, [ingested(paper)])
    await all
    if (round > 1) times.push(performance.now() - started)
    await pause(50)
    if (round > 1) cpu.push(server.cpu() - before)
  }
  const burst = until(20 * amount)
  const started = performance.now()
  await append(
    database.db,
    Array.from({ length: 20 }, () => ingested(paper)),
  )
  await burst
  const rate = (20 * amount * 1000) / (performance.now() - started)
  console.log(
    `filters: ${amount} distinct ones; one event to the last ${median(times).toFixed(1)} ms, CPU of the server ${median(cpu)} ms; 20 in one batch ${Math.round(rate)} deliveries/s`,
  )
}

/** A thousand clients come back at once, each with ten thousand events to catch up. */
async function resume({ url, database, paper }: BenchStore): Promise<void> {
  const [amount, backlog] = [1000, 10_000]
  await using server = await startOurs(url, 0)
  const idle = server.memory()
  const position = await positionOf(server)
  for (let sent = 0; sent < backlog; sent += 1000) {
    await append(
      database.db,
      Array.from({ length: 1000 }, () => ingested(paper)),
    )
  }
  const { add, until } = counter()
  const all = until(amount * backlog)
  const started = performance.now()
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, server.memory())
  }, 200)
  const clients = await Promise.all(
    Array.from({ length: amount }, () => subscriber(server.port, add, position)),
  )
  await all
  clearInterval(watch)
  const seconds = (performance.now() - started) / 1000
  console.log(
    `resume: ${amount} clients with ${backlog} events each: ${seconds.toFixed(1)} s, ${Math.round((amount * backlog) / seconds)} deliveries/s; memory ${Math.round(idle / 1024)} MiB before, ${Math.round(peak / 1024)} MiB at most`,
  )
  for (const { socket } of clients) socket.destroy()
}

/** Memory of five thousand subscribers to whom nothing happens. */
async function idle({ url }: BenchStore): Promise<void> {
  const amount = 5000
  await using server = await startOurs(url, 0)
  const warm = await open(server, 200, () => {})
  await pause(2000)
  const before = server.memory()
  const clients = await open(server, amount, () => {})
  await pause(15_000)
  console.log(
    `idle: ${((server.memory() - before) / amount).toFixed(1)} KiB for each of ${amount} subscribers`,
  )
  for (const { socket } of [...warm, ...clients]) socket.destroy()
}

/** A thousand healthy clients, without and with fifty that have stopped reading. */
async function stalled({ url, database, paper }: BenchStore): Promise<void> {
  const amount = 1000
  await using server = await startOurs(url, 0)
  const { add, until } = counter()
  await open(server, amount, add)
  const figures = async () => {
    const times: number[] = []
    for (let round = 0; round < 60; round++) {
      const all = until(amount)
      const started = performance.now()
      await append(database.db, [ingested(paper)])
      await all
      times.push(performance.now() - started)
    }
    const sorted = times.toSorted((one, other) => one - other)
    return `median ${median(times).toFixed(1)} ms, p99 ${sorted[Math.floor(sorted.length * 0.99)]?.toFixed(1)} ms`
  }
  await figures()
  console.log(`stalled: ${amount} healthy clients alone: ${await figures()}; again: ${await figures()}`)
  const asleep = await open(server, 50, () => {})
  for (const { socket } of asleep) socket.pause()
  for (let sent = 0; sent < 6000; sent += 500) {
    const all = until(500 * amount)
    await append(
      database.db,
      Array.from({ length: 500 }, () => ingested(paper)),
    )
    await all
  }
  console.log(
    `stalled: beside 50 that read nothing, after 6,000 events: ${await figures()}; again: ${await figures()}; memory ${Math.round(server.memory() / 1024)} MiB`,
  )
}
