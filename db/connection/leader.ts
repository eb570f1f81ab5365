import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../database.ts'
import { untilAborted } from './held-session.ts'
import { type HeldLease, holdsLease, releaseLease, renewLease, takeLease } from './lease.ts'

export interface LeaderOptions {
  /** Best with a short time limit for statements: what renews the lease must not wait long. */
  readonly db: Db
  /** Names the work that only one process on this database does at a time. */
  readonly name: string
  /** Stops leading and waits for the work to end. */
  readonly signal: AbortSignal
  /** Called once per outage, when the database cannot be reached or the lease is lost. */
  readonly onLost?: (error: Error) => void
  /** How long a leader that does not answer keeps its place. It renews at a third of it. Default 30,000. */
  readonly leaseMs?: number
  /** Milliseconds between attempts to take over. Default 1,000. */
  readonly retryIntervalMs?: number
}

/** This process is not the leader any more. */
class DeposedError extends Error {
  override name = 'DeposedError'
}

/** The place of the leader, for as long as it is ours. */
export interface Leadership {
  /** Aborts when the place is lost, or when leading is to end. */
  readonly signal: AbortSignal
  /** To be called in each transaction that writes, before its commit. Throws DeposedError when the place is lost. */
  readonly assertHeld: (trx: Db) => Promise<void>
}

/**
 * Runs `work` while this process leads, and waits otherwise. Leading is a lease in the database: who is frozen, or
 * whose link is silent, loses it when it runs out. Such a process may wake up and still be at work for a moment, so
 * `work` has to check before each commit. Resolves, and never rejects, when the signal ends it and `work` has ended.
 */
export async function lead(
  options: LeaderOptions,
  work: (leadership: Leadership) => Promise<void>,
): Promise<void> {
  const { db, name, signal, onLost, leaseMs = 30_000, retryIntervalMs = 1_000 } = options
  const owner = `${hostname()} ${process.pid} ${randomUUID()}`
  let failing = false
  while (!signal.aborted) {
    try {
      const askedMs = performance.now()
      const lease = await takeLease(db, { name, owner, leaseMs })
      failing = false
      if (lease) await workWhileHeld({ db, lease, leaseMs, askedMs, signal }, work)
    } catch (error) {
      if (signal.aborted) return
      if (!failing) onLost?.(error instanceof Error ? error : new Error(String(error)))
      failing = true
    }
    await pause(retryIntervalMs, signal)
  }
}

interface Holding {
  readonly db: Db
  readonly lease: HeldLease
  readonly leaseMs: number
  /** When the lease was asked for: it began after that. */
  readonly askedMs: number
  readonly signal: AbortSignal
}

async function workWhileHeld(
  holding: Holding,
  work: (leadership: Leadership) => Promise<void>,
): Promise<void> {
  const { db, lease, signal } = holding
  const lost = new AbortController()
  const done = new AbortController()
  const assertHeld = async (trx: Db) => {
    if (!lost.signal.aborted && !(await holdsLease(trx, lease))) lost.abort(deposed())
    lost.signal.throwIfAborted()
  }
  const renewing = renewUntil(holding, lost, done.signal)
  try {
    await work({ signal: AbortSignal.any([signal, lost.signal]), assertHeld })
    lost.signal.throwIfAborted()
  } finally {
    done.abort()
    await renewing
    if (!lost.signal.aborted) await releaseLease(db, lease).catch(() => {})
  }
}

/** A renewal that fails is tried again until the lease has run out by our own clock too. */
async function renewUntil(
  { db, lease, leaseMs, askedMs }: Holding,
  lost: AbortController,
  done: AbortSignal,
): Promise<void> {
  const giveUp = () => lost.abort(deposed())
  const giveUpAfter = (startedMs: number) => setTimeout(giveUp, startedMs + leaseMs - performance.now())
  let end = giveUpAfter(askedMs)
  const ended = AbortSignal.any([done, lost.signal])
  const aborted = untilAborted(ended)
  let delayMs = leaseMs / 3
  while (!ended.aborted) {
    await sleep(delayMs, undefined, { signal: ended }).catch(() => {})
    if (ended.aborted) break
    const startedMs = performance.now()
    try {
      const isHeld = await Promise.race([renewLease(db, lease, leaseMs), aborted])
      if (ended.aborted) break
      clearTimeout(end)
      if (isHeld) end = giveUpAfter(startedMs)
      else giveUp()
      delayMs = leaseMs / 3
    } catch {
      delayMs = leaseMs / 10
    }
  }
  clearTimeout(end)
}

function deposed(): DeposedError {
  return new DeposedError('Another process may have taken over: the lease was not renewed in time.')
}

/** Waits between half of the time and all of it, so that servers do not ask in step. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const time = milliseconds * (0.5 + Math.random() / 2)
  await sleep(time, undefined, { signal, ref: false }).catch(() => {})
}
