import { wordsOf } from '../model/acronyms.ts'
import { clausesOfWords, type PlacedClauses, placedClauses } from './clauses.ts'
import type { Clause, PhraseStep } from './phrases.ts'

/** What is looked for beside words that were typed: of `MoE` "mixture-of-experts", of `mixture of experts` "MoE". */
export interface Expansion {
  /** As typed. */
  readonly typed: string
  readonly added: readonly string[]
}

/** Where words stand that may be expanded, and by what. */
interface Place {
  readonly start: number
  readonly end: number
  readonly added: readonly string[]
}

/** Parts of a text, and the places that they share. */
interface Group {
  readonly parts: PlacedClauses[]
  places: readonly Place[]
}

/**
 * What a text without quotes asks for, where expansions may stand for their words. Words are read beside their
 * neighbors: `flow grpo` is `flowgrpo` too, whatever `grpo` stands for.
 */
export function clausesWithExpansions(text: string, expansions: readonly Expansion[]): Clause[] {
  const places = placesOf(text, expansions)
  const groups: Group[] = []
  for (const part of placedClauses(text)) {
    const own = places.filter(({ start, end }) => start < part.end && end > part.start)
    const last = groups.at(-1)
    if (last && own.some((place) => last.places.includes(place))) {
      last.parts.push(part)
      last.places = [...new Set([...last.places, ...own])]
    } else groups.push({ parts: [part], places: own })
  }
  return groups.flatMap((group) => clausesOfGroup(text, group))
}

function placesOf(text: string, expansions: readonly Expansion[]): Place[] {
  if (expansions.length === 0) return []
  const words = wordsOf(text)
  const places: Place[] = []
  for (let index = 0; index < words.length; ) {
    const expansion = expansions.find(({ typed }) =>
      wordsOf(typed).every(({ word }, more) => words[index + more]?.word === word),
    )
    const length = expansion ? wordsOf(expansion.typed).length : 0
    const [first, last] = [words[index], words[index + length - 1]]
    if (expansion && first && last) places.push({ start: first.start, end: last.end, added: expansion.added })
    index += length || 1
  }
  return places
}

function clausesOfGroup(text: string, { parts, places }: Group): readonly Clause[] {
  const asked = parts.flatMap(({ clauses }) => clauses)
  const [place, ...others] = places
  const [start, end] = [parts[0]?.start ?? 0, parts.at(-1)?.end ?? 0]
  if (!place) return asked
  if (others.length === 0 && place.start === start && place.end === end) return expanded(asked, place.added)
  // Of a compound one word may be expanded: `LLM-based`.
  const pieces: Clause[] = []
  let from = start
  for (const { start, end, added } of places) {
    pieces.push(...clausesOfWords(text.slice(from, start)))
    pieces.push(...expanded(clausesOfWords(text.slice(start, end)), added))
    from = end
  }
  pieces.push(...clausesOfWords(text.slice(from, end)))
  const [compound, ...more] = asked
  return compound && more.length === 0
    ? [{ terms: compound.terms, phrases: compound.phrases, every: pieces }]
    : pieces
}

/**
 * The words of a long form side by side, or as one word. Where it begins with a small word or holds a "to", each of its
 * compounds has to be one: places of words do not tell "image-to-video" from "image and video". ("End-to-end" they do.)
 */
function clauseOfAdded(text: string): Clause[] {
  const words = wordsOf(text)
  const joined = clausesOfWords(words.map(({ start, end }) => text.slice(start, end)).join('-'))
  const [clause, ...more] = joined
  if (clause === undefined || more.length > 0) return []
  const hasTo = words.some(({ word }) => word === 'to') && words[0]?.word !== words.at(-1)?.word
  const phrases = hasTo && clause.terms.length > 0 ? [] : clause.phrases
  return [{ ...clause, phrases: phrases.length > 0 ? phrases : phraseOfCompounds(text) }]
}

/** `on-policy distillation` as `onpolicy` before `distillation`; none for what is one compound, or has other small words. */
function phraseOfCompounds(text: string): PhraseStep[][] {
  const steps = text.split(/\s+/u).map((part): PhraseStep => {
    const [clause, ...more] = clausesOfWords(part)
    return { terms: more.length === 0 ? (clause?.terms ?? []) : [], distance: 1 }
  })
  return steps.length > 1 && steps.every(({ terms }) => terms.length > 0) ? [steps] : []
}

/** What words ask for, or one of what is added to them. */
function expanded(asked: readonly Clause[], added: readonly string[]): readonly Clause[] {
  const clauses = added.flatMap(clauseOfAdded)
  if (asked.length === 0 || clauses.length === 0) return asked
  const [only, ...more] = asked
  const isOne = only !== undefined && more.length === 0
  return [
    {
      terms: [...(isOne ? only.terms : []), ...clauses.flatMap(({ terms }) => terms)],
      phrases: [...(isOne ? only.phrases : []), ...clauses.flatMap(({ phrases }) => phrases)],
      ...(!isOne && { every: asked }),
    },
  ]
}
