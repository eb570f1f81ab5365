import { englishMonthOf, monthOf } from '../months.ts'
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
  String.raw`${before}(?:[\p{L}-]+\.?,? )??(\d{1,2})(?:\.|er|º|°)? (?:de )?(\p{L}{3,10})\.?,?(?: (?:de )?((?:19|20)\d\d))?${behind}`,
  'iu',
)
/** Chinese, Japanese and Korean: 2026年4月23日（木）, 4月23日, 2026년 4월 23일. */
const unspaced = new RegExp(
  String.raw`${before}(?:(\d{4}) ?[年년] ?)?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日号號일](?: ?[(（]?(?:星期|周|週)?[一二三四五六日天月火水木金土월화수목금토일](?:曜日?|요일)?[)）]?)?${behind}`,
  'iu',
)
const numeric = new RegExp(String.raw`${before}(\d{4})([-/.])(\d\d?)\2(\d\d?)${behind}`, 'iu')
/** With dots, the day is first; with slashes it may be either, so that those are no day. */
const numericDayFirst = new RegExp(String.raw`${before}(\d\d?)\.(\d\d?)\.(\d{4})${behind}`, 'iu')

const fullWidth = /[０-９]/g
const toDigit = (digit: string) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0)

/** Arrows to the days beside it, marks of a heading or of a list, and words around a day that is a heading. */
const aroundBefore =
  /^(?:#{1,6} |[-–*•_<‹«◀◄←❮> ])*(?:(?:hugging ?face )?(?:daily |trending )?papers?(?: (?:of|for|on|from|[-–—·•|])|:) )?/i
const aroundBehind =
  /(?: ?[(:–—-] ?\d+ papers\)?| \((?:mon|tues|wednes|thurs|fri|satur|sun)day\))?[ *#_:>›»▶►→❯]*$/i

/**
 * "May 16, 2025 2", "May 30", "30 May 2025", "2025-05-30", "## May 30", "‹ May 30 ›", "Daily Papers for May 30", "30 mai
 * 2025", "30 de mayo de 2025", "2025年5月30日"; undefined for other texts, and for months that are none.
 */
export function writtenDay(decorated: string): WrittenDay | undefined {
  if (decorated.length > 80) return undefined
  const text = undecorated(decorated)
  const iso = numeric.exec(text)
  if (iso) return written(monthNumber(iso[3]), iso[4], iso[1], iso[5])
  const european = numericDayFirst.exec(text)
  if (european) return written(monthNumber(european[2]), european[1], european[3], european[4])
  const [, spelledYear, spelledMonth, spelledDay, spelledComments] =
    unspaced.exec(text.replace(fullWidth, toDigit)) ?? []
  if (spelledDay) return written(monthNumber(spelledMonth), spelledDay, spelledYear, spelledComments)
  // Without a comma only a number that can be a year is one: "Jan 9 1000" has a thousand comments.
  const [, name, day, year, likelyYear, comments] = monthFirst.exec(text) ?? []
  // With the month first, dates are English; "Set 3" is a month in three other languages.
  if (name) return written(englishMonthOf(name), day, year ?? likelyYear, comments)
  const reversed = dayFirst.exec(text)
  return reversed?.[2] ? written(monthOf(reversed[2]), reversed[1], reversed[3], reversed[4]) : undefined
}

/** A heading without the signs and words that tools and people write around its day. */
export function undecorated(text: string): string {
  return text.normalize('NFC').replace(aroundBefore, '').replace(aroundBehind, '')
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

function monthNumber(text: string | undefined): number | undefined {
  const month = Number(text)
  return month >= 1 && month <= 12 ? month : undefined
}

/** The day as `YYYY-MM-DD`, when that year has it. */
export function dayIn(year: number, { month, day }: Pick<WrittenDay, 'month' | 'day'>): string | undefined {
  return parseDay(`${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`)
}

export function numberOf(text: string): number {
  return Number(text.replace(/\D/g, ''))
}
