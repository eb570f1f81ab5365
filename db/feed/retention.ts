import type { Db } from '../database.ts'
import { pruneLog } from './log.ts'

export interface RetentionOptions {
  /** Events older than so many days are forgotten. */
  readonly days: number
  /** Milliseconds between looks. Default one hour. */
  readonly every?: number
  readonly onPruned?: (events: number) => void
  readonly onError?: (error: unknown) => void
}

const day = 86_400_000

/** Forgets old events now and then. Any number of instances may do so: each batch is gone once, whoever was first. */
export function startRetention(db: Db, options: RetentionOptions): { close(): Promise<void> } {
  const { days, every = 3_600_000, onPruned, onError } = options
  let running = Promise.resolve()
  const prune = async () => {
    try {
      const events = await pruneLog(db, new Date(Date.now() - days * day))
      if (events > 0) onPruned?.(events)
    } catch (error) {
      onError?.(error)
    }
  }
  const timer = setInterval(() => {
    running = running.then(prune)
  }, every).unref()
  running = prune()
  return {
    async close() {
      clearInterval(timer)
      await running
    },
  }
}
