import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../database.ts'
import { claimDue, deferClaim, type Outbox, type OutboxRow, renewClaims, stateOfOutbox } from './claims.ts'

export interface OutboxWorkerOptions<Row extends OutboxRow> {
  /** Best with connections of its own and a short time limit for statements: claims must not queue behind requests. */
  readonly db: Db
  readonly outbox: Outbox<Row>
  /** Makes the deliveries of a claim and ends it with `settle`. Where it throws, it is due again after `retryMs`. */
  readonly work: (claim: Row, control: WorkControl) => Promise<void>
  /** Claims that this process works on at the same time. */
  readonly concurrency: number
  /** How long a claim stays with a process that gives no sign of life. It is renewed at a third of it. Default 30,000. */
  readonly leaseMs?: number
  /** The longest time between two looks: other processes may have added something. Default 15,000. */
  readonly pollIntervalMs?: number
  /** Between two looks that hints or times cause. Default 250. */
  readonly minIntervalMs?: number
  /** When work that threw is due again, and when a look that failed is repeated. Default 5,000. */
  readonly retryMs?: number
  /** The database cannot be reached, or `work` threw. Called each time. */
  readonly onError?: (error: unknown) => void
}

/** What work knows of its claim. */
export interface WorkControl {
  /**
   * Whether another delivery may be begun. False when the claim may have gone to somebody else, as after a process was
   * frozen, and when the worker is to end. What is done may still be recorded: `settle` knows whether it counts.
   */
  mayBegin(): boolean
  /** Aborts when the claim is lost, or when the time to finish is over: what goes on now goes on for nothing. */
  readonly signal: AbortSignal
}

export interface OutboxWorker {
  /** There may be something to do, e.g. the feed has moved. Only a hint: without it, it is found some seconds later. */
  wake(): void
  /** Claims that are worked on. */
  readonly running: number
  /** Claims nothing more, lets work that is running finish for so long, then aborts it, and resolves when it has ended. */
  close(patienceMs: number): Promise<void>
}

/**
 * Works on an outbox, beside any number of other processes. Looks for what is due when it is woken, when the next row
 * becomes due, when work has ended, and now and then. Never throws, whatever happens to Postgres.
 */
export function startOutboxWorker<Row extends OutboxRow>(options: OutboxWorkerOptions<Row>): OutboxWorker {
  const { db, outbox, work, concurrency, onError } = options
  const { leaseMs = 30_000, pollIntervalMs = 15_000, minIntervalMs = 250, retryMs = 5_000 } = options
  const jobs = new Set<Job<Row>>()
  const stopping = new AbortController()
  let hinted = Promise.withResolvers<void>()
  let freed = Promise.withResolvers<void>()
  /** There may be more that is due than there was room for. */
  let isFull = false

  function wake(): void {
    hinted.resolve()
  }

  function start(claim: Row, heldUntilMs: number): void {
    const job: Job<Row> = { claim, heldUntilMs, lost: new AbortController(), done: Promise.resolve() }
    jobs.add(job)
    job.done = run(job).then(() => {
      jobs.delete(job)
      if (isFull) freed.resolve()
      // It may be due again soon, and a claim keeps a look from finding what is due.
      wake()
    })
  }

  async function run(job: Job<Row>): Promise<void> {
    const { claim, lost } = job
    const control: WorkControl = {
      mayBegin: () => !stopping.signal.aborted && !lost.signal.aborted && performance.now() < job.heldUntilMs,
      signal: lost.signal,
    }
    let delayMs = 0
    try {
      await work(claim, control)
      if (!stopping.signal.aborted) return
    } catch (error) {
      if (!lost.signal.aborted) onError?.(error)
      delayMs = retryMs
    }
    // Where this fails too, the claim runs out.
    await deferClaim(db, outbox, claim, delayMs).catch(() => {})
  }

  /** Claims what there is room for. Returns for how long nothing more will be due. */
  async function look(): Promise<number> {
    const room = concurrency - jobs.size
    const heldUntilMs = performance.now() + leaseMs
    const claims = room > 0 ? await claimDue(db, outbox, { limit: room, leaseMs }) : []
    isFull = claims.length === room
    for (const claim of claims) start(claim, heldUntilMs)
    if (isFull) return pollIntervalMs
    const { nextInMs } = await stateOfOutbox(db, outbox)
    return Math.min(pollIntervalMs, nextInMs ?? pollIntervalMs)
  }

  async function lookUntilStopped(): Promise<void> {
    while (!stopping.signal.aborted) {
      hinted = Promise.withResolvers<void>()
      freed = Promise.withResolvers<void>()
      const nextRound = new AbortController()
      const pause = (delayMs: number) =>
        sleep(delayMs, undefined, { signal: nextRound.signal, ref: false }).catch(() => {})
      const rest = pause(minIntervalMs)
      const waitMs = await look().catch((error) => {
        onError?.(error)
        return retryMs
      })
      await Promise.race([freed.promise, Promise.race([hinted.promise, pause(waitMs)]).then(() => rest)])
      nextRound.abort()
    }
  }

  async function renew(): Promise<void> {
    const held = [...jobs].filter(({ lost }) => !lost.signal.aborted)
    if (held.length === 0) return
    const heldUntilMs = performance.now() + leaseMs
    const claims = held.map(({ claim }) => claim)
    const kept = new Set(await renewClaims(db, outbox, claims, leaseMs))
    for (const job of held) {
      if (kept.has(job.claim)) job.heldUntilMs = heldUntilMs
      else job.lost.abort()
    }
  }

  const looking = lookUntilStopped()
  let renewing = Promise.resolve()
  const renewal = setInterval(() => {
    renewing = renewing.then(renew).catch((error) => onError?.(error))
  }, leaseMs / 3).unref()

  return {
    wake,
    get running() {
      return jobs.size
    },
    async close(patienceMs) {
      stopping.abort()
      hinted.resolve()
      freed.resolve()
      const patience = setTimeout(() => {
        for (const { lost } of jobs) lost.abort()
      }, patienceMs)
      await looking
      await Promise.all([...jobs].map(({ done }) => done))
      clearTimeout(patience)
      clearInterval(renewal)
      await renewing
    },
  }
}

interface Job<Row> {
  readonly claim: Row
  /** Until then the claim is ours by our own clock, which began before that of the database. */
  heldUntilMs: number
  readonly lost: AbortController
  done: Promise<void>
}
