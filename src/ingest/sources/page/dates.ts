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
const behind = `(?: (?:[(💬🗨]\\uFE0F? ?)?(${digits})(?: comments?)?\\)?)?$`
const before = `^(?:published )?(?:on )?`
const monthFirst = new RegExp(
  String.raw`${before}(?:\p{L}+\.?,? )??(\p{L}{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?:, ?(\d{4})| ((?:19|20)\d\d))?${behind}`,
  'iu',
)
const dayFirst = new RegExp(
  String.raw`${before}(?:\p{L}+\.?,? )??(\d{1,2})\.? (\p{L}{3,9})\.?,?(?: ((?:19|20)\d\d))?${behind}`,
  'iu',
)
const numeric = new RegExp(String.raw`${before}(\d{4})([-/.])(\d\d?)\2(\d\d?)${behind}`, 'iu')
/** With dots, the day is first; with slashes it may be either, so that those are no day. */
const numericDayFirst = new RegExp(String.raw`${before}(\d\d?)\.(\d\d?)\.(\d{4})${behind}`, 'iu')

/** Arrows to the days beside it, marks of a heading or of a list, and words around a day that is a heading. */
const aroundBefore =
  /^(?:#{1,6} |[-–*•_<‹«◀◄←❮> ])*(?:(?:hugging ?face )?(?:daily |trending )?papers?(?: (?:of|for|on|from|[-–—·•|])|:) )?/i
const aroundBehind =
  /(?: ?[(:–—-] ?\d+ papers\)?| \((?:mon|tues|wednes|thurs|fri|satur|sun)day\))?[ *#_:>›»▶►→❯]*$/i

/**
 * "May 16, 2025 2", "May 30", "30 May 2025", "2025-05-30", "## May 30", "‹ May 30 ›", "Daily Papers for May 30"; undefined
 * for other texts, and for months that are none.
 */
export function writtenDay(decorated: string): WrittenDay | undefined {
  if (decorated.length > 80) return undefined
  const text = decorated.replace(aroundBefore, '').replace(aroundBehind, '')
  const iso = numeric.exec(text)
  if (iso) return written(monthNumber(iso[3]), iso[4], iso[1], iso[5])
  const european = numericDayFirst.exec(text)
  if (european) return written(monthNumber(european[2]), european[1], european[3], european[4])
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

function monthNumber(text: string | undefined): number | undefined {
  const month = Number(text)
  return month >= 1 && month <= 12 ? month : undefined
}

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
