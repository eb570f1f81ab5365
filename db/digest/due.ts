import { type RawBuilder, sql } from 'kysely'

/** When a digest is wanted. */
export interface DueTimes {
  readonly cadence: RawBuilder<unknown>
  readonly weekday: RawBuilder<unknown>
  readonly hour: RawBuilder<unknown>
  readonly zone: RawBuilder<unknown>
}

/** Those of the subscriber `s`. */
export const dueTimesOfSubscriber: DueTimes = {
  cadence: sql`s.cadence`,
  weekday: sql`s.weekday`,
  hour: sql`s.hour`,
  zone: sql`s.zone`,
}

/**
 * The first time after an instant at which a digest is due, by the time zones of Postgres: the hour on the reader's
 * clock. An hour that a day does not have is the one after it; of one that a day has twice, the second counts. Days that
 * a zone has left out are no days.
 */
export function nextDueAfter(instant: RawBuilder<unknown>, times: DueTimes): RawBuilder<Date> {
  const { cadence, weekday, hour, zone } = times
  const today = sql`((${instant}) at time zone ${zone})::date`
  return sql<Date>`(select min(due.at) from (
    select (day + make_time(${hour}, 0, 0)) at time zone ${zone} as at
    from generate_series(${today}::timestamp - interval '1 day', ${today}::timestamp + interval '9 days', interval '1 day') as day
    where ${cadence} = 'daily' or extract(isodow from day) = ${weekday}
  ) due where due.at > (${instant}))`
}
