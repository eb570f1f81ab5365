import { z } from 'zod'
import type { PaperRecord, Reading, Rejection } from '../../../db/model/record.ts'
import { SourceError } from '../errors.ts'
import { decode, gunzipped } from './bytes.ts'
import { listDate, observationTime } from './options.ts'
import { type Card, cardsOf, joined } from './page-cards.ts'
import { editionOf, newestOf, readHeading } from './page-heading.ts'
import { linesOf } from './page-lines.ts'
import { positionIn, rejection } from './rejections.ts'
import { abstract, count, quote, title } from './shapes.ts'
import { wholeFileSource } from './source.ts'
import { midnight } from './time.ts'

export interface PageOptions {
  /** The edition's day, `YYYY-MM-DD`, where somebody knows better than the heading, which names no year. */
  edition?: string
  /** When the page was captured (ISO instant). Default: midnight UTC of its edition. */
  observedAt?: string
  /** Stands before "line 61" in the positions of rejections. */
  name?: string
}

const cardShape = z.object({ title, abstract, authorCount: count.min(1), commentCount: count })

/**
 * The Daily Papers page as text, as a browser copies it: a heading, then cards of title, abstract, "• 4 authors",
 * "·" and the publication date with the comment count behind it ("May 16, 2025 2"; without one there are none). A
 * broken card is rejected with the line where it begins. Throws a `SourceError` for text without any card.
 */
export function readCapturedPage(text: string, options: PageOptions = {}): Reading {
  const lines = linesOf(text.replace(/^\uFEFF/, ''))
  if (lines.length === 0)
    throw new SourceError('The file is empty; a capture of the Daily Papers page is expected.')
  const { heading, body } = readHeading(lines)
  const cards = cardsOf(body)
  const named = lines.some(({ text }) => /^daily papers$/i.test(text))
  if (!named && !cards.some((card) => card.authors || card.date)) throw notACapture()
  if (cards.length === 0)
    throw new SourceError('The capture ends after its heading; copy the page with its papers.')

  const dates = cards.map(({ date }) => date?.date).filter((date) => date !== undefined)
  const edition = options.edition === undefined ? editionOf(heading, dates) : listDate(options.edition)
  // Without an edition all that is known is that no paper is seen before it is published; without any date
  // every card is rejected.
  const observedAt = observationTime(
    options.observedAt ?? midnight(edition ?? newestOf(dates) ?? '1970-01-01'),
  )

  const records: PaperRecord[] = []
  const rejections: Rejection[] = []
  if (!edition && dates.length > 0) {
    const reason = heading
      ? `No year has the day ${quote(heading.text)}; the papers are stored without an edition.`
      : 'The heading has no day such as "Jan 5"; the papers are stored without an edition.'
    rejections.push({
      position: positionIn(options.name, `line ${heading?.number ?? 1}`),
      path: 'edition',
      reason,
    })
  }
  for (const [index, card] of cards.entries()) {
    const position = positionIn(options.name, `line ${lineOf(card)}`)
    const read = readCard(card, position)
    if ('reason' in read) rejections.push(index === cards.length - 1 && !isEnded(card) ? cutOff(read) : read)
    else records.push({ observedAt, ...read, ...(edition && { listing: { date: edition } }) })
  }
  return {
    records,
    rejections,
    editions: edition && rejections.length === 0 ? [{ date: edition, readAt: observedAt }] : [],
  }
}

function readCard(card: Card, position: string): Omit<PaperRecord, 'observedAt' | 'listing'> | Rejection {
  const texts = textsOf(card)
  const fault = faultOf(card, texts.length)
  if (fault) return { position, ...fault }
  const input = {
    title: texts[0],
    abstract: texts[1],
    authorCount: card.authors?.count,
    commentCount: card.comments ?? 0,
  }
  const parsed = cardShape.safeParse(input)
  if (!parsed.success) return rejection(position, input, parsed.error)
  return { ...parsed.data, publishedAt: midnight(card.date?.date ?? '') }
}

/** Title and abstract. Where blank lines were lost, the first line is the title. */
function textsOf({ paragraphs }: Card): string[] {
  const [first = [], ...others] = paragraphs
  const [firstLine, ...moreLines] = first
  if (others.length > 0) return [joined(first), joined(others.flat())]
  if (!firstLine) return []
  return moreLines.length > 0 ? [firstLine.text, joined(moreLines)] : [firstLine.text]
}

function faultOf(card: Card, texts: number): Omit<Rejection, 'position'> | undefined {
  const { authors, date, notADate, paragraphs } = card
  if (texts === 0) return { path: 'title', reason: 'The card has neither title nor abstract.' }
  if (texts === 1) {
    const only = quote(joined(paragraphs[0] ?? []))
    return {
      path: 'abstract',
      reason: `The card has only one paragraph, ${only}; expected a title and an abstract.`,
    }
  }
  if (!authors)
    return { path: 'authors', reason: 'The card has no line such as "• 4 authors" after its abstract.' }
  if (authors.count === undefined)
    return { path: 'authors', reason: `${quote(authors.text)} does not state the number of authors.` }
  const wrong = date && !date.date ? date : notADate
  if (wrong) return { path: 'date', reason: `${quote(wrong.text)} is not a date such as "May 16, 2025".` }
  return date
    ? undefined
    : { path: 'date', reason: 'The card has no date such as "May 16, 2025" after its authors.' }
}

const isEnded = ({ date, notADate }: Card) => date !== undefined || notADate !== undefined

function cutOff(rejected: Rejection): Rejection {
  return { ...rejected, reason: `${rejected.reason} The file ends here; it may be cut off.` }
}

function lineOf({ paragraphs, authors, date, notADate }: Card): number {
  return (paragraphs[0]?.[0] ?? authors ?? date ?? notADate)?.number ?? 1
}

function notACapture(): SourceError {
  return new SourceError(
    'This is not a capture of the Daily Papers page: it contains no line such as "• 4 authors". Copy the text of huggingface.co/papers from a browser.',
  )
}

export const pageSource = wholeFileSource({
  kind: 'page',
  source: 'page',
  recognises: ({ start }) => /^[^\S\r\n]*(?:Daily Papers|•[^\S\r\n]*[\d,]+ authors?)[^\S\r\n]*$/m.test(start),
  read: (bytes, options) => readCapturedPage(decode(gunzipped(bytes)), options),
})
