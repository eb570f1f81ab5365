import { lead } from '../../db/connection/leader.ts'
import type { Db } from '../../db/database.ts'
import type { Rejection } from '../../db/model/record.ts'
import type { Logger } from '../log.ts'
import type { HttpClient } from './http/client.ts'
import { type Clock, systemClock } from './http/clock.ts'
import { readEditions } from './huggingface.ts'
import { type IngestSummary, ingest } from './run.ts'

export interface FollowOptions {
  db: Db
  /** For the session that holds the lock: not through a pooler in transaction mode. */
  lockUrl: string
  client: HttpClient
  log: Logger
  clock?: Clock
  /** Milliseconds between readings of today's edition. */
  every: number
  /** Milliseconds between readings of the days before. */
  rereadEvery: number
  /** How many days before today are read again: editions go on filling, and votes move. */
  days: number
  /** Milliseconds between attempts to take over from another instance. Default 15,000. */
  takeOverEvery?: number
}

export interface Follower {
  /** Stops at the next batch edge. */
  close(): Promise<void>
}

const day = 86_400_000
/** For so long after midnight UTC yesterday's edition is read as often as today's. */
const handover = 3 * 3_600_000

/**
 * Keeps the newest editions of Hugging Face up to date, by one instance of however many follow on this database.
 * Whatever fails is told once and tried again; nothing here throws.
 */
export function followHuggingFace(options: FollowOptions): Follower {
  const { log } = options
  const stop = new AbortController()
  const onLost = (error: Error) =>
    log.warn('Following waits for the database and tries again.', { reason: error.message })
  const leading = lead(
    {
      connectionString: options.lockUrl,
      name: 'follow huggingface',
      signal: stop.signal,
      onLost,
      ...(options.takeOverEvery !== undefined && { retryEvery: options.takeOverEvery }),
    },
    (signal) => poll(options, signal),
  )
  return {
    async close() {
      stop.abort()
      await leading
    },
  }
}

async function poll(options: FollowOptions, signal: AbortSignal): Promise<void> {
  const { clock = systemClock, log, every } = options
  log.info(`Following ${options.client.host}.`, { everyMinutes: every / 60_000 })
  const tell = teller(log, options.client.host)
  let rereadAt = 0
  while (!signal.aborted) {
    const now = clock.now().getTime()
    const reread = now >= rereadAt
    const summary = await readOnce(options, dueDays(now, reread ? options.days : 0), signal, tell)
    if (summary && reread) rereadAt = now + options.rereadEvery
    // A little chance keeps many servers from asking at the same second of the hour.
    await clock.wait(every * (0.95 + clock.random() / 10), signal).catch(() => {})
  }
}

/** Today first: it is what people wait for. */
function dueDays(now: number, before: number): { date: string }[] {
  const yesterday = now % day < handover ? 1 : 0
  const count = 1 + Math.max(before, yesterday)
  return Array.from({ length: count }, (_, back) => ({
    date: new Date(now - back * day).toISOString().slice(0, 10),
  }))
}

async function readOnce(
  { db, client, clock = systemClock }: FollowOptions,
  due: { date: string }[],
  signal: AbortSignal,
  tell: Teller,
): Promise<IngestSummary | undefined> {
  try {
    const summary = await ingest(db, 'huggingface', readEditions(due, { client, clock, signal }), {
      signal,
      onRejection: tell.rejection,
    })
    if (!summary.stopped) tell.success(summary)
    return summary
  } catch (error) {
    if (!signal.aborted) tell.failure(error)
    return undefined
  }
}

type Teller = ReturnType<typeof teller>

/** One line when it begins to fail and one when it works again; a broken item is told once, not at each reading. */
function teller(log: Logger, host: string) {
  let failing = false
  const told = new Set<string>()
  return {
    success({ new: created, changed }: IngestSummary) {
      if (failing) log.info(`Following ${host} works again.`)
      failing = false
      // Votes move all the time; a new paper is worth a line.
      const tell = created > 0 ? log.info : log.debug
      tell(`Read ${host}.`, { new: created, changed })
    },
    failure(error: unknown) {
      const reason = error instanceof Error ? error.message : String(error)
      if (failing) log.debug(`Following ${host} still fails.`, { reason })
      else log.warn(`Following ${host} fails for now and goes on trying.`, { reason })
      failing = true
    },
    rejection({ position, path, reason }: Rejection) {
      // Items change places as votes move.
      const key = [position.replace(/ item \d+$/, ''), path, reason].join()
      if (told.has(key)) return
      if (told.size === 1_000) told.clear()
      told.add(key)
      log.warn(`Left out one entry of ${host}.`, { position, path, reason })
    },
  }
}
