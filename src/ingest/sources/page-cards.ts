import type { Line } from './page-lines.ts'

/** The lines of one card: paragraphs, and as much of a footer as was found. */
export interface Card {
  paragraphs: Line[][]
  authors?: Line & { kind: 'authors' }
  date?: Line & { kind: 'date' }
  /** Stands where the date belongs and is none. */
  notADate?: Line
  comments?: number
}

/**
 * Cuts a page into cards. A card ends with its date; one whose footer is broken ends where the next title can only
 * begin. Nothing is judged here: the reader of the cards says what each lacks.
 */
export function cardsOf(lines: readonly Line[]): Card[] {
  const cards: Card[] = []
  let card: Card = { paragraphs: [] }
  let inFooter = false
  let ended = false
  const next = () => {
    if (card.paragraphs.length > 0 || inFooter) cards.push(card)
    card = { paragraphs: [] }
    inFooter = false
    ended = false
  }
  for (const line of lines) {
    if (ended && line.kind === 'number' && !line.afterBlank && card.comments === undefined) {
      card.comments = line.value
      continue
    }
    if (ended) next()
    if (line.kind === 'authors' || line.kind === 'dot') {
      if (line.kind === 'authors' && card.authors) next()
      if (line.kind === 'authors') card.authors = line
      inFooter = true
    } else if (line.kind === 'date') {
      card.date = line
      if (line.comments !== undefined) card.comments = line.comments
      inFooter = ended = true
    } else if (inFooter && !line.afterBlank && line.text.length <= 60) {
      card.notADate = line
      ended = true
    } else {
      if (inFooter) next()
      append(card.paragraphs, line)
    }
  }
  next()
  return countsBack(cards).flatMap(splitLostFooters)
}

function append(paragraphs: Line[][], line: Line): void {
  const last = paragraphs.at(-1)
  if (last && !line.afterBlank) last.push(line)
  else paragraphs.push([line])
}

/**
 * The first paragraph of a card is its title, and all others are its abstract. So a card without a footer would
 * swallow the next one; it differs from an abstract of several paragraphs by a paragraph that looks like a title
 * (short, several words, no full stop, no list mark, no address) with a long one after it.
 */
function splitLostFooters(card: Card): Card[] {
  const cards: Card[] = []
  let paragraphs: Line[][] = []
  for (const [index, paragraph] of card.paragraphs.entries()) {
    const begins = index > 0 && looksLikeTitle(paragraph) && lengthOf(card.paragraphs[index + 1]) >= 150
    if (begins) {
      cards.push({ paragraphs })
      paragraphs = []
    }
    paragraphs.push(paragraph)
  }
  cards.push({ ...card, paragraphs })
  return cards
}

function looksLikeTitle(lines: readonly Line[]): boolean {
  const text = joined(lines)
  return (
    text.length <= 250 &&
    text.split(' ').length >= 3 &&
    !/[.;:,!]$/.test(text) &&
    !/^(?:[-*•–]|\(?\d+[.)])\s/.test(text) &&
    !/https?:\/\//.test(text)
  )
}

function lengthOf(lines: readonly Line[] = []): number {
  return lines.reduce((length, { text }) => length + text.length, 0)
}

/** A comment count on a line of its own after a blank one: it opens the next card, which has its title besides. */
function countsBack(cards: Card[]): Card[] {
  for (const [index, card] of cards.entries()) {
    const before = cards[index - 1]
    const [only, ...rest] = card.paragraphs[0] ?? []
    if (only?.kind !== 'number' || rest.length > 0 || !before?.date || before.comments !== undefined) continue
    const last = index === cards.length - 1 && !card.date && card.paragraphs.length === 1
    if (card.paragraphs.length < 3 && !last) continue
    before.comments = only.value
    card.paragraphs.shift()
  }
  return cards.filter((card) => card.paragraphs.length > 0 || card.authors || card.date || card.notADate)
}

/** The lines of a paragraph as one text. */
export function joined(lines: readonly Line[]): string {
  return lines.map(({ text }) => text).join(' ')
}
