import { addDays } from '../../../../db/model/period.ts'
import type { DayOrder } from '../day-orders.ts'
import { doubtfulName } from '../file-name.ts'
import { quote } from '../shapes.ts'
import type { Section } from './cards.ts'
import { dayIn, type WrittenDay } from './dates.ts'
import type { Heading } from './heading.ts'
import type { NumericDay } from './numeric-day.ts'
import { numericOf, resolveNumeric } from './numeric-heading.ts'
import { fullDate } from './read-card.ts'
import { type Evidence, newestOf, type Resolved, resolveDay } from './year.ts'

export type PageEvidence = Pick<Evidence, 'observed' | 'named' | 'namedDays' | 'namedYear' | 'linked'>

/** What the dates of a section mean. */
export interface DatedSection {
  edition?: string
  dayOf(written: WrittenDay, text: string): { date: string } | { reason: string }
  /** What has to be said about its edition; `lost` where there should be one. */
  remark?: { line: number; text: string; lost: boolean }
}

interface Known {
  /** The edition, where the caller says it. */
  edition?: string
  /** That of the section before. */
  neighbour?: string
  /** The orders that headings in digits of this file have, by their form. */
  orders: ReadonlyMap<string, ReadonlySet<DayOrder>>
}

export function dateSection(section: Section, evidence: PageEvidence, known: Known): DatedSection {
  const { heading, cards } = section
  const printed = cards.flatMap((card) => fullDate(card.date?.written) ?? [])
  if (known.edition) return { edition: known.edition, dayOf: dayOfEdition(known.edition) }
  const numeric = numericOf(section)
  if (heading && numeric) return dateNumeric(section, heading, numeric, evidence, known)
  if (heading?.kind !== 'day') return { ...undated(heading, evidence, printed) }
  const line = heading.line.number
  const said = quote(heading.line.text)
  const resolved = resolve(heading.line.written, { ...evidence, ...known, printed })
  const newest = newestOf(printed)
  if (!resolved) {
    const text = yearless(heading.line.written)
      ? `Nothing tells the year of ${said}: specify --observed-at.${doubtOf(evidence)} The papers are stored without an edition.`
      : `No year has the day ${said}; the papers are stored without an edition.`
    return { ...undated(heading, evidence, printed), remark: { line, text, lost: true } }
  }
  const { date, guess } = resolved
  if (newest && newest > date && heading.line.written.year === undefined) {
    const text = `${said} would be ${date} by the time of observation, but the page has a paper of ${newest}: correct --observed-at. The papers are stored without an edition.`
    return { ...undated(heading, evidence, printed), remark: { line, text, lost: true } }
  }
  const text = `${said} names no year; ${date} was taken, since ${guess}. Specify --observed-at to be sure.`
  return {
    edition: date,
    dayOf: dayOfEdition(date),
    ...(guess && { remark: { line, text, lost: false } }),
  }
}

function doubtOf({ namedDays }: PageEvidence): string {
  return namedDays ? ` ${doubtfulName(namedDays)}` : ''
}

/** Without the file's name where it contradicts the page: it may be about something else. */
function resolve(written: WrittenDay, evidence: Evidence): Resolved | undefined {
  const resolved = resolveDay(written, evidence)
  const newest = newestOf(evidence.printed)
  const isNamed = [evidence.named, evidence.namedDays, evidence.namedYear].some((told) => told !== undefined)
  if (!isNamed || (resolved && (!newest || newest <= resolved.date))) return resolved
  const { named: _, namedDays: __, namedYear: ___, ...others } = evidence
  return resolveDay(written, others)
}

/** A heading in digits that may be several days. */
function dateNumeric(
  section: Section,
  { line: { number: line, text: heading } }: Heading,
  numeric: NumericDay,
  evidence: PageEvidence,
  { orders }: Known,
): DatedSection {
  const printed = section.cards.flatMap((card) => fullDate(card.date?.written) ?? [])
  const resolved = resolveNumeric(
    section,
    numeric,
    { ...evidence, printed },
    orders.get(numeric.form) ?? new Set(),
  )
  const said = `${quote(heading)} may be ${[...new Set(numeric.days.values())].sort().join(' or ')}`
  if ('date' in resolved) {
    const { date, guess } = resolved
    const text = `${said}; ${date} was taken, since ${guess}. Name the file by its day, like ${date}.txt, to be sure.`
    return { edition: date, dayOf: dayOfEdition(date), ...(guess && { remark: { line, text, lost: false } }) }
  }
  const { days } = resolved
  const doubt =
    days.length > 1
      ? `${quote(heading)} may be ${days.join(' or ')}`
      : `${said}, and has a paper of a later day`
  const text = `${doubt}: name the file by its day, like ${days[0]}.txt. The papers are stored without an edition.`
  return { ...undated(undefined, evidence, printed), remark: { line, text, lost: true } }
}

const yearless = (written: WrittenDay) => dayIn(2000, written) !== undefined

/** A date without a year is of the edition's year, and no paper is published after it is listed. */
function dayOfEdition(edition: string): DatedSection['dayOf'] {
  return (written, text) => {
    const full = fullDate(written)
    if (full) return { date: full }
    const date = dayIn(Number(edition.slice(0, 4)), written)
    if (!date) return { reason: notADay(text) }
    if (date <= edition) return { date }
    return { reason: `${quote(text)} has no year, and in ${edition.slice(0, 4)} it is after ${edition}.` }
  }
}

/** A period's page, or one whose heading is lost: its own year is that in which it was captured. */
function undated(
  heading: Heading | undefined,
  { observed, named, linked }: PageEvidence,
  printed: readonly string[],
): DatedSection {
  const captured = observed ?? named ?? newestOf(linked)
  const told = /\b(?:19|20)\d\d\b/.exec(heading?.line.text ?? '')?.[0]
  const newest = newestOf(printed)
  const year = told ?? captured?.slice(0, 4)
  const guess = newest && year === undefined ? String(Number(newest.slice(0, 4)) + 1) : undefined
  return {
    remark: remarkOn(heading),
    dayOf(written, text) {
      const full = fullDate(written)
      if (full) return { date: full }
      const own = year ?? guess
      if (!yearless(written)) return { reason: notADay(text) }
      if (own === undefined) {
        return { reason: `${quote(text)} has no year, and nothing tells the page's: specify --observed-at.` }
      }
      const date = dayIn(Number(own), written)
      if (date && (!captured || told || date <= addDays(captured, 1))) return { date }
      return { reason: `${quote(text)} has no year, and in ${own} it is after the page was captured.` }
    },
  }
}

function remarkOn(heading: Heading | undefined): NonNullable<DatedSection['remark']> {
  if (!heading || heading.kind === 'day') {
    const text = 'The heading has no day such as "Jan 5"; the papers are stored without an edition.'
    return { line: heading?.line.number ?? 1, text, lost: true }
  }
  const text = `${quote(heading.line.text)} is not the heading of one day; the papers are stored without an edition.`
  return { line: heading.line.number, text, lost: false }
}

const notADay = (text: string) => `${quote(text)} is not a date such as "May 16, 2025".`
