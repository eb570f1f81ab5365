import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { heldSession } from './held-session.ts'

export interface LeaderOptions {
  /** Postgres itself, or a pooler in session mode: the lock lives as long as its session. */
  connectionString: string
  /** Names the work that only one process on this database does at a time. */
  name: string
  /** Ends it all. */
  signal: AbortSignal
  /** Called once per outage, when the database cannot be reached or the session is lost. */
  onLost?: (error: Error) => void
  /** Milliseconds between attempts to take over. Default 15,000. */
  retryIntervalMs?: number
  /** Milliseconds between checks of the session, and the time limit of each. Default 10,000. */
  checkIntervalMs?: number
}

/**
 * Runs `work` while this process leads, and stands by otherwise. Leading is an advisory lock on a session of its
 * own, which Postgres frees however the process ends; when the session is lost, the signal given to `work` aborts.
 * For a moment the old leader and the new may both be at work, so the work must bear that. Resolves, and never
 * rejects, when the signal ends it and `work` has ended.
 */
export async function lead(
  options: LeaderOptions,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { connectionString, name, signal, onLost } = options
  const { retryIntervalMs = 15_000, checkIntervalMs = 10_000 } = options
  const session = {
    ...{ connectionString, signal, checkIntervalMs, timeoutMs: checkIntervalMs },
    applicationName: `daily-papers ${name}`,
    check: (client: pg.Client) => client.query('select'),
  }
  let failing = false
  while (!signal.aborted) {
    try {
      await heldSession(session, async (client, ended) => {
        while (!(await takeLock(client, name))) {
          failing = false
          await pause(retryIntervalMs, ended)
          ended.throwIfAborted()
        }
        failing = false
        await work(ended)
      })
    } catch (error) {
      if (signal.aborted) return
      if (!failing) onLost?.(error instanceof Error ? error : new Error(String(error)))
      failing = true
    }
    await pause(retryIntervalMs, signal)
  }
}

async function takeLock(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(
    "select pg_try_advisory_lock(hashtext('daily_papers.' || $1)) as taken",
    [name],
  )
  return rows[0]?.taken ?? false
}

/** Waits between half of the time and all of it, so that instances do not ask in step. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const time = milliseconds * (0.5 + Math.random() / 2)
  await sleep(time, undefined, { signal, ref: false }).catch(() => {})
}
