import type { PaperRecord, Reading, Rejection } from '../../../db/model/record.ts'
import { SourceError } from '../errors.ts'
import { decode, gunzipped } from './bytes.ts'
import { timesInName } from './file-name.ts'
import { listDate, observationTime } from './options.ts'
import type { Card } from './page/card.ts'
import { CardReader, type Section } from './page/cards.ts'
import { readHeading } from './page/heading.ts'
import { linesOf } from './page/lines.ts'
import { ordersByForm } from './page/numeric-heading.ts'
import { fullDate, readCard } from './page/read-card.ts'
import { type DatedSection, dateSection, type PageEvidence } from './page/sections.ts'
import { type PlainLine, plainLines } from './page/text.ts'
import { newestOf } from './page/year.ts'
import { positionIn } from './rejections.ts'
import { wholeFileSource } from './source.ts'
import { dayOf, midnight } from './time.ts'

export interface PageOptions {
  /** The edition's day, `YYYY-MM-DD`, where somebody knows better than the heading, which names no year. */
  edition?: string
  /** When the page was captured (ISO instant). Default: midnight UTC of its edition. */
  observedAt?: string
  /** Stands before "line 61" in the positions of rejections; a day in it tells when the page was captured. */
  name?: string
}

/**
 * The Daily Papers page as text, as a browser copies it or a converter writes it: headings ("Jan 5"), and below each
 * its cards of title, abstract, "• 4 authors" or the name of an organization, "·" and the publication date with the
 * comment count behind it ("May 16, 2025 2"; without one there are none; without a year it is the page's own). A
 * broken card is rejected with the line where it begins. Throws a `SourceError` for text without any card.
 */
export function readCapturedPage(text: string, options: PageOptions = {}): Reading {
  return readPageLines(plainLines(text.replace(/^\uFEFF/, '')), options)
}

/** The same for lines that were made from something else than text. */
export function readPageLines(plain: readonly PlainLine[], options: PageOptions): Reading {
  const lines = linesOf(plain)
  if (lines.length === 0)
    throw new SourceError('The file is empty; a capture of the Daily Papers page is expected.')
  const { heading, body } = readHeading(lines)
  const reader = new CardReader(heading)
  for (const line of body) reader.read(line)
  const sections = reader.end()
  const cards = sections.flatMap((section) => section.cards)
  const isPage = lines.some(({ text }) => /^(?:daily|trending) papers/i.test(text))
  if (!isPage && !cards.some((card) => card.authors || card.date)) throw notACapture()
  if (cards.length === 0) return withoutCards(sections, options)

  const reading: Reading = { records: [], rejections: [], editions: [] }
  const evidence = evidenceOf(plain, options)
  const orders = ordersByForm(sections, evidence)
  let neighbour: string | undefined
  for (const section of sections.filter((section) => section.cards.length > 0)) {
    const dated = dateSection(section, evidence, {
      ...(options.edition !== undefined && sections.length === 1 && { edition: listDate(options.edition) }),
      ...(neighbour && { neighbour }),
      orders,
    })
    neighbour = dated.edition ?? neighbour
    readSection(section, dated, reading, { ...options, isLast: section === sections.at(-1) })
  }
  return reading
}

function readSection(
  section: Section,
  dated: DatedSection,
  reading: Reading,
  options: PageOptions & { isLast: boolean },
): void {
  const { edition, remark } = dated
  const { instant, date: named } = timesInName(options.name)
  const dates = section.cards.flatMap((card) => fullDate(card.date?.written) ?? [])
  // Without an edition all that is known is that no paper is seen before it is published; without any date
  // every card is rejected.
  const seenOn = newestOf([edition ?? newestOf(dates) ?? '1970-01-01', ...(named ? [named] : [])])
  const observedAt = observationTime(options.observedAt ?? instant ?? midnight(seenOn ?? '1970-01-01'))
  const before = reading.rejections.length
  if (remark && dates.length + section.cards.filter(({ date }) => date).length > 0) {
    const position = positionIn(options.name, `line ${remark.line}`)
    if (remark.lost) reading.rejections.push({ position, path: 'edition', reason: remark.text })
    else reading.notices = [...(reading.notices ?? []), { position, message: remark.text }]
  }
  const seen = new Set<string>()
  for (const card of section.cards) {
    const position = positionIn(options.name, `line ${lineOf(card)}`)
    const read = readCard(card, position, {
      dayOf: dated.dayOf,
      trending: section.heading?.kind === 'trending',
    })
    if ('reason' in read) {
      const cut = options.isLast && card === section.cards.at(-1) && mayBeCut(card)
      reading.rejections.push(cut ? cutOff(read) : read)
      continue
    }
    const record: PaperRecord = { observedAt, ...read, ...(edition && { listing: { date: edition } }) }
    // Wide and narrow screens have a copy each, and some tools save both.
    const key = JSON.stringify(record)
    if (!seen.has(key)) reading.records.push(record)
    seen.add(key)
  }
  if (edition && reading.rejections.length === before)
    reading.editions.push({ date: edition, readAt: observedAt })
}

function evidenceOf(plain: readonly PlainLine[], { observedAt, name }: PageOptions): PageEvidence {
  const { date, year, days, instant } = timesInName(name)
  const seen = observedAt ?? (date ? undefined : instant)
  const linked = plain.flatMap(({ links }) =>
    links.flatMap((link) => /\/papers\/date\/(\d{4}-\d\d-\d\d)\b/.exec(link)?.[1] ?? []),
  )
  return {
    ...(seen !== undefined && { observed: dayOf(observationTime(seen)) }),
    ...(date && { named: date }),
    ...(days && { namedDays: days }),
    ...(year !== undefined && { namedYear: year }),
    linked: [...new Set(linked)],
  }
}

/** An empty page is one; a page that ends after its heading is cut off. */
function withoutCards(sections: readonly Section[], { name }: PageOptions): Reading {
  const nothing = sections.find((section) => section.nothing)?.nothing
  if (!nothing) throw new SourceError('The capture ends after its heading; copy the page with its papers.')
  const position = positionIn(name, `line ${nothing.number}`)
  return {
    records: [],
    rejections: [],
    editions: [],
    notices: [{ position, message: 'The page lists no papers.' }],
  }
}

/** Whether more may have followed: a footer, or the year of its date. */
const mayBeCut = ({ date, notADate }: Card) => !notADate && date?.written.year === undefined

function cutOff(rejected: Rejection): Rejection {
  return { ...rejected, reason: `${rejected.reason} The file ends here; it may be cut off.` }
}

function lineOf({ paragraphs, authors, date, notADate }: Card): number {
  return (paragraphs[0]?.[0] ?? authors ?? date ?? notADate)?.number ?? 1
}

function notACapture(): SourceError {
  return new SourceError(
    'This is not a capture of the Daily Papers page: it contains no line such as "• 4 authors". Copy the text of huggingface.co/papers from a browser, or save the page as HTML.',
  )
}

/** The page's name, or the number of authors, on a line of its own. */
const recognised =
  /^[^\S\r\n]*(?:> ?)*(?:#{1,6} )?(?:\*\*)?(?:(?:Daily|Trending) Papers(?: - Hugging Face)?|\[?(?:[•∙●·]|[-–*+◦‣▪o] )?[^\S\r\n]*[\d,]+ authors?)(?:\*\*)?[^\S\r\n]*(?:$|[·∙]|\]\()/m

export const pageSource = wholeFileSource({
  kind: 'page',
  source: 'page',
  recognises: ({ start }) => recognised.test(start),
  read: (bytes, options) => readCapturedPage(decode(gunzipped(bytes)), options),
})
