import type { Line } from './lines.ts'

export type LineOf<Kind extends Line['kind']> = Extract<Line, { kind: Kind }>

/** The lines of one card: paragraphs, and as much of a footer as was found. */
export interface Card {
  paragraphs: Line[][]
  authors?: LineOf<'authors'>
  /** Whose name stands where others have the number of authors. */
  organization?: Line
  date?: LineOf<'day'>
  /** Stands where the date belongs and is none. */
  notADate?: Line
  comments?: number
  /** Whether a number near it may be its comment count, or the votes of the card below. */
  commentsUnclear?: boolean
}

/** Counts between two cards: votes of the one below, or comments of the one above. */
export type Count = LineOf<'count'>

/** As `Card`, with the counts above its title. */
export interface OpenCard extends Card {
  above: Count[]
}

export function lengthOf(lines: readonly Line[] = []): number {
  return lines.reduce((length, { text }) => length + text.length, 0)
}

/** The lines of a paragraph as one text. */
export function joined(lines: readonly Line[]): string {
  return lines.map(({ text }) => text).join(' ')
}
