import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { QuestionName } from './peers-questions.ts'
import { type Contender, folder } from './peers-servers.ts'
import { postgresTimer } from './processor-time.ts'

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
    const [serverBefore, postgresMs] = [server.cpu(), postgresTimer(this.#postmaster)]
    this.#process.stdin.write(`${JSON.stringify({ url, connections, seconds, bodies: bodies[question] })}\n`)
    const { value } = await this.#lines.next()
    const loaded = JSON.parse(value ?? '') as Loaded
    const serverMs = server.cpu() - serverBefore
    if (loaded.failed > 0)
      throw new Error(`${name} did not answer ${loaded.failed} requests of ${question} with 200.`)
    return {
      perSecond: loaded.answered / loaded.seconds,
      serverMicros: (serverMs * 1000) / loaded.answered,
      postgresMicros: (postgresMs() * 1000) / loaded.answered,
      p50: loaded.p50,
      p99: loaded.p99,
    }
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
