import { type Logger, outsideRequests } from './log.ts'

const windowMs = 60_000

/** What clients did wrong since the last line about it, by kind, of each log. */
const counted = new WeakMap<Logger, Map<string, number>>()

/**
 * Counts what a client did wrong, by a code of errors or of Node. A minute after the first, one line has the counts:
 * whoever sends a thousand bad requests writes no thousand lines.
 */
export function noteClientFault(log: Logger, kind: string): void {
  const counts = counted.get(log)
  if (counts) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
    return
  }
  const begun = new Map([[kind, 1]])
  counted.set(log, begun)
  // Outside of the request, whose id the line would carry.
  outsideRequests(() => setTimeout(tell, windowMs, log, begun).unref())
}

function tell(log: Logger, counts: ReadonlyMap<string, number>): void {
  counted.delete(log)
  log.info('Faults of clients in the last minute, by kind.', Object.fromEntries(counts))
}
