import type { Clock } from '../../src/clock.ts'
import { awaiting } from './patience.ts'

/** A clock that a test holds: time passes only when something waits for it, or when `advance` says so. */
export interface TestClock extends Clock {
  /** Milliseconds of each wait so far. */
  readonly waits: number[]
  advance(milliseconds: number): void
}

/** Waits end at once and move the time on; chance is always one half. */
export function testClock(start = '2026-06-16T12:00:00.000Z'): TestClock {
  let time = Date.parse(start)
  const waits: number[] = []
  return {
    waits,
    now: () => new Date(time),
    random: () => 0.5,
    advance(milliseconds) {
      time += milliseconds
    },
    async wait(milliseconds, signal) {
      signal?.throwIfAborted()
      waits.push(milliseconds)
      time += milliseconds
    },
  }
}

/** A clock whose waits end when the test lets them. */
export interface SteppedClock extends Clock {
  /** Resolves with the milliseconds of the next wait once it has begun; `pass` ends it. */
  nextWait(): Promise<{ milliseconds: number; pass: () => void }>
}

export function steppedClock(start = '2026-06-16T12:00:00.000Z'): SteppedClock {
  let time = Date.parse(start)
  const begun: { milliseconds: number; pass: () => void }[] = []
  let arrived = Promise.withResolvers<void>()
  return {
    now: () => new Date(time),
    random: () => 0.5,
    wait(milliseconds, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      if (signal?.aborted) reject(signal.reason)
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      const pass = () => {
        time += milliseconds
        resolve()
      }
      begun.push({ milliseconds, pass })
      arrived.resolve()
      return promise
    },
    async nextWait() {
      for (;;) {
        const wait = begun.shift()
        if (wait) return wait
        arrived = Promise.withResolvers()
        await awaiting(() => 'the next wait of a stepped clock', arrived.promise)
      }
    },
  }
}

/** A clock that stands still until a test advances it; the waits that are due by then end. */
export interface ManualClock extends Clock {
  advance(milliseconds: number): void
}

export function manualClock(start = '2026-06-16T12:00:00.000Z'): ManualClock {
  let time = Date.parse(start)
  const waits = new Set<{ dueAt: number; end: () => void }>()
  return {
    now: () => new Date(time),
    random: () => 0.5,
    async wait(milliseconds, signal) {
      signal?.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const wait = { dueAt: time + milliseconds, end: resolve }
      waits.add(wait)
      const abort = () => reject(signal?.reason)
      signal?.addEventListener('abort', abort, { once: true })
      await promise.finally(() => {
        waits.delete(wait)
        signal?.removeEventListener('abort', abort)
      })
    },
    advance(milliseconds) {
      time += milliseconds
      for (const { dueAt, end } of waits) if (dueAt <= time) end()
    },
  }
}
