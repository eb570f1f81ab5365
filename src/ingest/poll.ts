import { type Leadership, lead } from '../../db/connection/leader.ts'
import type { Db } from '../../db/database.ts'
import type { Rejection } from '../../db/model/record.ts'
import { notePolling } from '../../db/sources.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { Logger } from '../log.ts'
import { logOutage } from '../log-failure.ts'
import type { HttpClient } from './http/client.ts'
import { readEditions } from './huggingface.ts'
import { pollPapers } from './poll-papers.ts'
import { type IngestSummary, ingest } from './run.ts'

export interface PollOptions {
  db: Db
  /** For the lease of the leader: best with a short time limit for statements. Default `db`. */
  leaseDb?: Db
  client: HttpClient
  log: Logger
  clock?: Clock
  /** Between readings of today's edition. */
  everyMs: number
  /** Between readings of the days before. */
  rereadEveryMs: number
  /** How many days before today are read again: editions go on filling, and votes move. */
  days: number
  /** Whether papers of the last days are read by themselves too. Default false. */
  papersAlone?: boolean
  /** Of the lease; see LeaderOptions. */
  leaseMs?: number
  takeOverEveryMs?: number
}

export interface Poller {
  /** Stops at the next batch edge. */
  close(): Promise<void>
}

const dayMs = 86_400_000
/** How long after midnight UTC yesterday's edition is still read as often as today's. */
const handoverMs = 3 * 3_600_000

/**
 * Keeps the newest editions of Hugging Face up to date, by one of all servers on this database. A failure is
 * logged once and tried again; nothing here throws.
 */
export function pollHuggingFace(options: PollOptions): Poller {
  const { log } = options
  const stop = new AbortController()
  const onLost = (error: Error) => logOutage(log, 'Polling: the database cannot be reached, retrying.', error)
  const leading = lead(
    {
      db: options.leaseDb ?? options.db,
      name: 'poll huggingface',
      signal: stop.signal,
      onLost,
      ...(options.leaseMs !== undefined && { leaseMs: options.leaseMs }),
      ...(options.takeOverEveryMs !== undefined && { retryIntervalMs: options.takeOverEveryMs }),
    },
    async (leadership) => {
      const papers = options.papersAlone ? pollPapers(leadership, options) : undefined
      await Promise.all([pollUntil(leadership, options), papers])
    },
  )
  return {
    async close() {
      stop.abort()
      await leading
    },
  }
}

async function pollUntil(leadership: Leadership, options: PollOptions): Promise<void> {
  const { signal } = leadership
  const { clock = systemClock, log, everyMs } = options
  log.info(`Polling ${options.client.host}.`, { everyMinutes: everyMs / 60_000 })
  await notePolling(options.db, 'huggingface', everyMs / 1000)
  const report = reporter(log, options.client.host)
  let rereadAt = 0
  while (!signal.aborted) {
    const now = clock.now().getTime()
    const reread = now >= rereadAt
    const summary = await readOnce(options, dueDays(now, reread ? options.days : 0), leadership, report)
    if (summary && reread) rereadAt = now + options.rereadEveryMs
    // A little chance keeps many servers from asking at the same second of the hour.
    await clock.wait(everyMs * (0.95 + clock.random() / 10), signal).catch(() => {})
  }
}

/** Today first: it is what people wait for. */
function dueDays(now: number, before: number): { date: string }[] {
  const yesterday = now % dayMs < handoverMs ? 1 : 0
  const count = 1 + Math.max(before, yesterday)
  return Array.from({ length: count }, (_, back) => ({
    date: new Date(now - back * dayMs).toISOString().slice(0, 10),
  }))
}

async function readOnce(
  { db, client, clock = systemClock }: PollOptions,
  due: { date: string }[],
  { signal, assertHeld }: Leadership,
  report: Reporter,
): Promise<IngestSummary | undefined> {
  try {
    const summary = await ingest(db, 'huggingface', readEditions(due, { client, clock, signal }), {
      signal,
      beforeCommit: assertHeld,
      onRejection: report.rejection,
    })
    if (!summary.stopped) report.success(summary)
    return summary
  } catch (error) {
    if (!signal.aborted) report.failure(error)
    return undefined
  }
}

type Reporter = ReturnType<typeof reporter>

/** One line when it begins to fail and one when it works again; a broken item is logged once, not at each reading. */
function reporter(log: Logger, host: string) {
  let failing = false
  const reported = new Set<string>()
  return {
    success({ new: created, changed }: IngestSummary) {
      if (failing) log.info(`Polling ${host} succeeded again.`)
      failing = false
      // Votes move all the time; a new paper is worth a line.
      const write = created > 0 ? log.info : log.debug
      write(`Read ${host}.`, { new: created, changed })
    },
    failure(error: unknown) {
      const reason = error instanceof Error ? error.message : String(error)
      if (failing) log.debug(`Polling ${host} still fails.`, { reason })
      else log.warn(`Polling ${host} failed, retrying.`, { reason })
      failing = true
    },
    rejection({ position, path, reason }: Rejection) {
      // Items change places as votes move.
      const key = [position.replace(/ item \d+$/, ''), path, reason].join()
      if (reported.has(key)) return
      if (reported.size === 1_000) reported.clear()
      reported.add(key)
      log.warn(`Skipped one entry of ${host}.`, { position, path, reason })
    },
  }
}
