import { addDays } from '../../../../db/model/period.ts'
import { dayIn, type WrittenDay } from './dates.ts'

/** What tells the year of a page whose heading names none. Days are `YYYY-MM-DD`, which compare as text. */
export interface Evidence {
  /** The day on which the page was observed, where somebody says so. */
  observed?: string
  /** The day in the file's name. */
  named?: string
  /** The days that the one in the file's name may be: 26-06-29. */
  namedDays?: readonly string[]
  /** The year in a name that has no day, or one that may be two. */
  namedYear?: number
  /** Days of other editions that the page links to: the day before and the day after. */
  linked: readonly string[]
  /** Full dates on the cards. */
  printed: readonly string[]
  /** The edition of the section before, in a file of several days. */
  neighbour?: string
}

export interface Resolved {
  date: string
  /** Why that year was taken, where nothing settles it. */
  guess?: string
}

/**
 * The day that the heading means. Evidence goes first: the file's name, the time of observation (no page is captured
 * before its day, give or take a time zone), links to the editions beside it. Otherwise the page's own habit: it
 * prints the year only with dates of other years, so that its year is later than each one that it prints.
 */
export function resolveDay(written: WrittenDay, evidence: Evidence): Resolved | undefined {
  if (written.year !== undefined) return sure(dayIn(written.year, written))
  const { observed, named, namedDays = [], namedYear, linked, printed, neighbour } = evidence
  const latest = observed && addDays(observed, 1)
  if (named && dayIn(Number(named.slice(0, 4)), written) === named && (!latest || named <= latest))
    return { date: named }
  const [meant, ...others] = namedDays.filter(
    (day) => dayIn(Number(day.slice(0, 4)), written) === day && (!latest || day <= latest),
  )
  if (meant && others.length === 0) return { date: meant }
  const captured = observed ?? named
  if (captured) return sure(lastDayUpTo(addDays(captured, 1), written))
  const near = nearest(written, linked)
  if (near && distance(near.date, near.to) <= 31) return { date: near.date }
  if (namedYear !== undefined) return sure(dayIn(namedYear, written))
  const newest = newestOf(printed)
  if (newest) {
    const date = firstDayFrom(Number(newest.slice(0, 4)) + 1, written)
    const why = `the page prints the year only with dates of other years, the latest ${newest.slice(0, 4)}`
    return date ? { date, guess: why } : undefined
  }
  const beside = neighbour && nearest(written, [neighbour])
  return beside ? { date: beside.date, guess: `it is nearest to ${neighbour}` } : undefined
}

/** The last such day up to a day, included. */
function lastDayUpTo(limit: string, written: Pick<WrittenDay, 'month' | 'day'>): string | undefined {
  const year = Number(limit.slice(0, 4))
  // 29 February can be eight years away, around a century that is no leap year.
  for (let back = 0; back <= 8; back += 1) {
    const date = dayIn(year - back, written)
    if (date && date <= limit) return date
  }
  return undefined
}

function firstDayFrom(year: number, written: WrittenDay): string | undefined {
  for (let ahead = 0; ahead <= 8; ahead += 1) {
    const date = dayIn(year + ahead, written)
    if (date) return date
  }
  return undefined
}

function nearest(written: WrittenDay, days: readonly string[]): { date: string; to: string } | undefined {
  const candidates = days.flatMap((to) =>
    [-1, 0, 1].flatMap((offset) => {
      const date = dayIn(Number(to.slice(0, 4)) + offset, written)
      return date ? [{ date, to }] : []
    }),
  )
  return candidates.sort((a, b) => distance(a.date, a.to) - distance(b.date, b.to))[0]
}

function distance(a: string, b: string): number {
  return Math.abs(Date.parse(a) - Date.parse(b)) / 86_400_000
}

const sure = (date: string | undefined): Resolved | undefined => (date ? { date } : undefined)

/** Days and instants as text are in the order of time. */
export function newestOf(days: readonly string[]): string | undefined {
  return days.reduce<string | undefined>((newest, day) => (newest && newest > day ? newest : day), undefined)
}
