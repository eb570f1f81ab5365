import { type Clock, systemClock } from '../clock.ts'
import { isTransient } from '../faults.ts'

/** How a run bears that the database is away or busy. */
export interface Patience {
  /** Milliseconds for which one write is tried again. */
  readonly retryMs: number
  /** Called once for each write that has to be tried again, at its first failure. */
  readonly onRetry: (error: unknown) => void
  readonly clock?: Clock
}

const maxDelayMs = 10_000

/** Repeats work that can be repeated while its failures are transient; without patience, it runs once. */
export async function retryWhileTransient<Result>(
  work: () => Promise<Result>,
  patience: Patience | undefined,
  signal: AbortSignal | undefined,
): Promise<Result> {
  if (!patience) return work()
  const { retryMs, onRetry, clock = systemClock } = patience
  let failedSince: number | undefined
  for (let failures = 0; ; failures++) {
    try {
      return await work()
    } catch (error) {
      const now = clock.now().getTime()
      failedSince ??= now
      const leftMs = failedSince + retryMs - now
      if (!isTransient(error) || leftMs <= 0) throw error
      if (failures === 0) onRetry(error)
      const delayMs = Math.min(maxDelayMs, 500 * 2 ** failures) * (0.5 + clock.random() / 2)
      await clock.wait(Math.min(leftMs, delayMs), signal)
    }
  }
}
