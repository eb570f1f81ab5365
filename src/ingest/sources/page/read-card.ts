import { z } from 'zod'
import { parseArxivId } from '../../../../db/model/arxiv-id.ts'
import type { PaperRecord, Rejection } from '../../../../db/model/record.ts'
import { rejection } from '../rejections.ts'
import { abstract, count, defined, quote, title } from '../shapes.ts'
import { midnight } from '../time.ts'
import { type Card, joined } from './card.ts'
import { dayIn, type WrittenDay } from './dates.ts'
import type { Line } from './lines.ts'

export interface CardContext {
  /** The day that a date on a card means, or a sentence that says why it means none. */
  dayOf(written: WrittenDay, text: string): { date: string } | { reason: string }
  /** Whether it is the page of trending papers, which has no comment counts, and on some cards a summary as abstract. */
  trending: boolean
}

const cardShape = z.object({
  title,
  abstract: abstract.optional(),
  authorCount: count.min(1).optional(),
  commentCount: count.optional(),
})

type CardRecord = Omit<PaperRecord, 'observedAt' | 'listing'>

/** What a card says of its paper, or what it lacks. */
export function readCard(card: Card, position: string, context: CardContext): CardRecord | Rejection {
  const [title, text] = textsOf(card)
  const fault = faultOf(card, title === undefined ? 0 : text === undefined ? 1 : 2)
  if (fault) return { position, ...fault }
  const date = card.date && context.dayOf(card.date.written, card.date.text)
  if (!date || 'reason' in date)
    return { position, path: 'date', reason: date?.reason ?? 'The card has no date.' }
  const input = {
    title,
    // A model's summary is one sentence.
    abstract: context.trending && text && isOneSentence(text) ? undefined : text,
    authorCount: card.authors?.count,
    commentCount: card.comments ?? (card.commentsUnclear || context.trending ? undefined : 0),
  }
  const parsed = cardShape.safeParse(input)
  if (!parsed.success) return rejection(position, input, parsed.error)
  return defined({ ...parsed.data, arxivId: arxivIdOf(card), publishedAt: midnight(date.date) })
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
  const { authors, organization, date, notADate, paragraphs } = card
  if (texts === 0) return { path: 'title', reason: 'The card has neither title nor abstract.' }
  if (texts === 1) {
    const only = quote(joined(paragraphs[0] ?? []))
    return {
      path: 'abstract',
      reason: `The card has only one paragraph, ${only}; expected a title and an abstract.`,
    }
  }
  if (!authors && !organization) {
    return { path: 'authors', reason: 'The card has no line such as "• 4 authors" after its abstract.' }
  }
  if (authors && authors.count === undefined)
    return { path: 'authors', reason: `${quote(authors.text)} does not state the number of authors.` }
  if (notADate?.kind === 'count')
    return { path: 'date', reason: 'The card has no date, as in the list of a day: save the page as HTML.' }
  const wrong = date && date.written.year !== undefined && !fullDate(date.written) ? date : notADate
  if (wrong) return { path: 'date', reason: `${quote(wrong.text)} is not a date such as "May 16, 2025".` }
  return date
    ? undefined
    : { path: 'date', reason: 'The card has no date such as "May 16, 2025" after its authors.' }
}

/** A date with its year; undefined where it has none, and where the calendar has no such day. */
export function fullDate(written: WrittenDay | undefined): string | undefined {
  return written?.year === undefined ? undefined : dayIn(written.year, written)
}

/** The paper to which the title links, or the footer. */
function arxivIdOf({ paragraphs, authors }: Card): string | undefined {
  return [...(paragraphs[0] ?? []), ...(authors ? [authors] : [])].flatMap(linkedPapers)[0]
}

function linkedPapers({ links }: Line): string[] {
  return links.flatMap((link) => {
    const [, id = ''] = /^(?:https:\/\/(?:huggingface\.co|hf\.co))?\/papers\/([^/?#\s]+)/.exec(link) ?? []
    return parseArxivId(id)?.id ?? []
  })
}

function isOneSentence(text: string): boolean {
  return !/[.!?]["”’)]? \p{Lu}/u.test(text)
}
