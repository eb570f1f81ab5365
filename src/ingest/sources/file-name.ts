import { parseDay, parseInstant } from './time.ts'

const month = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}'
const gap = '[-_., ]{0,2}'

/** How names write a day. Two-digit years are in none: "01-02-03" has six meanings. */
const forms: [pattern: RegExp, dayOf: (parts: readonly string[]) => string | undefined][] = [
  // 2026-06-29, 2026_6_29, 2026.06.29, 2026 06 29
  [/(?<!\d)(\d{4})([-_. ])(\d{1,2})\2(\d{1,2})(?!\d)/g, ([, y, , m, d]) => dayFrom(y, m, d)],
  // 20260629, and with a time behind it 202606291631 or 20260629163122
  [/(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?:\d{4}|\d{6})?(?!\d)/g, ([, y, m, d]) => dayFrom(y, m, d)],
  // 2026年6月29日
  [/(?<!\d)(\d{4})年 ?(\d{1,2})月 ?(\d{1,2})日/g, ([, y, m, d]) => dayFrom(y, m, d)],
  // 29.06.2026: with dots, the day is first
  [/(?<!\d)(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)/g, ([, d, m, y]) => dayFrom(y, m, d)],
  // 29-06-2026 and 06-29-2026: only a number above 12 tells which is the day
  [
    /(?<!\d)(\d{1,2})([-_ ])(\d{1,2})\2(\d{4})(?!\d)/g,
    ([, a, , b, y]) =>
      a === b || Number(a) > 12 ? dayFrom(y, b, a) : Number(b) > 12 ? dayFrom(y, a, b) : undefined,
  ],
  // Jun_29_2026, June 29, 2026
  [
    new RegExp(`(?<![a-z])${month}${gap}(\\d{1,2})(?:st|nd|rd|th)?${gap}((?:19|20)\\d\\d)(?!\\d)`, 'gi'),
    ([, m, d, y]) => dayFrom(y, numberOf(m), d),
  ],
  // 29-Jun-2026, 29june2026
  [
    new RegExp(`(?<!\\d)(\\d{1,2})(?:st|nd|rd|th)?${gap}${month}${gap}((?:19|20)\\d\\d)(?!\\d)`, 'gi'),
    ([, d, m, y]) => dayFrom(y, numberOf(m), d),
  ],
  // 2026-Jun-29, 2026jun29
  [
    new RegExp(`(?<!\\d)((?:19|20)\\d\\d)${gap}${month}${gap}(\\d{1,2})(?!\\d)`, 'gi'),
    ([, y, m, d]) => dayFrom(y, numberOf(m), d),
  ],
]

/** A time in UTC behind a day: `T0416Z`, `T04:16:05.123Z`, `T041605Z`. */
const time = /^T(\d\d)[:-]?(\d\d)(?:[:-]?(\d\d)(?:\.\d+)?)?Z(?!\d)/

interface NamedTimes {
  /** `YYYY-MM-DD` */
  date?: string
  /** As an ISO string. */
  instant?: string
  /** Where the name has no day, or one that may be two. */
  year?: number
}

/**
 * What the name of a saved file tells: the day of `2024-05-27.json`, `daily_papers-20240527.json.gz` and
 * `27.05.2024.json`, and also the time of saving in `2025-01-22T0416Z.json`. A name with two different days, or with one
 * that may be two (`03-04-2026`), tells neither; of a name without a day, `2026-W24.txt`, the year may be known.
 */
export function timesInName(name: string | undefined): NamedTimes {
  const base = (name?.split(/[/\\]/).at(-1) ?? '').slice(0, 1_000)
  const found = forms.flatMap(([pattern, dayOf]) =>
    [...base.matchAll(pattern)].map((match) => ({
      date: dayOf(match),
      rest: base.slice(match.index + match[0].length),
    })),
  )
  const [first, ...others] = found
  if (!first?.date || others.some(({ date }) => date !== first.date)) return yearIn(base)
  const { date } = first
  const [, hours, minutes, seconds = '00'] = time.exec(first.rest) ?? []
  const instant = hours && parseInstant(`${date}T${hours}:${minutes}:${seconds}Z`)
  return instant ? { date, instant } : { date }
}

function yearIn(base: string): NamedTimes {
  const years = new Set([...base.matchAll(/(?<!\d)20[2-9]\d(?!\d)/g)].map(([year]) => Number(year)))
  const [year] = years
  return year === undefined || years.size > 1 ? {} : { year }
}

function dayFrom(year = '', month = '', day = ''): string | undefined {
  return parseDay(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`)
}

function numberOf(name = ''): string {
  return String('janfebmaraprmayjunjulaugsepoctnovdec'.indexOf(name.toLowerCase()) / 3 + 1)
}
