import { isReadOnly } from '../db/connection/read-only.ts'
import { StandbyBehindError } from '../db/connection/server.ts'
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
  else if (cause instanceof StandbyBehindError)
    logOutage(log, 'The standby is behind the feed; requests for what it has not received yet fail.', cause)
  else if (!isUnavailable(cause)) log.error(sentence, { ...fields, error: cause })
  else if (isReadOnly(cause))
    logOutage(log, 'The database is read-only; writes fail until it is not, and reads go on.', cause)
  else logOutage(log, 'The database cannot be reached; requests fail until it can.', cause)
}

/** When each log was last warned of each kind of outage, and since when the database cannot be reached. */
const warnedAt = new WeakMap<Logger, Map<Outage, number>>()
const unreachableSince = new WeakMap<Logger, number>()
const warningIntervalMs = 60_000

type Outage = 'busy' | 'overloaded' | 'behind' | 'read-only' | 'unreachable'

/** Warns of an outage of the database, without a stack and once a minute, however many notice it. */
export function logOutage(log: Logger, sentence: string, error: unknown): void {
  const kind = outageOf(error)
  const now = performance.now()
  const warned = warnedAt.get(log) ?? new Map<Outage, number>()
  warnedAt.set(log, warned)
  const isKnown = now - (warned.get(kind) ?? Number.NEGATIVE_INFINITY) < warningIntervalMs
  if (!isKnown) warned.set(kind, now)
  if (kind === 'unreachable' && !unreachableSince.has(log)) unreachableSince.set(log, now)
  const write = isKnown ? log.debug : log.warn
  write(sentence, { reason: messageOf(error) })
}

function outageOf(error: unknown): Outage {
  if (error instanceof DatabaseBusyError) return 'busy'
  if (error instanceof DatabaseOverloadedError) return 'overloaded'
  if (error instanceof StandbyBehindError) return 'behind'
  return isReadOnly(error) ? 'read-only' : 'unreachable'
}

/** The database has answered: says so once after an outage, and the next outage is warned of at once. */
export function noteAnswer(log: Logger): void {
  const since = unreachableSince.get(log)
  if (since === undefined) return
  unreachableSince.delete(log)
  warnedAt.get(log)?.delete('unreachable')
  log.info('The database answers again.', { afterSeconds: Math.round((performance.now() - since) / 1000) })
}
