import type { TrendMoment } from '../db/trending.ts'

/** The moment of the ranking that a paper was listed by, so that its own values are of the same moment. */
const moments = new WeakMap<object, TrendMoment>()

/** Notes that a row is from a list that was ranked at this moment; returns the row. */
export function rankedAt<Row extends object>(row: Row, moment: TrendMoment): Row {
  moments.set(row, moment)
  return row
}

/** Undefined for a row of any other list. */
export function momentOfRanking(row: object): TrendMoment | undefined {
  return moments.get(row)
}
