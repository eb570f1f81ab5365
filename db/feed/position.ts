/**
 * A place in the log: just after an event, or before all of them. It names that event exactly, so that it is not
 * taken for an event of the same number in another history of the database.
 */
export interface Position {
  /** The number of the event before it; 0 before the first. */
  readonly number: number
  /** The mark of that event, 48 bits; 0 before the first. */
  readonly mark: number
  /** When that event was recorded, in milliseconds since 1970; 0 before the first or if unknown. */
  readonly recordedAtMs: number
}

export const beginning: Position = { number: 0, mark: 0, recordedAtMs: 0 }

/** Whether two positions are the same place of the same history. */
export function isSamePosition(one: Position, other: Position): boolean {
  return one.number === other.number && one.mark === other.mark
}

/** The first of positions of one log; undefined for none. */
export function earliest(positions: readonly Position[]): Position | undefined {
  return positions.toSorted((one, other) => one.number - other.number)[0]
}

/**
 * The events of a log between two moves of its database to another place: a copy, a restore or a failover. Another
 * copy of the database may share the events up to the beginning of a term, and has others after it.
 */
export interface Term {
  /** The number of the last event before it. */
  readonly after: number
  /** Random, 24 bits. */
  readonly id: number
}

/** Terms that a cursor names at most. */
export const maxTermsNamed = 4

/** The terms that led to the event of that number, the newest ones, in order; none if it is of the first. */
export function termsOf(number: number, terms: readonly Term[]): readonly Term[] {
  const end = 1 + terms.findLastIndex(({ after }) => after < number)
  return terms.slice(Math.max(0, end - maxTermsNamed), end)
}
