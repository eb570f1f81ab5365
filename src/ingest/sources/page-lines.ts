import { parseDay } from './time.ts'

/** The lines of a captured Daily Papers page, each with what it can be. */

export type Line = { number: number; text: string; afterBlank: boolean } & (
  | { kind: 'text' }
  | { kind: 'dot' }
  /** Absent count: the line is in the place of the count and has no number. */
  | { kind: 'authors'; count?: number }
  /** Absent date: written as a date, and not in the calendar. */
  | { kind: 'date'; date?: string; comments?: number }
  | { kind: 'number'; value: number }
  /** A day without a year, as the page's heading has it. */
  | { kind: 'day'; month: number; day: number }
)

/** Lines that hold something, numbered from 1 in the file; white space of any kind is one space. */
export function linesOf(text: string): Line[] {
  const lines: Line[] = []
  let afterBlank = true
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = raw.replace(/\s+/g, ' ').trim()
    if (line !== '') lines.push({ number: index + 1, text: line, afterBlank, ...kindOf(line) })
    afterBlank = line === ''
  }
  return lines
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
type Kind = DistributiveOmit<Line, 'number' | 'text' | 'afterBlank'>

const digits = String.raw`\d{1,3}(?:[,. ’']\d{3})+|\d+`
const dot = /^[·∙⋅・•|]$/
const authors = new RegExp(`^(?:[•∙●·] ?)?(${digits}) ?authors?$`, 'i')
/** "• authors", "• several authors", and "• 6 aut" where a file was cut. */
const authorsWithoutCount = /^[•∙●](?: ?[\d,]+| ?(?:\S{1,12} )?(?:a|au|aut|auth|autho|author|authors))$/i
const date = new RegExp(
  String.raw`^(?:\p{L}+,? )??(\p{L}{3,9})\.? (\d{1,2}),? (\d{4})(?: (${digits}))?$`,
  'u',
)
const dayOnly = /^(?:\p{L}+,? )??(\p{L}{3,9})\.? (\d{1,2})$/u
const number = new RegExp(`^(?:${digits})$`)

function kindOf(text: string): Kind {
  if (dot.test(text)) return { kind: 'dot' }
  const counted = authors.exec(text)
  if (counted?.[1]) return { kind: 'authors', count: numberOf(counted[1]) }
  if (authorsWithoutCount.test(text)) return { kind: 'authors' }
  const dated = date.exec(text)
  const month = monthOf(dated?.[1])
  if (dated && month) {
    const day = dayIn(Number(dated[3]), month, Number(dated[2]))
    return { kind: 'date', ...(day && { date: day }), ...(dated[4] && { comments: numberOf(dated[4]) }) }
  }
  if (number.test(text)) return { kind: 'number', value: numberOf(text) }
  const heading = dayOnly.exec(text)
  const headingMonth = monthOf(heading?.[1])
  if (heading && headingMonth) return { kind: 'day', month: headingMonth, day: Number(heading[2]) }
  return { kind: 'text' }
}

const months = 'january february march april may june july august september october november december'.split(
  ' ',
)

/** 1 to 12 for "Jan", "Sept", "January"; undefined for other words. */
function monthOf(word: string | undefined): number | undefined {
  if (!word || word.length < 3) return undefined
  const index = months.findIndex((month) => month.startsWith(word.toLowerCase()))
  return index === -1 ? undefined : index + 1
}

/** The day as `YYYY-MM-DD`, when that year has it. */
export function dayIn(year: number, month: number, day: number): string | undefined {
  const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  return parseDay(text)
}

function numberOf(text: string): number {
  return Number(text.replace(/\D/g, ''))
}
