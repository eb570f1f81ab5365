import { setTimeout as wait } from 'node:timers/promises'
import { isReadOnly } from '../db/connection/read-only.ts'
import type { Db } from '../db/database.ts'
import { messageOf } from '../db/error.ts'
import { learnAcronyms } from '../db/writer/learn-acronyms.ts'
import { rebuildTerms } from '../db/writer/rebuild-terms.ts'
import { isUnavailable } from './faults.ts'
import type { Logger } from './log.ts'
import { logOutage } from './log-failure.ts'

const retryMs = 60_000

/**
 * Makes the terms that papers are found by anew while the server serves, if those stored are of an older version, and
 * counts the acronyms of papers from before they were counted.
 */
export function rebuildInBackground(db: Db, log: Logger): { close(): Promise<void> } {
  const controller = new AbortController()
  const { signal } = controller
  const run = async () => {
    while (!signal.aborted) {
      try {
        const papers = await rebuildTerms(db, { signal, rests: true })
        if (papers > 0) log.info(`Search: the terms of ${papers} papers were made anew.`)
        const counted = await learnAcronyms(db, { signal, rests: true })
        if (counted > 0) log.info(`Search: the acronyms of ${counted} papers were counted.`)
        return
      } catch (error) {
        if (isReadOnly(error) || signal.aborted) return
        if (isUnavailable(error))
          logOutage(log, 'The database cannot be reached; search terms are renewed once it can.', error)
        else
          log.warn('Search: terms and acronyms of papers could not be renewed; trying again.', {
            reason: messageOf(error),
          })
        await wait(retryMs, undefined, { signal, ref: false }).catch(() => {})
      }
    }
  }
  const done = run()
  return {
    async close() {
      controller.abort()
      await done
    },
  }
}
