import { dayFrom, daysByOrder, firstList } from './day-orders.ts'
import { monthOf } from './months.ts'
import { parseInstant } from './time.ts'

const word = '(\\p{L}{3,10})'
const gap = '[-_., ]{0,2}(?:de[-_ ])?'
const ordinal = '(?:st|nd|rd|th|er|º|°)?'

type Parts = readonly (string | undefined)[]

/** How names write a day with its year in full. */
const forms: [pattern: RegExp, dayOf: (parts: Parts) => string | undefined][] = [
  // 2026-06-29, 2026_6_29, 2026.06.29, 2026 06 29
  [/(?<!\d)(\d{4})([-_. ])(\d{1,2})\2(\d{1,2})(?!\d)/g, ([, y, , m, d]) => dayFrom(y, m, d)],
  // 20260629, and with a time behind it 202606291631 or 20260629163122
  [/(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?:\d{4}|\d{6})?(?!\d)/g, ([, y, m, d]) => dayFrom(y, m, d)],
  // 2026年6月29日, 26年6月29日, 2026년 6월 29일
  [
    /(?<!\d)(?:20)?(\d{2})[年년] ?(\d{1,2})[月월] ?(\d{1,2})[日号號일]/g,
    ([, y, m, d]) => dayFrom(`20${y}`, m, d),
  ],
  // 29.06.2026: with dots, the day is first
  [/(?<!\d)(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)/g, ([, d, m, y]) => dayFrom(y, m, d)],
  // 29-06-2026 and 06-29-2026: only a number above 12 tells which is the day
  [
    /(?<!\d)(\d{1,2})([-_ ])(\d{1,2})\2(\d{4})(?!\d)/g,
    ([, a, , b, y]) =>
      a === b || Number(a) > 12 ? dayFrom(y, b, a) : Number(b) > 12 ? dayFrom(y, a, b) : undefined,
  ],
  // Jun_29_2026, June 29, 2026
  named(`(?<!\\p{L})${word}${gap}(\\d{1,2})${ordinal}${gap}((?:19|20)\\d\\d)(?!\\d)`, ([, m, d, y]) => [
    y,
    m,
    d,
  ]),
  // 29-Jun-2026, 29june2026, 1er juin 2026, 29 de junio de 2026
  named(`(?<!\\d)(\\d{1,2})${ordinal}${gap}${word}${gap}((?:19|20)\\d\\d)(?!\\d)`, ([, d, m, y]) => [
    y,
    m,
    d,
  ]),
  // 2026-Jun-29, 2026jun29
  named(`(?<!\\d)((?:19|20)\\d\\d)${gap}${word}${gap}(\\d{1,2})(?!\\d)`, ([, y, m, d]) => [y, m, d]),
  // Jun 29 '26, Jun 29, 26
  named(`(?<!\\p{L})${word}${gap}(\\d{1,2})${ordinal}(?:, ?| ?['’])(\\d\\d)(?!\\d)`, ([, m, d, y]) => [
    `20${y}`,
    m,
    d,
  ]),
]

/** A form with the name of a month; other words are no day at all. */
function named(pattern: string, parts: (match: Parts) => Parts): (typeof forms)[number] {
  return [
    new RegExp(pattern, 'giu'),
    (match) => {
      const [y, m = '', d] = parts(match)
      const month = monthOf(m)
      return month === undefined ? noDay : dayFrom(y, String(month), d)
    },
  ]
}
const noDay = 'none'

/** Days with a year of two digits, 26-06-29, 29.06.26, 260629, 29-Jun-26, and 03-04-2026: each may be several days. */
const ambiguous = [
  /(?<![\p{L}\d.])(\d\d?)([-_. ])(\d\d?)\2(\d\d|20\d\d)(?![\d.]\d|\d)/gu,
  /(?<!\d)(\d\d)()(\d\d)(\d\d)(?!\d)/g,
  /(?<!\d)(\d\d?)([-_. ]?)(\p{L}{3,10})\2(\d\d)(?!\d)/giu,
]
/** Seconds or milliseconds since 1970, from the first list of papers on. */
const unixTime = /(?<!\d)(1[67]\d{8}|1[89]\d{8})(\d{3})?(?!\d)/g

