import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, createClient } from 'graphql-ws'

export interface FollowOptions {
  /** The GraphQL endpoint, e.g. `http://localhost:4000/graphql`. */
  readonly url: string
  /** Where to begin: a cursor that was kept, `START`, or `NOW`, the default. */
  readonly after?: string | undefined
  /** `INGESTED`, `UPDATED`, `LISTED`, `WITHDRAWN`; absent for all. */
  readonly kinds?: readonly string[] | undefined
  /** A `PaperFilter`. */
  readonly filter?: Readonly<Record<string, unknown>> | undefined
  readonly token?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Between heartbeats. Two and a half intervals of silence mean a dead connection. Default 15. */
  readonly heartbeatSeconds?: number | undefined
  /** Called when the connection is open and every event up to now has arrived. */
  readonly onLive?: (() => void) | undefined
  /** Called when the connection was lost or cannot be opened, with the time until the next attempt. */
  readonly onLost?: ((reason: string, retryInMs: number) => void) | undefined
  /**
   * Called with the cursor of what has been dealt with: when the next event is asked for, and with each heartbeat. Who
   * keeps it misses nothing after a restart, and sees again at most the event that it was at.
   */
  readonly onCursor?: ((cursor: string) => void) | undefined
  /** Called when events after the cursor have expired: they are lost, and reading resumes at the oldest event kept. */
  readonly onGap?: ((message: string) => void) | undefined
}

export interface FollowedPaper {
  readonly id: string
  readonly arxivId: string | null
  readonly title: string
  readonly publishedAt: string
  readonly upvotes: number
  readonly authorCount: number
  readonly authors: { readonly nodes: readonly { readonly name: string }[] }
  readonly pageUrl: string | null
}

/** A paper's event; keep its `cursor` when you have dealt with it. */
export interface FollowedEvent {
  readonly type: 'PaperIngested' | 'PaperUpdated' | 'PaperListed' | 'PaperWithdrawn'
  readonly cursor: string
  readonly previousCursor: string
  readonly recordedAt: string
  readonly source: string
  readonly paper: FollowedPaper
  readonly changes?: readonly { readonly field: string; readonly before: unknown; readonly after: unknown }[]
  readonly editionDate?: string
  readonly submitterName?: string | null
  readonly submittedAt?: string | null
  readonly withdrawnAt?: string
}

interface Heartbeat {
  readonly type: 'FeedHeartbeat'
  readonly cursor: string
  readonly previousCursor: string
  readonly reconnectAfter: number | null
}

const document = /* GraphQL */ `
subscription Follow($after: FeedCursor!, $kinds: [FeedEventKind!], $filter: PaperFilter, $heartbeat: Int!) {
  feed(after: $after, kinds: $kinds, filter: $filter, heartbeat: $heartbeat) {
    type: __typename
    cursor
    previousCursor
    ... on PaperEvent {
      recordedAt
      source
      paper { id arxivId title publishedAt upvotes authorCount authors(first: 5) { nodes { name } } pageUrl }
    }
    ... on PaperUpdated { changes { field before after } }
    ... on PaperListed { editionDate submitterName submittedAt }
    ... on PaperWithdrawn { withdrawnAt }
    ... on FeedHeartbeat { reconnectAfter }
  }
}`

/** A retry cannot succeed; the message says what to change. */
export class FollowError extends Error {
  override name = 'FollowError'
}

/**
 * The feed from a position on, each event once and in order, across cuts and restarts of the server. The whole
 * recipe is: keep the cursor of what came last, subscribe after it again when the connection ends or falls silent,
 * and check that each event continues where the one before it ended.
 */
