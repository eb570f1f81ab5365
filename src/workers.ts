import cluster, { type Worker } from 'node:cluster'
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
  /** Settles with the reason when one ended and no other could take its place. */
  readonly failed: Promise<StartError>
  /** Ends all, and resolves when they have ended: by themselves within the time, in milliseconds, or killed. */
  close(patienceMs: number): Promise<void>
}

/** What a worker says once it answers. */
interface Serving {
  readonly serving: string
}

const stopMessage = 'stop'

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
 * others find all done. One that ends later is replaced; one that ends before it answers is the end of all.
 */
export async function startWorkers({ amount, env, log }: WorkersOptions): Promise<Workers> {
  const running = new Set<Worker>()
  const failed = Promise.withResolvers<StartError>()
  let stopping = false

  function start(): Promise<string> {
    const worker = cluster.fork(env)
    running.add(worker)
    const { promise: serving, resolve, reject } = Promise.withResolvers<string>()
    let answers = false
    worker.on('message', ({ serving: url }: Partial<Serving>) => {
      if (url === undefined) return
      answers = true
      resolve(url)
    })
    worker.once('exit', (code, signal) => {
      running.delete(worker)
      const how = `process ${worker.process.pid}, ${signal ?? `code ${code}`}`
      reject(new StartError(`A worker (${how}) ended before it could answer: its messages are above.`))
      if (stopping || !answers) return
      log.error(`A worker ended (${how}): another one takes its place.`)
      start().catch(failed.resolve)
    })
    return serving
  }

  async function close(patienceMs: number): Promise<void> {
    stopping = true
    const ended = [...running].map((worker) => new Promise((resolve) => worker.once('exit', resolve)))
    for (const worker of running) if (worker.isConnected()) worker.send(stopMessage, () => {})
    const kill = setTimeout(() => {
      log.warn(`${running.size} workers did not stop in ${patienceMs} ms and were killed.`)
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
