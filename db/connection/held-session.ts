import { once } from 'node:events'
import pg from 'pg'
import { within } from './within.ts'

export interface HeldSessionOptions {
  /** Postgres itself, or a pooler in session mode. A pooler in transaction mode has no sessions to hold. */
  readonly connectionString: string
  readonly applicationName: string
  /** Ends the session. */
  readonly signal: AbortSignal
  /** Milliseconds after which connecting, or a statement, counts as failed. */
  readonly timeoutMs: number
  /** Milliseconds between checks. */
  readonly checkIntervalMs: number
  /** Rejects when the session is of no use any more. */
  readonly check: (client: pg.Client) => Promise<unknown>
}

/**
 * Runs `work` with a connection that is its own for as long as it takes. Its signal aborts when the connection is
 * lost, or when the given signal does. Throws when the connection cannot be made or is lost, or when `work` throws.
 */
export async function heldSession(
  options: HeldSessionOptions,
  work: (client: pg.Client, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { connectionString, applicationName, signal, timeoutMs, checkIntervalMs, check } = options
  const client = new pg.Client({
    connectionString,
    application_name: applicationName,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    keepAlive: true,
  })
  const lost = new AbortController()
  // Stays for the life of the client: an error event without a listener would end the process.
  client.on('error', (error) => lost.abort(error))
  client.on('end', () => lost.abort(new Error('Postgres closed the connection.')))
  const ended = AbortSignal.any([signal, lost.signal])
  let checks: NodeJS.Timeout | undefined
  try {
    await Promise.race([client.connect(), untilAborted(ended).then(() => ended.throwIfAborted())])
    checks = setInterval(
      () => void check(client).catch((error) => lost.abort(error)),
      checkIntervalMs,
    ).unref()
    await work(client, ended)
    lost.signal.throwIfAborted()
  } finally {
    clearInterval(checks)
    // Over a dead link, `end` would wait for ever.
    await within(1_000, client.end()).catch(() => client.connection.stream.destroy())
  }
}

export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
