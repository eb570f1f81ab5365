import { parseDay } from '../time.ts'

/** A day as the page writes it, with the comment count that may stand behind it on the same line. */
export interface WrittenDay {
  month: number
  day: number
  year?: number
  comments?: number
}

/** A count: "12", "1,234"; "1.2k" is one whose value the page does not tell exactly. */
export const digits = String.raw`\d{1,3}(?:[,. ’']\d{3})+|\d+`
const behind = `(?: (${digits}))?$`
const before = `^(?:published )?(?:on )?`
const monthFirst = new RegExp(
  String.raw`${before}(?:\p{L}+\.?,? )??(\p{L}{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?:, ?(\d{4})| ((?:19|20)\d\d))?${behind}`,
  'iu',
)
const dayFirst = new RegExp(
  String.raw`${before}(?:\p{L}+\.?,? )??(\d{1,2})\.? (\p{L}{3,9})\.?,?(?: ((?:19|20)\d\d))?${behind}`,
  'iu',
)
const numeric = new RegExp(String.raw`${before}(\d{4})-(\d\d)-(\d\d)${behind}`, 'i')

/** "May 16, 2025 2", "May 30", "30 May 2025", "2025-05-30"; undefined for other texts, and for months that are none. */
export function writtenDay(text: string): WrittenDay | undefined {
  if (text.length > 60) return undefined
  const iso = numeric.exec(text)
  if (iso) return written(Number(iso[2]), iso[3], iso[1], iso[4])
  // Without a comma only a number that can be a year is one: "Jan 9 1000" has a thousand comments.
  const [, name, day, year, likelyYear, comments] = monthFirst.exec(text) ?? []
  if (name) return written(monthOf(name), day, year ?? likelyYear, comments)
  const reversed = dayFirst.exec(text)
  return reversed?.[2] ? written(monthOf(reversed[2]), reversed[1], reversed[3], reversed[4]) : undefined
}

function written(
  month: number | undefined,
  day: string | undefined,
  year: string | undefined,
  comments?: string,
): WrittenDay | undefined {
  if (!month) return undefined
  return {
    month,
    day: Number(day),
    ...(year && { year: Number(year) }),
    ...(comments && { comments: numberOf(comments) }),
  }
}

const months = 'january february march april may june july august september october november december'.split(
  ' ',
)

/** 1 to 12 for "Jan", "Sept", "January"; undefined for other words. */
function monthOf(word: string): number | undefined {
  if (word.length < 3) return undefined
  const index = months.findIndex((month) => month.startsWith(word.toLowerCase()))
  return index === -1 ? undefined : index + 1
}

/** The day as `YYYY-MM-DD`, when that year has it. */
export function dayIn(year: number, { month, day }: Pick<WrittenDay, 'month' | 'day'>): string | undefined {
  return parseDay(`${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`)
}

export function numberOf(text: string): number {
  return Number(text.replace(/\D/g, ''))
}
