import type { Db } from '../database.ts'
import { pruneLog } from './prune.ts'

export interface RetentionOptions {
  /** Events older than this many days by the database's clock are removed. */
  readonly days: number
  readonly onPruned?: (events: number) => void
  readonly onError?: (error: unknown) => void
}

const intervalMs = 3_600_000

/** Removes old events now and then. Any number of servers may do so at once: each event is removed by one of them. */
export function startRetention(db: Db, options: RetentionOptions): { close(): Promise<void> } {
  const { days, onPruned, onError } = options
  let running = Promise.resolve()
  const prune = async () => {
    try {
      const events = await pruneLog(db, days)
      if (events > 0) onPruned?.(events)
    } catch (error) {
      onError?.(error)
    }
  }
  const timer = setInterval(() => {
    running = running.then(prune)
  }, intervalMs).unref()
  running = prune()
  return {
    async close() {
      clearInterval(timer)
      await running
    },
  }
}
