import type { DatabaseHandle } from '../../db/database.ts'
import { append, ingested } from '../support/feed.ts'
import { type CountingClient, openClient } from './feed-clients.ts'
import { type BenchServer, startBare, startOurs } from './feed-servers.ts'
import { median, messageSize, pause, positionOf, prepareStores, subscriber } from './feed-setup.ts'

/**
 * Fan-out: from the commit of an event to the last of N WebSocket clients, beside a bare `ws` server that sends the
 * same number of bytes on the same notification. Both run at once and are measured in turns. Servers on core 0;
 * clients, publisher and Postgres on core 1. `node tests/bench/feed.ts [N …] [--rounds R]`
 */
interface Side {
  readonly name: string
  readonly server: BenchServer
  readonly database: DatabaseHandle
  readonly paper: number
  /** Where its feed stands, if it has one. */
  position(): Promise<string>
  open(onMessage: () => void, after: string): Promise<CountingClient>
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
  const stores = await prepareStores(stack, ['ours', 'bare'])
  const [mine, others] = stores
  if (!mine || !others) throw new Error('There are two.')
  const size = await messageSize(mine.url)
  const ours = stack.use(await startOurs(mine.url, 0))
  const bare = stack.use(await startBare(others.url, size, 0))
  const sides: Side[] = [
    {
      name: 'ours',
      server: ours,
      ...mine,
      position: () => positionOf(ours),
      open: (onMessage, after) => subscriber(ours.port, onMessage, after),
    },
    {
      name: 'bare',
      server: bare,
      ...others,
      position: async () => '',
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
  const after = await side.position()
  for (let opened = 0; opened < count; opened += 100) {
    const some = Math.min(100, count - opened)
    clients.push(...(await Promise.all(Array.from({ length: some }, () => side.open(onMessage, after)))))
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

await main()
