import type { Atom } from '../tokens/scan.ts'
import {
  atomTerms,
  compoundTerms,
  isName,
  isNumber,
  isStoredAsCompound,
  isWithParticle,
  isWithPreposition,
} from '../tokens/terms.ts'
import { isStopWord } from '../tokens/words.ts'
import { askedCompounds, withPoint } from './asked-atoms.ts'
import { atomSteps, type Clause, type PhraseStep } from './phrases.ts'

/** Words joined by signs are a sentence from here on, as in an address: a small word at its end is none of a compound. */
const fewestOfSentence = 5

/** Longer words are not looked for as one of two words. */
const longestJoined = 24

/** Where a chain, words without a space between, stands among those of a text. */
export interface ChainPlace {
  readonly chains: readonly (readonly Atom[])[]
  readonly index: number
}

/** A number behind a name is its version: the terms of both together; undefined for what is none. */
export function versionsOf(place: ChainPlace, version: Atom): string[] | undefined {
  const before = place.chains[place.index - 1]?.at(-1)
  if (!before || version.link === 'apart' || !isName(before) || !isNumber(version)) return undefined
  return [...askedCompounds([before, version]), ...versionsOfCompound(place, version)]
}

/** A version of the words before it as one: `flash-attention 2`, `flash attention 2` may be `FlashAttention 2`. */
function versionsOfCompound({ chains, index }: ChainPlace, version: Atom): string[] {
  const [before = [], earlier] = [chains[index - 1], chains[index - 2]]
  if (before.length > 1) return askedCompounds([...before, version])
  const [one, next] = [earlier?.length === 1 ? earlier[0] : undefined, before[0]]
  return asOneWord(one, next).length > 0 && one && next ? askedCompounds([one, next, version]) : []
}

/** Two words with a space between as the one word that others make of them. */
export function asOneWord(one: Atom | undefined, next: Atom | undefined): string[] {
  if (!one || !next || next.link !== 'spaced' || isNumber(next) || one.unspaced || next.unspaced) return []
  if (one.sign || next.sign) return []
  const isCompound = isWithParticle(one, next) || isWithPreposition(one, next)
  if ((isStopWord(one.text) || isStopWord(next.text)) && !isCompound) return []
  if (one.text.length + next.text.length > longestJoined) return []
  return compoundTerms([one, next])
}

/** A compound as one word, by one of the `names` that it may be, or its words side by side. */
export function compoundClause(chain: readonly Atom[], names: readonly string[]): Clause {
  const terms = [...askedCompounds(chain), ...names]
  const [first, last] = [chain[0], chain.at(-1)]
  const isStoredAsOne = chain.length === 2 && first && last && isStoredAsCompound(first, last)
  const steps = isStoredAsOne ? [] : stepsOf(chain)
  // Of `in-the-wild`, which is written without hyphens too, one word alone says something.
  if (last && chain.at(-2)?.text === 'the' && atomSteps(chain).length === 1)
    terms.push(...atomTerms(last, 'asked'))
  return { terms, phrases: steps.length > 1 ? [steps] : [] }
}

/** The steps of a compound; none if it begins or ends with a stop word: the rest is found where the compound is not. */
function stepsOf(atoms: readonly Atom[]): PhraseStep[] {
  const steps = atomSteps(atoms).map((step) => {
    const version = atoms[step.atom]
    const pointed = version && withPoint(atoms[step.atom - 1], version)
    return pointed ? { ...step, terms: [...step.terms, pointed.text] } : step
  })
  const isWhole = steps[0]?.atom === 0 && steps.at(-1)?.atom === atoms.length - 1
  return isWhole || atoms.length >= fewestOfSentence ? steps : []
}
