import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ClientPoints } from '../client-points.ts'
import type { Frame } from './frame.ts'
import type { Cohort, Member } from './member.ts'
import type { FeedMeter, FeedTransport } from './meter.ts'

/** Frames written before other work of the process gets its turn. */
const framesPerTurn = 4096

/** Writes frames to all members of a cohort; those who are full leave it. */
export async function sendFrames(cohort: Cohort, frames: readonly Frame[], meter: FeedMeter): Promise<void> {
  if (frames.length === 0) return
  const membersPerTurn = Math.max(1, Math.floor(framesPerTurn / frames.length))
  const members = [...cohort.members]
  for (let from = 0; from < members.length; from += membersPerTurn) {
    if (from > 0) await nextTurn()
    cohort.write(frames, members.slice(from, from + membersPerTurn))
  }
  measure(cohort, frames, members, meter)
}

/** Those who have not caught up yet receive old events: how old is no measure of the server. */
function measure(
  { caughtUpAt }: Cohort,
  frames: readonly Frame[],
  members: readonly Member[],
  meter: FeedMeter,
): void {
  const subscribers = new Map<FeedTransport, number>()
  for (const { transport } of members) subscribers.set(transport, (subscribers.get(transport) ?? 0) + 1)
  const now = Date.now()
  const lagsMs = caughtUpAt ? frames.map(({ recordedAtMs = now }) => now - recordedAtMs) : []
  for (const [transport, count] of subscribers) meter.sent(transport, frames.length, count, lagsMs)
}

/**
 * Charges the clients of a cohort for what was executed for it, each its part. Returns the milliseconds after which one
 * of them is out of debt: until then the cohort waits, and what follows stays in the log.
 */
export function charge({ payers }: Cohort, cost: number, points: ClientPoints): number {
  if (cost <= 0 || !points.isLimited) return 0
  const waits = [...payers].map((client) => points.charge(client, cost / payers.size))
  return waits.length === 0 ? 0 : Math.min(...waits)
}
