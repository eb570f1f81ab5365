import { dayIn, type Line } from './page-lines.ts'
import { later } from './time.ts'

export type Heading = Line & ({ kind: 'day' } | { kind: 'date' })

/** Lines that the page has around its cards. */
const furniture =
  /^(?:new|get trending papers in your email inbox!?|subscribe|daily papers|trending papers|by ?ak and the research community|previous|next)$/i

/**
 * Parts a page into its heading's day ("Jan 5") and the lines of its cards. Lines before the day belong to
 * the heading; without a day, the lines that are known to.
 */
export function readHeading(lines: readonly Line[]): { heading?: Heading; body: Line[] } {
  const footer = lines.findIndex(({ kind }) => kind === 'authors' || kind === 'dot')
  const top = footer === -1 ? lines : lines.slice(0, footer)
  const begun = lines.findIndex(({ text }) => !furniture.test(text))
  // A full date is the edition only where no card can have begun.
  const at = top.findLastIndex(({ kind }, index) => kind === 'day' || (kind === 'date' && index <= begun))
  const heading = lines[at]
  const body = (at === -1 ? lines : lines.slice(at + 1)).filter(({ text }) => !furniture.test(text))
  return heading?.kind === 'day' || heading?.kind === 'date' ? { heading, body } : { body }
}

/**
 * The edition's date. The heading names no year: it is the first such day strictly after the newest paper on the
 * page, since a paper is listed after it is published, mostly within days. Undefined where no year has that day or
 * no paper tells a date.
 */
export function editionOf(heading: Heading | undefined, published: readonly string[]): string | undefined {
  if (heading?.kind === 'date') return heading.date
  const newest = newestOf(published)
  if (!heading || !newest) return undefined
  const year = Number(newest.slice(0, 4))
  // 29 February can be eight years away, around a century that is no leap year.
  for (let ahead = 0; ahead <= 8; ahead += 1) {
    const date = dayIn(year + ahead, heading.month, heading.day)
    if (date && date > newest) return date
  }
  return undefined
}

/** Days as text are in the order of time. */
export function newestOf(days: readonly string[]): string | undefined {
  return days.reduce<string | undefined>(later, undefined)
}
