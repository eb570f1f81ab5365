import type { PostOutcome } from './post.ts'

const [second, minute, hour] = [1_000, 60_000, 3_600_000]

/** Between attempts, after the first, the second and so on has failed, as Standard Webhooks recommends; then the last. */
const delaysMs = [
  ...[5 * second, 5 * minute, 30 * minute],
  ...[2, 5, 10, 14, 20, 24].map((hours) => hours * hour),
]

const maxRetryAfterMs = 24 * hour

/** An endpoint that has failed for so long, without one success, gets nothing more until it is enabled. */
const patienceMs = 5 * 24 * hour

/** What is known of an endpoint when an attempt has failed. */
export interface FailingEndpoint {
  /** Attempts that have failed before this one, in a row. */
  readonly failures: number
  readonly failing_since: Date | null
}

/** What follows from an attempt that failed: the next one, or none. */
export type AfterFailure = { readonly dueInMs: number; readonly disabledWhy?: string }

export function afterFailure(
  { failures, failing_since }: FailingEndpoint,
  { status, error, retryAfterMs }: Pick<PostOutcome, 'status' | 'error' | 'retryAfterMs'>,
  { now, random }: { now: Date; random: number },
): AfterFailure {
  if (status === 410) return { dueInMs: 0, disabledWhy: 'The endpoint answered with the status 410 (Gone).' }
  if (failing_since && now.getTime() - failing_since.getTime() >= patienceMs)
    return { dueInMs: 0, disabledWhy: `All attempts of the last five days failed. The last one: ${error}` }
  const delayMs = delaysMs[Math.min(failures, delaysMs.length - 1)] ?? 0
  // Spread, so that endpoints that failed together do not come back together.
  const backoffMs = delayMs * (0.5 + random / 2)
  return { dueInMs: Math.max(backoffMs, Math.min(retryAfterMs ?? 0, maxRetryAfterMs)) }
}
