import { once } from 'node:events'
import type pg from 'pg'
import { HostClient, Hosts, type ServerState } from './hosts.ts'
import { openSession, stateNow } from './session.ts'
import { within } from './within.ts'

export interface HeldSessionOptions {
  /** Postgres itself, or a pooler in session mode. A pooler in transaction mode has no sessions to hold. */
  readonly connectionString: string
  readonly applicationName: string
  /** Ends the session. */
  readonly signal: AbortSignal
  /** Milliseconds after which connecting, or a statement, counts as failed. */
  readonly timeoutMs: number
  /** Milliseconds between checks, which also end a session whose server was promoted or demoted meanwhile. */
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
  const { signal, checkIntervalMs, check } = options
  const { client, state, lost } = await connect(options)
  const ended = AbortSignal.any([signal, lost.signal])
  const checkAll = async () => {
    await check(client)
    const { rows } = await client.query<ServerState>(stateNow)
    if (rows[0]?.standby !== state.standby) throw new Error('The server was promoted or demoted.')
  }
  const checks = setInterval(
    () => void checkAll().catch((error) => lost.abort(error)),
    checkIntervalMs,
  ).unref()
  try {
    await work(client, ended)
    lost.signal.throwIfAborted()
  } finally {
    clearInterval(checks)
    await end(client)
  }
}

/** A session on the first host that gives one. */
async function connect(
  options: HeldSessionOptions,
): Promise<{ client: pg.Client; state: ServerState; lost: AbortController }> {
  const { connectionString, applicationName, signal, timeoutMs } = options
  const hosts = new Hosts(connectionString)
  for (let failures = 1; ; failures++) {
    const client = new HostClient(hosts, {
      application_name: applicationName,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
      keepAlive: true,
    })
    const lost = new AbortController()
    // Stays for the life of the client: an error event without a listener would end the process.
    client.on('error', (error) => lost.abort(error))
    client.on('end', () => lost.abort(new Error('Postgres closed the connection.')))
    const open = async () => {
      await client.connect()
      const state = await openSession(client, { statementTimeoutMs: timeoutMs, held: true })
      hosts.check(client.target, state)
      return state
    }
    const unlessAborted = async () => {
      await untilAborted(ended)
      throw ended.reason
    }
    const ended = AbortSignal.any([signal, lost.signal])
    try {
      const state = await Promise.race([open(), unlessAborted()])
      return { client, state, lost }
    } catch (error) {
      await end(client)
      signal.throwIfAborted()
      hosts.failed(client.target, error)
      if (hosts.current === client.target || failures >= hosts.attempts) throw error
    }
  }
}

/** Over a dead link, the client would wait for ever. */
async function end(client: pg.Client): Promise<void> {
  await within(1_000, client.end()).catch(() => client.connection.stream.destroy())
}

export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
