import { type Card, type Count, joined, type LineOf, lengthOf, type OpenCard } from './card.ts'
import { withCounts } from './counts.ts'
import type { Heading } from './heading.ts'
import type { Line } from './lines.ts'

/** The cards below one heading. */
export interface Section {
  heading?: Heading
  cards: Card[]
  /** The line that says that there are none. */
  nothing?: Line
}

/** Gathers cards one line after the other. Nothing is judged here: the reader of the cards says what each lacks. */
export class CardReader {
  readonly sections: Section[] = []
  #heading: Heading | undefined
  #cards: OpenCard[] = []
  #nothing: Line | undefined
  #card: OpenCard = { paragraphs: [], above: [] }
  #inFooter = false
  #ended = false

  constructor(heading?: Heading) {
    this.#heading = heading
  }

  /** A card ends with its date; one whose footer is broken ends where the next title can only begin. */
  read(line: Line): void {
    if (line.kind === 'count' && (this.#ended || !this.#begun)) this.#readCount(line)
    else {
      if (this.#ended) this.#next()
      this.#readOther(line)
    }
  }

  #readOther(line: Line): void {
    if (line.kind === 'authors' || line.kind === 'dot') this.#readFooter(line)
    else if (line.kind === 'day') this.#readDay(line)
    else if (line.kind === 'period' && !this.#begun) this.#readHeading({ kind: 'period', line })
    else if (line.kind === 'nothing' && !this.#begun) this.#nothing ??= line
    else if (line.kind === 'furniture' && (!this.#begun || line.afterBlank)) {
      // The name of the page begins its header again.
      if (/papers/i.test(line.text)) this.#endBeforeHeader()
    } else this.#readText(line)
  }

  /** The sections, after the last line. */
  end(): Section[] {
    this.#endSection()
    return this.sections
  }

  get #begun(): boolean {
    return this.#card.paragraphs.length > 0 || this.#inFooter
  }

  #readCount(line: Count): void {
    if (this.#ended) this.#next()
    this.#card.above.push(line)
  }

  #readFooter(line: LineOf<'authors'> | LineOf<'dot'>): void {
    if (line.kind === 'authors' && this.#card.authors) this.#next()
    if (line.kind === 'authors') this.#card.authors = line
    else this.#takeOrganization()
    this.#inFooter = true
  }

  #readDay(line: LineOf<'day'>): void {
    const { comments, year } = line.written
    const endsCard =
      this.#inFooter || comments !== undefined || !line.afterBlank || organizationAt(this.#card) !== undefined
    // A full date after an abstract is that of a card that lost its authors.
    const isHeading = this.#begun
      ? !endsCard && year === undefined && this.#card.paragraphs.length > 1
      : comments === undefined
    if (isHeading) {
      this.#next()
      this.#readHeading({ kind: 'day', line })
      return
    }
    this.#takeOrganization()
    this.#card.date = line
    if (comments !== undefined) this.#card.comments = comments
    this.#inFooter = this.#ended = true
  }

  /** Where the page's header is repeated, links of the site stand before its name. */
  #endBeforeHeader(): void {
    const isNavigation = !this.#inFooter && this.#card.paragraphs.every((lines) => lengthOf(lines) < 100)
    if (isNavigation) this.#card.paragraphs = []
    this.#next()
  }

  #readHeading(heading: Heading): void {
    if (this.#cards.length > 0) this.#endSection()
    this.#heading = heading
    this.#nothing = undefined
    this.#card.above = []
  }

  #readText(line: Line): void {
    const { paragraphs } = this.#card
    if (this.#inFooter && !line.afterBlank && line.text.length <= 60) {
      this.#card.notADate = line
      this.#ended = true
      return
    }
    // Between abstract and authors: the marks of a list of pictures.
    if (line.kind === 'count' && !/\d/.test(line.text) && paragraphs.length > 1) return
    if (this.#inFooter || (line.heading && paragraphs.length > 0)) this.#next()
    const last = this.#card.paragraphs.at(-1)
    const goesOn = last && !line.afterBlank && !(this.#card.paragraphs.length === 1 && last[0]?.heading)
    if (goesOn) last.push(line)
    else this.#card.paragraphs.push([line])
  }

  #takeOrganization(): void {
    if (this.#card.organization || this.#card.authors || this.#inFooter) return
    const organization = organizationAt(this.#card)
    if (!organization) return
    this.#card.organization = organization
    const last = this.#card.paragraphs.at(-1)
    last?.pop()
    if (last?.length === 0) this.#card.paragraphs.pop()
  }

  #next(): void {
    if (this.#begun) {
      this.#cards.push(this.#card)
      this.#card = { paragraphs: [], above: [] }
    }
    this.#inFooter = this.#ended = false
  }

  #endSection(): void {
    if (this.#begun && !isSiteFooter(this.#card)) this.#next()
    const cards = withCounts(this.#cards, this.#card.above, this.#heading !== undefined)
    if (cards.length > 0 || this.#nothing || this.#heading) {
      this.sections.push({
        ...(this.#heading && { heading: this.#heading }),
        ...(this.#nothing && { nothing: this.#nothing }),
        cards: cards.flatMap(splitLostFooters),
      })
    }
    this.#cards = []
    this.#card = { paragraphs: [], above: [] }
    this.#inFooter = this.#ended = false
    this.#heading = this.#nothing = undefined
  }
}

/** The name before the "·": a short line that is no sentence, after title and abstract. */
function organizationAt({ paragraphs }: Card): Line | undefined {
  const last = paragraphs.at(-1) ?? []
  const line = last.at(-1)
  const alone = last.length === 1 ? paragraphs.length > 2 : paragraphs.length === 1 && last.length > 2
  if (line?.kind !== 'text' || !alone || line.text.length > 100 || /https?:\/\//.test(line.text))
    return undefined
  const sentence = /[.;:,]$/.test(line.text) && !/\b(?:Inc|Ltd|Co|Corp|Labs?|Univ)\.$/.test(line.text)
  return sentence ? undefined : line
}

/** What the site has below the last card. */
function isSiteFooter({ paragraphs, authors, date, notADate }: Card): boolean {
  if (authors || date || notADate) return false
  const lines = paragraphs.flat()
  const known = /^(?:system theme|company|tos|privacy|trending papers ranked by github stars activity)$/i
  return lines.every(({ text }) => text.length <= 80) && lines.some(({ text }) => known.test(text))
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
