import { isReadOnly } from '../db/connection/read-only.ts'
import { messageOf } from '../db/error.ts'
import { causeOf, isServerFault } from './client-errors.ts'
import { isUnavailable } from './faults.ts'
import type { Fields, Logger } from './log.ts'

const warnedAt = new WeakMap<Logger, number>()
const warnIntervalMs = 60_000

/**
 * Logs that an operation failed, by whose fault it was. Errors that are meant for clients are no line of the log. An
 * outage of the database is one warning in a minute without a stack, however many requests it fails. Everything else
 * is an error of ours, with its stack.
 */
export function logFailure(log: Logger, sentence: string, { error, ...fields }: Fields): void {
  if (!isServerFault(error)) return
  const cause = causeOf(error)
  if (!isUnavailable(cause)) {
    log.error(sentence, { ...fields, error: cause })
    return
  }
  const reason = messageOf(cause)
  const now = performance.now()
  if (now - (warnedAt.get(log) ?? -warnIntervalMs) < warnIntervalMs) {
    log.debug(sentence, { ...fields, reason })
    return
  }
  warnedAt.set(log, now)
  const sentenceOfOutage = isReadOnly(cause)
    ? 'The database is read-only; writes fail until it is not, and reads go on.'
    : 'The database cannot be reached; requests fail until it can.'
  log.warn(sentenceOfOutage, { reason })
}