/** A time in UTC behind a day: `T0416Z`, `T04:16:05.123Z`, `T041605Z`. */
const time = /^T(\d\d)[:-]?(\d\d)(?:[:-]?(\d\d)(?:\.\d+)?)?Z(?!\d)/

interface NamedTimes {
  /** `YYYY-MM-DD` */
  date?: string
  /** As an ISO string. */
  instant?: string
  /** Where the name has no day, or one that may be two. */
  year?: number
  /** The days that one with a year of two digits, or with the month first or second, may be. */
  days?: readonly string[]
}

/**
 * What the name of a saved file tells: the day of `2024-05-27.json`, `daily_papers-20240527.json.gz`, `27.05.2024.json` and
 * `27 mai 2024.txt`, and also the time of saving in `2025-01-22T0416Z.json` and `papers-1737519360.json`. A name with two
 * different days, or with one that may be two (`03-04-2026`, `26-06-29`), tells neither; of a name without a day,
 * `2026-W24.txt`, the year may be known.
 */
export function timesInName(name: string | undefined): NamedTimes {
  const base = (name?.split(/[/\\]/).at(-1) ?? '').slice(0, 1_000).normalize('NFKC')
  const found = forms.flatMap(([pattern, dayOf]) =>
    [...base.matchAll(pattern)].flatMap((match) => {
      const date = dayOf(match)
      return date === noDay ? [] : [{ date, rest: base.slice(match.index + match[0].length) }]
    }),
  )
  const [first, ...others] = found
  if (!first) return timesWithoutDay(base)
  if (!first.date || others.some(({ date }) => date !== first.date)) {
    const hasDay = found.some(({ date }) => date !== undefined)
    return { ...yearIn(base), ...(!hasDay && possibleDays(base)) }
  }
  const { date } = first
  const [, hours, minutes, seconds = '00'] = time.exec(first.rest) ?? []
  const instant = hours && parseInstant(`${date}T${hours}:${minutes}:${seconds}Z`)
  return instant ? { date, instant } : { date }
}

function timesWithoutDay(base: string): NamedTimes {
  const instants = Array.from(base.matchAll(unixTime), ([, seconds, ms = '000']) =>
    new Date(Number(`${seconds}${ms}`)).toISOString(),
  ).filter((instant) => instant >= firstList)
  const [instant] = instants
  if (instant && instants.length === 1) return { instant }
  const { days = [] } = possibleDays(base)
  const [date] = days
  return date && days.length === 1 ? { date } : { ...yearIn(base), ...(days.length > 1 && { days }) }
}

/** Each order of day, month and year that such a day can have. */
function possibleDays(base: string): Pick<NamedTimes, 'days'> {
  const found = ambiguous
    .flatMap((pattern) => [...base.matchAll(pattern)])
    .map(([, a = '', , b = '', c = '']) => readings(a, b, c))
    .filter((days) => days.length > 0)
  const [days, ...others] = found
  return days && others.length === 0 ? { days } : {}
}

function readings(a: string, b: string, c: string): string[] {
  return [...new Set(daysByOrder(a, b, c).values())].sort()
}

function yearIn(base: string): NamedTimes {
  const years = new Set([...base.matchAll(/(?<!\d)20[2-9]\d(?!\d)/g)].map(([year]) => Number(year)))
  const [year] = years
  return year === undefined || years.size > 1 ? {} : { year }
}

/** What to say of a name with a day that may be several. */
export function doubtfulName(days: readonly string[]): string {
  return `The day in the file's name may be ${days.join(' or ')}: name it like 2026-06-29.json, with a year of four digits first.`
}
