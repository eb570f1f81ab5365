import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { childrenOf } from '../support/processes.ts'
import type { QuestionName } from './peers-questions.ts'
import { type Contender, folder } from './peers-servers.ts'

/** What one run of a question gave. */
export interface Run {
  /** Requests that were answered in a second. */
  readonly perSecond: number
  /** Processor time of one request, in µs. */
  readonly serverMicros: number
  readonly postgresMicros: number
  /** Milliseconds in which half of the requests, and 99 of 100, were answered. */
  readonly p50: number
  readonly p99: number
}

interface Loaded {
  readonly answered: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
  readonly failed: number
}

/** Asks servers from a process of its own. */
export class Load implements Disposable {
  readonly #process = spawn(process.execPath, [join(folder, 'load.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  readonly #lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
  readonly #postmaster: number

  constructor(postmaster: number) {
    this.#postmaster = postmaster
  }

  async run(
    { name, url, server, bodies }: Contender,
    question: QuestionName,
    connections: number,
    seconds: number,
  ): Promise<Run> {
    const [serverBefore, postgresBefore] = [server.cpu(), this.#postgresMs()]
    this.#process.stdin.write(`${JSON.stringify({ url, connections, seconds, bodies: bodies[question] })}\n`)
    const { value } = await this.#lines.next()
    const loaded = JSON.parse(value ?? '') as Loaded
    const serverMs = server.cpu() - serverBefore
    let postgresMs = 0
    for (const [pid, ms] of this.#postgresMs()) postgresMs += ms - (postgresBefore.get(pid) ?? 0)
    if (loaded.failed > 0)
      throw new Error(`${name} did not answer ${loaded.failed} requests of ${question} with 200.`)
    return {
      perSecond: loaded.answered / loaded.seconds,
      serverMicros: (serverMs * 1000) / loaded.answered,
      postgresMicros: (postgresMs * 1000) / loaded.answered,
      p50: loaded.p50,
      p99: loaded.p99,
    }
  }

  /** Processor time so far of each process that Postgres has, in ms. */
  #postgresMs(): Map<number, number> {
    const files = childrenOf(this.#postmaster).map((pid) => [pid, `/proc/${pid}/schedstat`] as const)
    // Some end while we look.
    const running = files.filter(([, file]) => existsSync(file))
    return new Map(
      running.map(([pid, file]) => [pid, Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6]),
    )
  }

  [Symbol.dispose](): void {
    this.#process.kill()
  }
}

/** Keeps this process and its children on a core. False where there is no `taskset` or no second core. */
export function pinTo(core: number): boolean {
  const { status } = spawnSync('taskset', ['-acp', String(core), String(process.pid)])
  return status === 0
}
