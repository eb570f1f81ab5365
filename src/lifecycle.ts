import { within } from '../db/connection/within.ts'
import type { Logger } from './log.ts'

/** Whatever was opened, so that it can be closed in reverse. */
export interface Lifecycle {
  /** Remembers how to close what has just been opened. */
  opened(name: string, close: () => unknown, patienceMs?: number): void
  /** Closes everything, the newest first. What fails or takes too long is logged, and the rest goes on. */
  close(): Promise<void>
}

/** How long one thing may take to close before the next one is closed, unless it says otherwise. */
const closePatienceMs = 15_000
/** For what waits only for statements that are being answered: over a dead link none is. */
export const statementPatienceMs = 2_000

export function createLifecycle(log: Logger): Lifecycle {
  const closers: { name: string; close: () => unknown; patienceMs: number }[] = []
  let closing: Promise<void> | undefined

  async function closeAll(): Promise<void> {
    for (let closer = closers.pop(); closer; closer = closers.pop()) {
      try {
        await within(closer.patienceMs, closer.close())
      } catch (error) {
        log.warn(`Closing the ${closer.name} failed.`, { error })
      }
    }
  }

  return {
    opened: (name, close, patienceMs = closePatienceMs) => closers.push({ name, close, patienceMs }),
    close: () => {
      closing ??= closeAll()
      return closing
    },
  }
}
