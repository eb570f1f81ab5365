import { isDay } from '../../db/model/period.ts'
import { badAddress } from './page-errors.ts'

/** Calendar days as texts, `2026-01-05`, without a time zone. */

/** A format is made with its first day: the first of a process loads the data of languages, in 20 ms. */
const format = (options: Intl.DateTimeFormatOptions) => {
  let made: Intl.DateTimeFormat | undefined
  return (day: string) => {
    made ??= new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' })
    return made.format(new Date(`${day.slice(0, 10)}T00:00:00Z`)).replace(/^(\w+),/, '$1')
  }
}

/** `Monday 5 January 2026` */
export const longDay = format({ dateStyle: 'full' })
/** `5 January 2026` */
export const plainDay = format({ dateStyle: 'long' })
/** `Mon 5 Jan` */
export const shortDay = format({ weekday: 'short', day: 'numeric', month: 'short' })
/** The same, with its year in another than that of a day beside it. */
export const shortDayBeside = (day: string, other: string): string =>
  day.slice(0, 4) === other.slice(0, 4) ? shortDay(day) : `${shortDay(day)} ${day.slice(0, 4)}`
const monthAndYear = format({ month: 'long', year: 'numeric' })

/** `January 2026`, of `2026-01` or of a day. */
export const longMonth = (day: string): string => monthAndYear(`${day.slice(0, 7)}-01`)

/** Throws an ApiError unless the text is a day that exists. */
export function requireDay(text: string): string {
  const day = isDay(text) ? text : undefined
  if (day !== undefined) return day
  throw badAddress(`${JSON.stringify(text.slice(0, 40))} is not a date. Write it as in 2026-01-05.`)
}
