import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { heldSession, untilAborted } from '../connection/held-session.ts'
import { isReadOnly } from '../connection/read-only.ts'

/** The channel on which `feed_append` says that there is something to read. */
const feedChannel = 'daily_papers_feed'

export interface ListenerOptions {
  /** Where to LISTEN: Postgres itself, or a pooler in session mode. A pooler in transaction mode cannot. */
  readonly connectionString: string
  /** There may be something new. Called on a notification, on each poll, and when a connection is established. */
  readonly onHint: () => void
  /** A new connection is established: what was known of the database may have changed. Called before its hint. */
  readonly onConnect: () => void
  /** The connection failed or was lost; it is retried for ever. Called once per outage. */
  readonly onLost: (error: Error) => void
  /** Milliseconds between polls, which find what a lost notification would have announced. */
  readonly pollIntervalMs: number
  /** Milliseconds between checks that the server answers, still listens for us, and was not demoted. */
  readonly checkIntervalMs: number
  /** Milliseconds after which a check, or a connection attempt, counts as failed. */
  readonly timeoutMs: number
  /** Milliseconds that the delay between attempts grows to. */
  readonly maxRetryDelayMs: number
}

export interface FeedListener {
  /** Whether a connection listens now. Without one, polling goes on. */
  readonly listening: boolean
  close(): Promise<void>
}

/**
 * One dedicated connection that listens. A notification is only a hint, and Postgres keeps none for us while we are
 * away: so a poll, and every new connection, are the same hint. Never throws, whatever happens to Postgres.
 */
export function listenToFeed(options: ListenerOptions): FeedListener {
  const { onHint, onConnect, onLost, maxRetryDelayMs } = options
  const stop = new AbortController()
  const { signal } = stop
  const session = { ...options, signal, applicationName: 'daily-papers feed', check: checkListening }
  const poll = setInterval(onHint, options.pollIntervalMs).unref()
  let listening = false
  // The first attempt may have timed out because this process was busy with its start: what counts is the second.
  let failuresUntold = 1

  async function run(): Promise<void> {
    for (let failures = 0; !signal.aborted; failures++) {
      const error = await heldSession(session, async (client, ended) => {
        client.on('notification', onHint)
        await listen(client)
        failures = 0
        failuresUntold = 0
        listening = true
        onConnect()
        onHint()
        await untilAborted(ended)
      }).catch((reason) => (reason instanceof Error ? reason : new Error(String(reason))))
      listening = false
      if (signal.aborted) return
      if (error && failures === failuresUntold) onLost(error)
      // Jitter: after a restart of Postgres, servers must not come back in step.
      const delay = Math.min(maxRetryDelayMs, 100 * 2 ** failures) * (0.5 + Math.random() / 2)
      await sleep(delay, undefined, { ref: false, signal }).catch(() => {})
    }
  }

  const running = run()
  return {
    get listening() {
      return listening
    },
    async close() {
      clearInterval(poll)
      stop.abort()
      await running
    },
  }
}

async function listen(client: pg.Client): Promise<void> {
  try {
    await client.query(`listen ${feedChannel}`)
  } catch (error) {
    if (!isReadOnly(error)) throw error
    throw new Error('A standby sends no notifications: new events are found by polling.', { cause: error })
  }
}

async function checkListening(client: pg.Client): Promise<void> {
  const { rows } = await client.query('select pg_listening_channels() as channel')
  if (!rows.some(({ channel }) => channel === feedChannel)) {
    throw new Error(
      'Postgres no longer listens on this connection. Check whether DATABASE_LISTEN_URL points to a connection pooler.',
    )
  }
}
