import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** The channel on which `feed_append` says that there is something to read. */
export const feedChannel = 'daily_papers_feed'

export interface ListenerOptions {
  /** Where to LISTEN: Postgres itself, or a pooler in session mode. A pooler in transaction mode cannot. */
  connectionString: string
  /** There may be something new. Called on a notification, on each poll, and when a connection stands. */
  onHint: () => void
  /** A connection stands anew: whatever was known of the database may have changed. Comes before its hint. */
  onConnect?: () => void
  /** The connection failed or was lost; it is tried again without end. Called once per outage. */
  onLost?: (error: Error) => void
  /** Milliseconds between polls, which find what a lost notification did not tell. Default 5,000. */
  pollEvery?: number
  /** Milliseconds between checks that the server answers and still listens for us. Default 15,000. */
  checkEvery?: number
  /** Milliseconds after which a check, or a connection, counts as failed. Default 5,000. */
  patience?: number
  /** Milliseconds that the pause between attempts grows to. Default 10,000. */
  longestPause?: number
}

export interface FeedListener {
  /** Whether a connection listens now. Without one the poll goes on. */
  readonly listening: boolean
  close(): Promise<void>
}

/**
 * One dedicated connection that listens. A notification is only a hint, and nothing is kept for us while we are
 * away: so a poll, and every new connection, are the same hint. Never throws, whatever happens to Postgres.
 */
export function listenToFeed(options: ListenerOptions): FeedListener {
  const { onHint, onConnect, onLost, pollEvery = 5000, checkEvery = 15_000 } = options
  const { patience = 5000, longestPause = 10_000 } = options
  const stop = new AbortController()
  let listening = false

  const poll = setInterval(onHint, pollEvery)
  poll.unref()

  async function run(): Promise<void> {
    let failures = 0
    while (!stop.signal.aborted) {
      const lost = await connection(() => {
        failures = 0
        listening = true
        onConnect?.()
        onHint()
      })
      listening = false
      if (stop.signal.aborted) return
      if (failures === 0) onLost?.(lost)
      // Full jitter: after a restart of Postgres, instances must not come back in step.
      const pause = Math.min(longestPause, 100 * 2 ** failures) * (0.5 + Math.random() / 2)
      failures += 1
      await sleep(pause, undefined, { ref: false, signal: stop.signal }).catch(() => {})
    }
  }

  /** Connects, listens, and resolves with the reason when that is over. */
  async function connection(onListening: () => void): Promise<Error> {
    const client = new pg.Client({
      connectionString: options.connectionString,
      application_name: 'daily-papers feed',
      connectionTimeoutMillis: patience,
      keepAlive: true,
    })
    const over = Promise.withResolvers<Error>()
    let check: NodeJS.Timeout | undefined
    const end = () => over.resolve(new Error('The listener was closed.'))
    stop.signal.addEventListener('abort', end, { once: true })
    // Stays for the life of the client: an error event without a listener would end the process.
    client.on('error', (error) => over.resolve(error))
    client.on('end', () => over.resolve(new Error('Postgres closed the connection.')))
    client.on('notification', onHint)
    try {
      await Promise.race([client.connect(), rejected(over.promise)])
      await within(patience, client.query(`listen ${feedChannel}`))
      onListening()
      check = setInterval(() => {
        within(patience, client.query('select pg_listening_channels() as channel')).then(
          ({ rows }) => {
            if (!rows.some((row) => row.channel === feedChannel)) {
              over.resolve(
                new Error('Postgres no longer listens for this connection. Is a pooler in between?'),
              )
            }
          },
          (error) => over.resolve(error),
        )
      }, checkEvery)
      check.unref()
      return await over.promise
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    } finally {
      clearInterval(check)
      stop.signal.removeEventListener('abort', end)
      // A dead link would hold a polite end for ever.
      await within(1000, client.end()).catch(() => {})
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

async function rejected(reason: Promise<Error>): Promise<never> {
  throw await reason
}

async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`Postgres did not answer within ${milliseconds} ms.`)),
    milliseconds,
  )
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
