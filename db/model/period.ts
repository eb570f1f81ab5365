export type PeriodKind = 'day' | 'week' | 'month'

/** A day, an ISO week (Monday to Sunday) or a month. */
export interface Period {
  readonly kind: PeriodKind
  /** `2026-01-05`, `2026-W02` or `2026-01`. */
  readonly name: string
  /** Its first and its last day. */
  readonly from: string
  readonly to: string
}

/** Whether a value is a day that exists, `YYYY-MM-DD`, from the year 1 on. */
export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value) || value.startsWith('0000')) return false
  const date = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value)
}

/** The period of this name; undefined where there is none such. */
export function parsePeriod(kind: PeriodKind, name: string): Period | undefined {
  const day = kind === 'day' ? name : kind === 'month' ? `${name}-01` : mondayOf(name)
  if (!isDay(day)) return undefined
  const period = periodOf(kind, day)
  return period.name === name ? period : undefined
}

/** The period of this kind that a day is in. */
export function periodOf(kind: PeriodKind, day: string): Period {
  if (kind === 'day') return { kind, name: day, from: day, to: day }
  if (kind === 'month') {
    const from = `${day.slice(0, 7)}-01`
    return { kind, name: day.slice(0, 7), from, to: addDays(`${nextMonth(from)}-01`, -1) }
  }
  const from = addDays(day, -weekday(day))
  // The week belongs to the year of its Thursday.
  const thursday = addDays(from, 3)
  const first = addDays(`${thursday.slice(0, 4)}-01-04`, -weekday(`${thursday.slice(0, 4)}-01-04`))
  const number = 1 + Math.round((toTime(from) - toTime(first)) / (7 * dayLength))
  return {
    kind,
    name: `${thursday.slice(0, 4)}-W${String(number).padStart(2, '0')}`,
    from,
    to: addDays(from, 6),
  }
}

export function addDays(day: string, days: number): string {
  return new Date(toTime(day) + days * dayLength).toISOString().slice(0, 10)
}

const dayLength = 86_400_000

function toTime(day: string): number {
  return Date.parse(`${day}T00:00:00Z`)
}

/** 0 for Monday. */
function weekday(day: string): number {
  return (new Date(toTime(day)).getUTCDay() + 6) % 7
}

function nextMonth(firstDay: string): string {
  return addDays(firstDay, 31).slice(0, 7)
}

function mondayOf(week: string): string {
  const [, year, number] = /^(\d{4})-W(\d\d)$/.exec(week) ?? []
  if (year === undefined || !isDay(`${year}-01-04`)) return ''
  const first = addDays(`${year}-01-04`, -weekday(`${year}-01-04`))
  return addDays(first, 7 * (Number(number) - 1))
}
