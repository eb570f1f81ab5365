import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { openDatabase } from '../../db/database.ts'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createLogger } from '../../src/log.ts'
import { median } from './feed-setup.ts'
import { fillDatabase, startBenchCluster } from './filled-database.ts'
import { ourBodies, settingsOf } from './peers-questions.ts'
import { createPeerTables } from './peers-tables.ts'

/**
 * What counting takes: processor time of Node for a request to a server with metrics, and to one without. Both stand in
 * one process, which runs the same code for both, and are asked in turns of a tenth of a second; two processes of the
 * same server differ by more than what is looked for. A third server, without metrics too, shows what the comparison is
 * worth. Prints the medians of the ratios of all rounds, with the interval that holds the true median 95 times of 100.
 * `npm run bench -- counters [--papers N] [--folder DIR] [--rounds N] [--requests N]`
 */
interface Turn {
  readonly port: number
  readonly bodies: readonly string[]
  readonly requests: number
}

const sockets = 16

/** Asks in a process of its own, so that the time of this one is that of the servers. */
async function ask({ port, bodies, requests }: Turn): Promise<void> {
  let begun = 0
  await Promise.all(
    Array.from({ length: sockets }, async () => {
      const socket = connect(port, '127.0.0.1').setNoDelay()
      await once(socket, 'connect')
      let received = ''
      const send = () => {
        const body = bodies[begun % bodies.length] ?? ''
        begun += 1
        const headers = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}`
        socket.write(`POST /graphql HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n\r\n${body}`)
      }
      const ended = Promise.withResolvers<void>()
      socket.setEncoding('latin1').on('data', (part) => {
        received += part
        const headersEnd = received.indexOf('\r\n\r\n')
        const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? Number.NaN)
        if (headersEnd < 0 || received.length < headersEnd + 4 + length) return
        if (!received.startsWith('HTTP/1.1 200')) ended.reject(new Error(received.slice(0, headersEnd)))
        received = ''
        if (begun < requests) send()
        else ended.resolve()
      })
      send()
      await ended.promise
      socket.destroy()
    }),
  )
}

if (process.argv[2] === 'ask') {
  process.on('message', async (turn: Turn) => {
    await ask(turn)
    process.send?.('asked')
  })
} else await compare()

async function compare(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      papers: { type: 'string', default: '1000' },
      folder: { type: 'string' },
      rounds: { type: 'string', default: '300' },
      requests: { type: 'string', default: '1500' },
    },
  })
  await using stack = new AsyncDisposableStack()
  const { url } = await startBenchCluster(stack, options.folder)
  await fillDatabase(url, Number(options.papers))
  const handle = openDatabase({ connectionString: url, max: 1, statementTimeoutMs: 0 })
  await createPeerTables(handle.db)
  const bodies = await ourBodies(await settingsOf(handle.db))
  await handle.close()
  const asking = fork(import.meta.filename, ['ask'])
  stack.defer(() => void asking.disconnect())

  console.log(
    `| question | µs without | with metrics / without | without / without |\n| --- | --- | --- | --- |`,
  )
  for (const [name, question, kept] of [
    ['typename', 'typename', false],
    ['one paper, kept', 'point', true],
    ['one paper', 'point', false],
    ['feed page', 'feed', false],
  ] as const) {
    await using apps = new AsyncDisposableStack()
    const ports: number[] = []
    for (const metrics of [true, false, false]) {
      const config = readConfig({
        ...{ DATABASE_URL: url, PORT: '0', PLANT_SEEDS: 'off', CLIENT_POINTS: '1000000000' },
        ...(!kept && { RESPONSE_CACHE_BYTES: '0' }),
        ...(metrics && { METRICS_TOKEN: 'nobody-asks-with-this-token' }),
      })
      const app = await startApp(
        config,
        createLogger({ level: 'error', format: 'text', write: console.error }),
      )
      apps.defer(() => app.close())
      ports.push(Number(new URL(app.url).port))
    }
    const timed = async (port: number): Promise<number> => {
      const before = process.cpuUsage()
      asking.send({ port, bodies: bodies[question], requests: Number(options.requests) } satisfies Turn)
      await once(asking, 'message')
      const { user, system } = process.cpuUsage(before)
      return (user + system) / Number(options.requests)
    }
    const ratios = { counted: [] as number[], same: [] as number[] }
    const micros: number[] = []
    const warmUp = 10
    for (let round = -warmUp; round < Number(options.rounds); round += 1) {
      const taken = new Map<number, number>()
      // Each server goes first, second and last as often as the others.
      const order = [0, 1, 2].map((place) => (place + round + warmUp) % 3)
      for (const at of order) taken.set(at, await timed(ports[at] ?? 0))
      const [counted = 0, first = 0, second = 0] = [0, 1, 2].map((at) => taken.get(at) ?? 0)
      if (round < 0) continue
      micros.push(first)
      ratios.counted.push((2 * counted) / (first + second))
      ratios.same.push(first / second)
    }
    console.log(
      `| ${name} | ${median(micros).toFixed(1)} | ${described(ratios.counted)} | ${described(ratios.same)} |`,
    )
  }
  console.log(`\nLoad ${loadavg()[0]?.toFixed(1)}.`)
}

/** A median, with the ranks around it that hold the true one 95 times of 100 (binomial distribution). */
function described(ratios: readonly number[]): string {
  const sorted = ratios.toSorted((one, other) => one - other)
  const half = 0.98 * Math.sqrt(sorted.length)
  const at = (rank: number) => (sorted[Math.round(sorted.length / 2 + rank)] ?? Number.NaN).toFixed(3)
  return `${median(sorted).toFixed(3)} (${at(-half)} to ${at(half - 1)})`
}
