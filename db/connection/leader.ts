import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

export interface LeaderOptions {
  /** Postgres itself, or a pooler in session mode: the lock lives as long as its session. */
  connectionString: string
  /** What only one of all processes on this database does at a time. */
  name: string
  /** Ends it all. */
  signal: AbortSignal
  /** Told once each time that the database cannot be reached or is lost. */
  onLost?: (error: Error) => void
  /** Milliseconds between attempts to take over. Default 15,000. */
  retryEvery?: number
  /** Milliseconds between checks that the session stands, and for each of them. Default 10,000. */
  checkEvery?: number
}

/**
 * Runs `work` while this process leads, and stands by otherwise. Leading is an advisory lock on a session of its
 * own, which Postgres frees however the process ends; when the session is lost, the signal given to `work` says so.
 * For a moment the old leader and the new may both be at it, so what they do must bear that. Resolves, and never
 * rejects, when the signal ends it and `work` has ended.
 */
export async function lead(
  options: LeaderOptions,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { signal, onLost, retryEvery = 15_000 } = options
  let failing = false
  while (!signal.aborted) {
    try {
      await session(options, work, () => {
        failing = false
      })
    } catch (error) {
      if (signal.aborted) return
      if (!failing) onLost?.(error instanceof Error ? error : new Error(String(error)))
      failing = true
    }
    await pause(retryEvery, signal)
  }
}

/** Connects, waits for the lock, works. Throws when the session is lost, or `work` throws. */
async function session(
  { connectionString, name, signal, retryEvery = 15_000, checkEvery = 10_000 }: LeaderOptions,
  work: (signal: AbortSignal) => Promise<void>,
  onAnswer: () => void,
): Promise<void> {
  const client = new pg.Client({
    connectionString,
    application_name: `daily-papers ${name}`,
    connectionTimeoutMillis: checkEvery,
    query_timeout: checkEvery,
    keepAlive: true,
  })
  const lost = new AbortController()
  client.on('error', (error) => lost.abort(error))
  client.on('end', () => lost.abort(new Error('Postgres closed the connection.')))
  const either = AbortSignal.any([signal, lost.signal])
  let check: NodeJS.Timeout | undefined
  try {
    await client.connect()
    while (!(await took(client, name))) {
      onAnswer()
      await pause(retryEvery, either)
      either.throwIfAborted()
    }
    onAnswer()
    check = setInterval(() => {
      client.query('select').catch((error) => lost.abort(error))
    }, checkEvery)
    check.unref()
    await work(either)
    lost.signal.throwIfAborted()
  } finally {
    clearInterval(check)
    // A dead link would hold a polite end for ever.
    await Promise.race([client.end().catch(() => {}), sleep(1_000, undefined, { ref: false })])
  }
}

async function took(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(
    "select pg_try_advisory_lock(hashtext('daily_papers.' || $1)) as taken",
    [name],
  )
  return rows[0]?.taken ?? false
}

/** Between half of it and all of it, so that instances do not ask in step. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const time = milliseconds * (0.5 + Math.random() / 2)
  await sleep(time, undefined, { signal, ref: false }).catch(() => {})
}
