import type { Db } from '../database.ts'
import { type LogState, newestRecordedBy, positionsBetween } from './log.ts'
import { beginning, isSamePosition, maxTermsNamed, type Position, type Term } from './position.ts'

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

/** Cursors that name no exact event go on working for what was recorded up to a day after those that do. */
export function mayBeNumberAlone({ recordedAtMs }: Position, { markedSinceMs }: LogState): boolean {
  return recordedAtMs < markedSinceMs + 86_400_000
}

/**
 * The last position that the log shares with another history, of which one position and its terms are known. Both
 * bounds are at or after it, and one of them is exact:
 * - a term that only one of the two has began after it. This is exact where their databases are in different places;
 * - what they share was recorded before the given event was, and what this log has instead was recorded after a
 *   restore, so later. This is exact where the other history has ended, and needs a clock that went forward.
 */
export async function lastShared(
  db: Db,
  state: LogState,
  lost: Position,
  theirs: readonly Term[],
): Promise<Position> {
  const { terms, head, pruned } = state
  const known = terms.findIndex(({ id }) => id === theirs[0]?.id)
  // They may have had more before those.
  if (known < 0 && theirs.length === maxTermsNamed) return pruned
  const ours = terms.slice(Math.max(0, known))
  const parted = ours.findIndex(({ id }, index) => id !== theirs[index]?.id)
  const index = parted < 0 ? ours.length : parted
  const byTerm = Math.min(ours[index]?.after ?? head.number, theirs[index]?.after ?? lost.number)
  const upTo = Math.min(byTerm, lost.number - 1)
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
