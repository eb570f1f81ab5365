import { isReadOnly } from '../db/connection/read-only.ts'
import { DatabaseOverloadedError } from '../db/connection/shares.ts'
import { DatabaseBusyError } from '../db/connection/write-queue.ts'
import { messageOf } from '../db/error.ts'
import { causeOf, clientError, isServerFault } from './client-errors.ts'
import { noteClientFault } from './client-faults.ts'
import { isUnavailable } from './faults.ts'
import type { Fields, Logger } from './log.ts'

/**
 * Logs that an operation failed, by whose fault it was: a client's is counted, an outage of the database is logged
 * as one, and everything else is an error of ours, with its stack.
 */
export function logFailure(log: Logger, sentence: string, { error, ...fields }: Fields): void {
  if (!isServerFault(error)) {
    noteClientFault(log, String(clientError(error).extensions.code))
    return
  }
  const cause = causeOf(error)
  if (cause instanceof DatabaseBusyError)
    logOutage(log, 'Writes wait for too long and are refused; reads go on.', cause)
  else if (cause instanceof DatabaseOverloadedError)
    logOutage(log, 'Operations wait for too long for the database and are refused.', cause)
  else if (!isUnavailable(cause)) log.error(sentence, { ...fields, error: cause })
  else if (isReadOnly(cause))
    logOutage(log, 'The database is read-only; writes fail until it is not, and reads go on.', cause)
  else logOutage(log, 'The database cannot be reached; requests fail until it can.', cause)
}

/** When each log was last warned of each kind of outage, and since when the database cannot be reached. */
const unreachableAt = new WeakMap<Logger, number>()
const readOnlyAt = new WeakMap<Logger, number>()
const overloadedAt = new WeakMap<Logger, number>()
const busyAt = new WeakMap<Logger, number>()
const unreachableSince = new WeakMap<Logger, number>()
const warningIntervalMs = 60_000

/** Warns of an outage of the database, without a stack and once a minute, however many notice it. */
export function logOutage(log: Logger, sentence: string, error: unknown): void {
  const others = isReadOnly(error) ? readOnlyAt : unreachableAt
  const warnedAt =
    error instanceof DatabaseBusyError
      ? busyAt
      : error instanceof DatabaseOverloadedError
        ? overloadedAt
        : others
  const now = performance.now()
  const isKnown = now - (warnedAt.get(log) ?? Number.NEGATIVE_INFINITY) < warningIntervalMs
  if (!isKnown) warnedAt.set(log, now)
  if (warnedAt === unreachableAt && !unreachableSince.has(log)) unreachableSince.set(log, now)
  const write = isKnown ? log.debug : log.warn
  write(sentence, { reason: messageOf(error) })
}

/** The database has answered: says so once after an outage, and the next outage is warned of at once. */
export function noteAnswer(log: Logger): void {
  const since = unreachableSince.get(log)
  if (since === undefined) return
  unreachableSince.delete(log)
  unreachableAt.delete(log)
  log.info('The database answers again.', { afterSeconds: Math.round((performance.now() - since) / 1000) })
}
