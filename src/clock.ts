import { setTimeout as sleep } from 'node:timers/promises'

/** Time and chance, so that a test can hold both. */
export interface Clock {
  now(): Date
  /** Resolves after the time; rejects with the signal's reason when that comes first. */
  wait(delayMs: number, signal?: AbortSignal): Promise<void>
  /** From 0 up to, not including, 1. */
  random(): number
}

export const systemClock: Clock = {
  now: () => new Date(),
  async wait(delayMs, signal) {
    try {
      await sleep(delayMs, undefined, signal && { signal })
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    }
  },
  random: Math.random,
}

/** Calls `tick` each time the interval has passed. Returns the way to stop. */
export function every(clock: Clock, intervalMs: number, tick: () => void): () => void {
  const stop = new AbortController()
  const run = async () => {
    for (;;) {
      await clock.wait(intervalMs, stop.signal)
      tick()
    }
  }
  run().catch((error) => {
    if (!stop.signal.aborted) throw error
  })
  return () => stop.abort()
}
