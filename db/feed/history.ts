import type { Db } from '../database.ts'
import { type LogState, newestRecordedBy, positionsBetween } from './log.ts'
import { beginning, isSamePosition, type Position, type Term } from './position.ts'

/** What the log has at a number; undefined if it ends before, or if that event has been pruned. */
export async function positionAt(
  db: Db,
  number: number,
  { pruned }: LogState,
): Promise<Position | undefined> {
  if (number === 0) return beginning
  if (number === pruned.number) return pruned
  const [position] = await positionsBetween(db, number, number, 1)
  return position
}

/**
 * The last position that the log shares with another history, of which one position and its term are known. Each of
 * three bounds is at or after that position, and one of them is exact unless histories forked more than once:
 * - a term that only one of the two has began after it;
 * - what they share was recorded before the given event was, and what this log has instead was recorded after a
 *   restore, so later. This one needs a clock that went forward.
 */
export async function lastShared(db: Db, state: LogState, lost: Position, term: Term): Promise<Position> {
  const { terms, head, pruned } = state
  const known = terms.findIndex(({ id }) => id === term.id)
  const next = terms[known + 1]
  const isKnown = known >= 0 || term.id === 0
  const byTerm = isKnown ? (next?.after ?? lost.number) : term.after
  const upTo = Math.min(byTerm, lost.number - 1, head.number)
  if (upTo <= pruned.number) return pruned
  return (await newestRecordedBy(db, lost.recordedAtMs, upTo)) ?? pruned
}

/** Of positions in order that another history had, the last one that the log has too. */
export async function lastOf(db: Db, positions: readonly Position[]): Promise<Position | undefined> {
  const [first] = positions
  const last = positions.at(-1)
  if (!first || !last) return undefined
  const here = await positionsBetween(db, first.number, last.number, positions.length)
  const byNumber = new Map(here.map((position) => [position.number, position]))
  return positions.findLast((position) => {
    const other = byNumber.get(position.number)
    return other !== undefined && isSamePosition(position, other)
  })
}
