import { isDay } from '../../db/model/period.ts'
import { badAddress } from './page-errors.ts'

/** Calendar days as texts, `2026-01-05`, without a time zone. */

const long = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' })

const dateOf = (day: string) => new Date(`${day.slice(0, 10)}T00:00:00Z`)

/** `Monday 5 January 2026` */
export const longDay = (day: string): string => long.format(dateOf(day)).replace(',', '')

/** Throws an ApiError unless the text is a day that exists. */
export function requireDay(text: string): string {
  const day = isDay(text) ? text : undefined
  if (day !== undefined) return day
  throw badAddress(`${JSON.stringify(text.slice(0, 40))} is not a date. Write it as in 2026-01-05.`)
}
