import cluster, { type Worker } from 'node:cluster'
import { AggregatorRegistry, type Registry } from '@prometheus-io/client'

/**
 * The metrics of all workers in one answer, whichever of them is asked: it asks the first process, which asks all. Not by
 * the client library's own way, which forgets what a worker has counted that was killed: sums would fall, and Prometheus
 * would take each for a counter that began anew.
 */

type Readings = Awaited<ReturnType<Registry['getMetricsAsJSON']>>

/** What workers and the first process say to each other. */
interface Message {
  /** From a worker, with a number of its own: it wants the metrics of all. */
  readonly metricsWanted?: number
  /** The answer. */
  readonly metricsOfAll?: { readonly id: number; readonly text: string }
  /** From the first process: it wants the metrics of a worker. */
  readonly metricsAsked?: true
  /** The answer. */
  readonly metricsOfWorker?: Readings
}

/** How long workers may take for an answer; one that takes longer is counted as it was when it last answered. */
const patienceMs = 2_000

/** In a worker: a reading of the metrics of all, as text. */
export function metricsOfWorkers(registry: Registry): () => Promise<string> {
  const waiting = new Map<number, (text: string) => void>()
  let lastId = 0
  process.on('message', async ({ metricsAsked, metricsOfAll }: Message) => {
    if (metricsAsked) {
      const metricsOfWorker = await registry.getMetricsAsJSON()
      if (process.connected) process.send?.({ metricsOfWorker } satisfies Message)
    }
    if (metricsOfAll) {
      waiting.get(metricsOfAll.id)?.(metricsOfAll.text)
      waiting.delete(metricsOfAll.id)
    }
  })
  return () => {
    lastId += 1
    const { promise, resolve } = Promise.withResolvers<string>()
    waiting.set(lastId, resolve)
    process.send?.({ metricsWanted: lastId } satisfies Message)
    return promise
  }
}

/** In the first process: answers workers that want the metrics of all. */
export function gatherMetrics(): void {
  const newest = new Map<Worker, Readings>()
  /** What workers have counted that have ended. */
  let ended: Readings = []
  let asked: Set<Worker> | undefined
  let answered = Promise.withResolvers<void>()
  let round: Promise<string> | undefined

  async function readAll(): Promise<string> {
    asked = new Set(Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined))
    answered = Promise.withResolvers()
    for (const worker of asked) worker.send({ metricsAsked: true } satisfies Message, () => {})
    const timeout = setTimeout(answered.resolve, patienceMs)
    await answered.promise
    clearTimeout(timeout)
    round = undefined
    return sumOf([ended, ...newest.values()]).metrics()
  }

  function done(worker: Worker): void {
    asked?.delete(worker)
    if (asked?.size === 0) answered.resolve()
  }

  cluster.on('message', async (worker, { metricsWanted: id, metricsOfWorker }: Message) => {
    if (metricsOfWorker) {
      newest.set(worker, metricsOfWorker)
      done(worker)
    }
    if (id === undefined) return
    round ??= readAll()
    const text = await round
    if (worker.isConnected()) worker.send({ metricsOfAll: { id, text } } satisfies Message, () => {})
  })
  cluster.on('exit', async (worker) => {
    done(worker)
    const last = newest.get(worker)
    newest.delete(worker)
    if (!last) return
    const counted = last.filter(({ type }) => type === 'counter' || type === 'histogram')
    ended = await sumOf([ended, counted]).getMetricsAsJSON()
  })
}

function sumOf(readings: readonly Readings[]): Registry {
  return AggregatorRegistry.aggregate([...readings])
}
