import type { Leadership } from '../../db/connection/leader.ts'
import type { Db } from '../../db/database.ts'
import type { PaperDetail } from '../../db/model/paper-detail.ts'
import { papersToReadAlone } from '../../db/paper-details.ts'
import { recordPapers } from '../../db/writer/index.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { Logger } from '../log.ts'
import { SourceError } from './errors.ts'
import type { HttpClient } from './http/client.ts'
import { readPaperAlone } from './papers-alone.ts'

interface PollPapersOptions {
  db: Db
  client: HttpClient
  log: Logger
  clock?: Clock
  /** Between two transactions. */
  everyMs: number
}

/** Editions of so many days before today: whose papers are linked and discussed most. */
const listedWithinDays = 7
const rereadMs = 6 * 3_600_000
/** Between two requests: at most 30 in five minutes, of the 500 that the API allows. */
const spacingMs = 20_000

const dayMs = 86_400_000

/**
 * Reads the papers of the last days by themselves, one after the other and spread over time. What was read in one
 * interval is stored in one transaction. A failure ends the interval and is told once until it works again.
 */
export async function pollPapers(
  { signal, assertHeld }: Leadership,
  { db, client, log, everyMs, clock = systemClock }: PollPapersOptions,
): Promise<void> {
  let failing = false
  const limit = Math.max(1, Math.floor(everyMs / spacingMs))
  while (!signal.aborted) {
    const details: PaperDetail[] = []
    try {
      const now = clock.now().getTime()
      const listedFrom = new Date(now - listedWithinDays * dayMs).toISOString().slice(0, 10)
      const due = await papersToReadAlone(db, { listedFrom, readBefore: new Date(now - rereadMs), limit })
      for (const arxivId of due) {
        await clock.wait(spacingMs, signal)
        details.push(await readPaperAlone(client, arxivId, signal))
      }
      if (failing) log.info(`Reading papers of ${client.host} succeeded again.`)
      failing = false
    } catch (error) {
      if (signal.aborted) return
      // Of an outage of the database, the poller of editions tells.
      if (error instanceof SourceError) {
        if (!failing)
          log.warn(`Reading papers of ${client.host} failed, retrying.`, { reason: error.message })
        failing = true
      }
    }
    const batch = { source: 'huggingface', records: [], details } as const
    // What cannot be stored is still due.
    if (details.length > 0) await recordPapers(db, batch, { beforeCommit: assertHeld }).catch(() => {})
    if (details.length < limit) await clock.wait(everyMs, signal).catch(() => {})
  }
}
