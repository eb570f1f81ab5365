import { addDays } from '../../../../db/model/period.ts'
import { type DayOrder, dayOrders } from '../day-orders.ts'
import type { Section } from './cards.ts'
import { dayIn } from './dates.ts'
import type { NumericDay } from './numeric-day.ts'
import { fullDate } from './read-card.ts'
import { type Evidence, newestOf } from './year.ts'

export type ResolvedNumber =
  | { readonly date: string; readonly guess?: string }
  /** Those that it may be still, all if the page contradicts each. */
  | { readonly days: readonly string[] }

/** The day that such a heading means, if one alone is left by what else is known. */
export function resolveNumeric(
  section: Section,
  numeric: NumericDay,
  evidence: Evidence,
  orders: ReadonlySet<DayOrder>,
): ResolvedNumber {
  const possible = [...possibleDays(section, numeric, evidence)].flatMap(([order, day]) =>
    orders.has(order) ? [day] : [],
  )
  const { observed, named, namedDays, namedYear, linked } = evidence
  const signs: ((day: string) => boolean)[] = [
    (day) => day === named,
    (day) => named !== undefined && day <= addDays(named, 1),
    (day) => namedDays?.includes(day) === true,
    (day) => Number(day.slice(0, 4)) === namedYear,
    (day) => linked.some((other) => day >= addDays(other, -closeDays) && day <= addDays(other, closeDays)),
  ]
  let days = [...new Set(possible)].sort()
  for (const sign of signs) {
    const meant = days.filter(sign)
    if (meant.length > 0) days = meant
  }
  const [date, ...others] = days
  if (date !== undefined && others.length === 0) return { date }
  const seen = days.filter(
    (day) => observed !== undefined && day >= addDays(observed, -1) && day <= addDays(observed, 1),
  )
  const [near, ...alsoNear] = seen
  if (near !== undefined && alsoNear.length === 0) return { date: near, guess: 'it was observed then' }
  return { days: days.length > 0 ? days : [...new Set(numeric.days.values())].sort() }
}

/** The orders that every heading of a form can have; all where they have none in common. */
export function ordersByForm(
  sections: readonly Section[],
  evidence: Omit<Evidence, 'printed'>,
): ReadonlyMap<string, ReadonlySet<DayOrder>> {
  const byForm = new Map<string, Set<DayOrder>>()
  for (const section of sections) {
    const numeric = numericOf(section)
    if (!numeric) continue
    const orders = new Set(possibleDays(section, numeric, evidence).keys())
    // What contradicts itself says nothing of the others.
    if (orders.size === 0) continue
    const common = byForm.get(numeric.form)?.intersection(orders) ?? orders
    byForm.set(numeric.form, common.size > 0 ? common : new Set(dayOrders))
  }
  return byForm
}

export function numericOf({ heading }: Section): NumericDay | undefined {
  return heading?.kind === 'period' && heading.line.kind === 'period' ? heading.line.numeric : undefined
}

/** Days between an edition and those that its page links to, at most. */
const closeDays = 7

/** Without days after the time of observation, give or take a time zone, and days before a paper of the section. */
function possibleDays(
  { cards }: Section,
  { days }: NumericDay,
  { observed }: Pick<Evidence, 'observed'>,
): Map<DayOrder, string> {
  const latest = observed && addDays(observed, 1)
  const written = cards.flatMap(({ date }) => date?.written ?? [])
  const newest = newestOf(written.flatMap((each) => fullDate(each) ?? []))
  const yearless = written.filter(({ year }) => year === undefined)
  return new Map(
    [...days].filter(
      ([, day]) =>
        (latest === undefined || day <= latest) &&
        (newest === undefined || newest <= day) &&
        yearless.every((each) => (dayIn(Number(day.slice(0, 4)), each) ?? day) <= day),
    ),
  )
}