export async function* followFeed(options: FollowOptions): AsyncGenerator<FollowedEvent, void, undefined> {
  const { url, kinds, filter, token, signal, heartbeatSeconds = 15 } = options
  let cursor = options.after ?? 'NOW'
  for (let failures = 0; !signal?.aborted; ) {
    let reconnectAfterMs: number | null = null
    let reason = 'The server ended the subscription.'
    const connection = connect(url, token, heartbeatSeconds * 2500, signal)
    // What the caller's functions throw is no fault of the connection.
    let calls = false
    try {
      const variables = { after: cursor, kinds, filter, heartbeat: heartbeatSeconds }
      for await (const result of connection.client.iterate<{ feed: FollowedEvent | Heartbeat }>({
        query: document,
        variables,
      })) {
        connection.received()
        if (result.errors) throw result.errors
        const event = result.data?.feed
        if (!event) continue
        // Something in between did not reach us: read it from the cursor we hold.
        if (cursor !== 'START' && cursor !== 'NOW' && event.previousCursor !== cursor) {
          reason = 'An event is missing.'
          break
        }
        cursor = event.cursor
        failures = 0
        if (event.type !== 'FeedHeartbeat') yield event
        calls = true
        options.onCursor?.(cursor)
        if (event.type === 'FeedHeartbeat') {
          if (event.reconnectAfter === null) options.onLive?.()
          else reconnectAfterMs = event.reconnectAfter
        }
        calls = false
      }
    } catch (error) {
      if (calls) throw error
      const fault = faultOf(error, url)
      if (fault.restartFrom !== undefined) {
        options.onGap?.(fault.message)
        cursor = fault.restartFrom
        continue
      }
      if (fault.final) throw new FollowError(fault.message)
      reason = fault.message
    } finally {
      await connection.close()
    }
    if (signal?.aborted) return
    // With jitter, so that clients who lost one server do not all come back at one moment.
    const retryInMs =
      reconnectAfterMs ?? Math.round(Math.min(30_000, 500 * 2 ** failures) * (0.5 + Math.random() / 2))
    failures += 1
    options.onLost?.(reason, retryInMs)
    await sleep(retryInMs, undefined, { signal }).catch(() => {})
  }
}

/** One connection, closed after `silenceMs` without a message, or by the signal. */
function connect(url: string, token: string | undefined, silenceMs: number, signal: AbortSignal | undefined) {
  const client: Client = createClient({
    url: url.replace(/^http/, 'ws'),
    connectionParams: token === undefined ? {} : { authorization: `Bearer ${token}` },
    // Trying again is done above, with the newest cursor: the client would send the first one again.
    retryAttempts: 0,
  })
  const cut = () => client.terminate()
  let watchdog = setTimeout(cut, silenceMs)
  signal?.addEventListener('abort', cut, { once: true })
  return {
    client,
    received() {
      clearTimeout(watchdog)
      watchdog = setTimeout(cut, silenceMs)
    },
    async close() {
      clearTimeout(watchdog)
      signal?.removeEventListener('abort', cut)
      await client.dispose()
    },
  }
}

interface Fault {
  readonly message: string
  /** Trying again would end the same way. */
  readonly final: boolean
  readonly restartFrom?: string
}

const temporaryCodes = [
  'TOO_MANY_SUBSCRIPTIONS',
  'SHUTTING_DOWN',
  'DATABASE_UNAVAILABLE',
  'QUERY_TIMEOUT',
  'INTERNAL_SERVER_ERROR',
]
/** Close codes of graphql-ws for a mistake of the client. */
const finalCodes = [4400, 4401, 4403, 4406]

/** graphql-ws throws GraphQL errors, a close event, or the event of a connection that failed. */
function faultOf(thrown: unknown, url: string): Fault {
  if (Array.isArray(thrown)) {
    const [{ message, extensions }] = thrown as [{ message: string; extensions?: Record<string, unknown> }]
    const restartFrom = extensions?.restartFrom
    if (typeof restartFrom === 'string') return { message, final: false, restartFrom }
    return { message, final: !temporaryCodes.includes(String(extensions?.code)) }
  }
  if (thrown && typeof thrown === 'object' && 'code' in thrown && 'reason' in thrown) {
    const { code, reason } = thrown as { code: number; reason: string }
    return { message: reason || `The connection was closed (${code}).`, final: finalCodes.includes(code) }
  }
  const message = thrown instanceof Error ? thrown.message : unreachable(url)
  return { message, final: false }
}

function unreachable(url: string): string {
  const isUsual = new URL(url).pathname.endsWith('/graphql')
  return `The server at ${url} cannot be reached.${isUsual ? '' : ' Its address usually ends in /graphql.'}`
}
