import type { Db } from '../database.ts'

const mebi = 1024 * 1024

export const feedDefaults = {
  /** Events that the tail holds at most. */
  tailEvents: 2048,
  /** Characters of data that the tail holds at most. */
  tailSize: 8 * mebi,
  /** Characters of log pages that are kept for readers that are behind. */
  logPagesSize: 8 * mebi,
  /** Of the listener; see ListenerOptions. */
  pollIntervalMs: 5_000,
  checkIntervalMs: 15_000,
  timeoutMs: 5_000,
  maxRetryDelayMs: 10_000,
}

/** A reading that has not come on for this long is given up. Longer than a statement may take, which says more. */
export const readDeadlineMs = 10_000

export interface FeedOptions extends Partial<typeof feedDefaults> {
  readonly db: Db
  /**
   * For readings at the head of the log, which all subscribers wait for: best with connections of its own, so that they
   * queue behind nothing, and a short time limit. Default `db`.
   */
  readonly headDb?: Db
  /** For the connection that listens: Postgres itself, or a pooler in session mode. */
  readonly connectionString: string
  /** The listener lost its connection or the log could not be read; called once per outage. */
  readonly onError?: (error: Error) => void
  /** The log was read to its end, as it is every few seconds. */
  readonly onRead?: () => void
}
