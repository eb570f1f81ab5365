import type { Atom } from '../tokens/scan.ts'
import { isStopWord } from '../tokens/words.ts'
import { askedAtoms } from './asked-atoms.ts'
import { type Clause, clausesOfPhrase } from './phrases.ts'

/** Pairs of a longer text say little more, and cost as much. */
const mostPairs = 7

/**
 * What a text asks for when its words are taken two and two, each with the one behind it: for `text to speech`, the
 * words as they stand there or as one. Stop words make no pair, and stand between.
 */
export function neighboursIn(text: string): Clause[][] {
  const pairs = new Map<string, Clause[]>()
  let before: Atom | undefined
  for (const atom of askedAtoms(text)) {
    if (isStopWord(atom.text)) continue
    if (before && pairs.size < mostPairs) {
      const pair = text.slice(before.start, atom.end)
      const clauses = clausesOfPhrase(pair)
      if (clauses.some(({ terms, phrases }) => terms.length + phrases.length > 0)) pairs.set(pair, clauses)
    }
    before = atom
  }
  return [...pairs.values()]
}
