import cluster, { type Worker } from 'node:cluster'
import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from '../db/error.ts'
import { StartError } from './faults.ts'
import type { Logger } from './log.ts'

/**
 * Equal processes that share one port. `node:cluster` and not `reusePort`, which macOS does not have for TCP: the first
 * process accepts connections and hands them to the workers in turn, so that lasting ones are spread evenly, too.
 */

export interface WorkersOptions {
  readonly amount: number
  /** Variables that workers get beside those of this process. */
  readonly env: Readonly<Record<string, string>>
  readonly log: Logger
}

export interface Workers {
  /** Where they answer. */
  readonly url: string
  /** Settles with the reason when none answers and no other could take the place of the last one. */
  readonly failed: Promise<StartError>
  /** Ends all, and resolves when they have ended: by themselves within the time, in milliseconds, or killed. */
  close(patienceMs: number): Promise<void>
}

/** What a worker says once it answers. */
interface Serving {
  readonly serving: string
}

const stopMessage = 'stop'

/** Seconds between two attempts to replace a worker: longer each time, as an outage of the database can last. */
const retrySeconds = [1, 2, 5, 10, 30]

/** Whether this process is a worker. */
export const isWorker = cluster.isWorker

/** In a worker that has closed all else: ends its connection to the first process, which would keep it alive. */
export function leaveWorkers(): void {
  cluster.worker?.disconnect()
}

/** In a worker: tells the first process that it answers. */
export function tellServing(url: string): void {
  process.send?.({ serving: url } satisfies Serving)
}

/**
 * In a worker: resolves when it is to stop, because the first process says so, or at a SIGTERM of its own. Ctrl-C reaches
 * all processes of a terminal; the first one decides what becomes of it. If that one is killed, Node ends the workers.
 */
export function stopOfWorker(): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const stop = () => resolve(undefined)
  process.on('SIGINT', () => {})
  process.on('SIGTERM', stop)
  process.on('message', (message) => {
    if (message === stopMessage) stop()
  })
  return promise
}

/**
 * Starts the program that runs again, `amount` times. The first worker starts alone: it brings the database to where the
 * others find all done; one that cannot start then is the end of all. One that ends later is replaced, as often as it
 * takes while another one answers: its clients must not pay for a database that refuses new connections.
 */
export async function startWorkers({ amount, env, log }: WorkersOptions): Promise<Workers> {
  const running = new Set<Worker>()
  const answering = new Set<Worker>()
  const failed = Promise.withResolvers<StartError>()
  let stopping = false

  function start(): Promise<string> {
    const worker = cluster.fork(env)
    running.add(worker)
    const { promise: serving, resolve, reject } = Promise.withResolvers<string>()
    worker.on('message', ({ serving: url }: Partial<Serving>) => {
      if (url === undefined) return
      answering.add(worker)
      resolve(url)
    })
    worker.once('exit', (code, signal) => {
      running.delete(worker)
      const how = `process ${worker.process.pid}, ${signal ?? `code ${code}`}`
      reject(new StartError(`A worker (${how}) ended before it could answer: its messages are above.`))
      if (!answering.delete(worker) || stopping) return
      log.error(`A worker ended (${how}): another one takes its place.`)
      void replace()
    })
    return serving
  }

  async function replace(): Promise<void> {
    for (let attempt = 0; !stopping; attempt++) {
      try {
        await start()
        return
      } catch (error) {
        if (answering.size === 0) return failed.resolve(error as StartError)
        const seconds = retrySeconds[attempt] ?? 30
        if (!stopping)
          log.warn(`${messageOf(error)} Trying again in ${seconds} s; ${answering.size} of ${amount} answer.`)
        await delay(seconds * 1000, undefined, { ref: false })
      }
    }
  }

  async function close(patienceMs: number): Promise<void> {
    stopping = true
    const ended = [...running].map((worker) => new Promise((resolve) => worker.once('exit', resolve)))
    for (const worker of running) if (worker.isConnected()) worker.send(stopMessage, () => {})
    const kill = setTimeout(() => {
      if (patienceMs > 0)
        log.warn(`Workers that did not stop in ${patienceMs} ms were killed: ${running.size}.`)
      for (const worker of running) worker.process.kill('SIGKILL')
    }, patienceMs)
    await Promise.all(ended)
    clearTimeout(kill)
  }

  try {
    const url = await start()
    await Promise.all(Array.from({ length: amount - 1 }, start))
    return { url, failed: failed.promise, close }
  } catch (error) {
    log.debug('Not all workers could start.', { reason: messageOf(error) })
    await close(0)
    throw error
  }
}
