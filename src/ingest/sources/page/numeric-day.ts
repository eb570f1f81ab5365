import { type DayOrder, daysByOrder } from '../day-orders.ts'
import { undecorated } from './dates.ts'

/** A heading in digits that may be several days: 29/06/26, 26-06-29, 03/04/2026. */
export interface NumericDay {
  /** How it is written: headings of one file in one form have one order. */
  readonly form: string
  readonly days: ReadonlyMap<DayOrder, string>
}

const pattern = /^(\d\d?)([-/.])(\d\d?)\2(\d\d|20\d\d)$/

/** Undefined for other texts, and for what is no day in any order. */
export function numericDay(decorated: string): NumericDay | undefined {
  const [, a, sign, b, c] = pattern.exec(undecorated(decorated)) ?? []
  if (a === undefined || b === undefined || c === undefined) return undefined
  const days = daysByOrder(a, b, c)
  return days.size > 0 ? { form: `${sign}${c.length}`, days } : undefined
}
