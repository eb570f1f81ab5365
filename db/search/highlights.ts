import { sql } from 'kysely'
import type { Db } from '../database.ts'
import { weights } from '../tokens/document.ts'
import { type Atom, atomsIn } from '../tokens/scan.ts'
import { storedTerms } from '../tokens/stored-terms.ts'
import { type CanonicalFilter, textQueryOfFilter } from './filter.ts'
import type { Clause, PhraseStep } from './phrases.ts'

/** A piece of a text; the pieces in order are the text. */
export interface Fragment {
  readonly text: string
  /** Whether the search matches this piece. */
  readonly matched: boolean
}

/** Texts of a paper with what a search matches marked. */
export interface Highlight {
  readonly id: number
  /** The whole title. */
  readonly title: readonly Fragment[]
  /** Up to `passagesAtMost` pieces of the abstract; empty without one. */
  readonly abstract: readonly Fragment[]
}

/** Marks what a search matches in papers; `titleOnly` where the abstracts are not asked for. */
export async function highlightsByPaperIds(
  db: Db,
  ids: readonly number[],
  filter: CanonicalFilter,
  titleOnly: boolean,
): Promise<Map<number, Highlight>> {
  const rows = await db
    .selectFrom('paper')
    .select((eb) => ['id', 'title', titleOnly ? eb.val(null).as('abstract') : 'abstract'])
    .where('id', '=', sql<number>`any(${ids}::bigint[])`)
    .execute()
  const clauses = textQueryOfFilter(filter).alternatives.flatMap(({ required }) => required)
  return new Map(
    rows.map(({ id, title, abstract }) => [
      id,
      {
        id,
        title: piecesOf(title, { start: 0, end: title.length }, spansIn(title, clauses, weights.title)),
        abstract: abstract === null ? [] : passagesOf(abstract, spansIn(abstract, clauses, weights.abstract)),
      },
    ]),
  )
}

interface Span {
  readonly start: number
  readonly end: number
}

interface Found extends Span {
  readonly position: number
}

/** Where a text has what clauses ask for, in order, without overlaps. */
function spansIn(text: string, clauses: readonly Clause[], weight: string): Span[] {
  const atoms = atomsIn(text)
  const found = foundTerms(atoms)
  const spans = clauses
    .flatMap(withParts)
    .filter(({ weights: wanted = weight }) => wanted.includes(weight))
    .flatMap(({ terms, phrases }): Span[] => [
      ...terms.flatMap((term) => found.get(term) ?? []),
      ...phrases.flatMap((steps) => foundPhrases(steps, found)),
    ])
  const merged: { start: number; end: number }[] = []
  for (const { start, end } of spans.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1)
    if (last && start < last.end) last.end = Math.max(last.end, end)
    else merged.push({ start, end })
  }
  return merged
}

function withParts(clause: Clause): Clause[] {
  return [clause, ...(clause.every ?? []).flatMap(withParts)]
}

function foundTerms(atoms: readonly Atom[]): Map<string, Found[]> {
  const found = new Map<string, Found[]>()
  for (const { term, position, first, last } of storedTerms(atoms)) {
    const span = { position, start: atoms[first]?.start ?? 0, end: atoms[last]?.end ?? 0 }
    const others = found.get(term)
    if (others) others.push(span)
    else found.set(term, [span])
  }
  return found
}

/** Each word of each place where all steps of a phrase follow each other. */
function foundPhrases(steps: readonly PhraseStep[], found: ReadonlyMap<string, readonly Found[]>): Span[] {
  const [first, ...rest] = steps
  const placesOf = (step: PhraseStep) => step.terms.flatMap((term) => found.get(term) ?? [])
  let ways: Found[][] = first ? placesOf(first).map((place) => [place]) : []
  for (const step of rest) {
    const places = Map.groupBy(placesOf(step), ({ position }) => position)
    ways = ways.flatMap((way) =>
      (places.get((way.at(-1)?.position ?? 0) + step.distance) ?? [])
        .slice(0, 1)
        .map((next) => [...way, next]),
    )
  }
  return ways.flat()
}

function piecesOf(text: string, { start, end }: Span, spans: readonly Span[]): Fragment[] {
  const pieces: Fragment[] = []
  let from = start
  const add = (to: number, matched: boolean) => {
    if (to > from) pieces.push({ text: text.slice(from, to), matched })
    from = Math.max(from, to)
  }
  for (const span of spans) {
    if (span.end <= start || span.start >= end) continue
    add(Math.max(start, span.start), false)
    add(Math.min(end, span.end), true)
  }
  add(end, false)
  return pieces
}

/** Passages of an abstract at most, and their words. */
const passagesAtMost = 3
const passage = { most: 30, before: 6 }

/** The passages of a text with the most matches, in the order of the text. */
function passagesOf(text: string, spans: readonly Span[]): Fragment[] {
  const words = Array.from(text.matchAll(/\S+/gu), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }))
  if (words.length === 0) return []
  const chosen: { first: number; last: number }[] = []
  let left = spans.map(({ start }) => words.findLastIndex((word) => word.start <= start))
  if (left.length === 0) left = [0]
  while (left.length > 0 && chosen.length < passagesAtMost) {
    const matchesFrom = (word: number) => left.filter((other) => other >= word && other < word + passage.most)
    const best = left.reduce((a, b) => (matchesFrom(b).length > matchesFrom(a).length ? b : a))
    const lastMatch = Math.max(...matchesFrom(best))
    const room = Math.min(passage.before, passage.most - (lastMatch - best) - 1)
    const first = Math.max(0, best - room)
    const last = Math.min(words.length, first + passage.most) - 1
    chosen.push({ first, last })
    left = left.filter((other) => other < first - passage.most || other > last)
  }
  const passages: { first: number; last: number }[] = []
  for (const { first, last } of chosen.sort((a, b) => a.first - b.first)) {
    const previous = passages.at(-1)
    if (previous && first <= previous.last + 1) previous.last = Math.max(previous.last, last)
    else passages.push({ first, last })
  }
  const goesOn = (passages.at(-1)?.last ?? 0) < words.length - 1
  return [
    ...passages.flatMap(({ first, last }, index) => [
      ...(index > 0 ? [omitted(' … ')] : first > 0 ? [omitted('… ')] : []),
      ...piecesOf(text, { start: words[first]?.start ?? 0, end: words[last]?.end ?? 0 }, spans),
    ]),
    ...(goesOn ? [omitted(' …')] : []),
  ]
}

/** In the place of what stands between passages, before the first or behind the last. */
const omitted = (text: string): Fragment => ({ text, matched: false })
