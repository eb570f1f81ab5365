import { monthOf } from './months.ts'
import { parseDay } from './time.ts'

/** No list of papers is older. */
export const firstList = '2023-05-04'

/** In which order a day, `29/06/26`, may have its parts. */
export const dayOrders = ['dmy', 'mdy', 'ymd'] as const
export type DayOrder = (typeof dayOrders)[number]

/**
 * The days that three parts may be, by the order in which they are read; none before the first list of papers. The middle
 * one may be the name of a month, and the last one a year of four digits.
 */
export function daysByOrder(a: string, b: string, c: string): ReadonlyMap<DayOrder, string> {
  const named = monthOf(b)
  const middle = named === undefined ? b : String(named)
  const isFull = c.length === 4
  const year = isFull ? c : `20${c}`
  const days: [DayOrder, string | undefined][] = [
    ['dmy', dayFrom(year, middle, a)],
    ['mdy', named === undefined ? dayFrom(year, a, b) : undefined],
    ['ymd', isFull ? undefined : dayFrom(`20${a.padStart(2, '0')}`, middle, c)],
  ]
  return new Map(
    days.flatMap(([order, day]) => (day !== undefined && day >= firstList ? [[order, day] as const] : [])),
  )
}

/** `YYYY-MM-DD` of parts in digits; undefined if the calendar has no such day. */
export function dayFrom(year = '', month = '', day = ''): string | undefined {
  return parseDay(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`)
}
