import type { Feed } from '../db/feed/feed.ts'

/** What `/ready` answers. */
export interface Readiness {
  /** Why the server should get no requests at this moment; null if it can serve. */
  readonly reason: string | null
  /** Milliseconds since the last reading of the log of events that worked. */
  readonly feedAgeMs: number
}

export interface ReadinessChecks {
  readonly feed: Pick<Feed, 'readAgeMs'>
  /** Whether the database answers. Settles within a short time, and never rejects. */
  readonly answers: () => Promise<boolean>
  readonly isStopping: () => boolean
  /** How old the last reading of the log may be: older, and subscribers are not served. */
  readonly maxFeedAgeMs: number
}

/** Whether the server can answer queries and serve subscribers. Never rejects. */
export async function readiness(checks: ReadinessChecks): Promise<Readiness> {
  const { feed, answers, isStopping, maxFeedAgeMs } = checks
  const hasAnswered = await answers()
  const feedAgeMs = Math.round(feed.readAgeMs)
  const reasonFor = () => {
    if (isStopping()) return 'The server is stopping.'
    if (!hasAnswered) return 'The database does not answer.'
    if (feedAgeMs > maxFeedAgeMs) {
      return `The feed was last read ${Math.round(feedAgeMs / 1000)} s ago, so subscribers receive nothing new.`
    }
    return null
  }
  return { reason: reasonFor(), feedAgeMs }
}
