import { initialTerm } from '../tokens/names.ts'
import type { Atom } from '../tokens/scan.ts'
import {
  atomTerms,
  compoundTerms,
  isGlued,
  isLetter,
  isStoredAsCompound,
  isVersion,
} from '../tokens/terms.ts'
import { isStopWord } from '../tokens/words.ts'
import { askedAtoms, withPoint } from './asked-atoms.ts'
import { asOneWord, type ChainPlace, compoundClause, versionsOf } from './compounds.ts'
import type { Clause } from './phrases.ts'

/** What a text without quotes asks for: all of these clauses. */
export function clausesOfWords(text: string): Clause[] {
  return placedClauses(text).flatMap(({ clauses }) => clauses)
}

/** What a part of a text asks for, where its words stand, and where they end. */
export interface PlacedClauses {
  readonly clauses: readonly Clause[]
  readonly start: number
  readonly end: number
}

/** The same by parts: words with their compounds. What each asks for depends on its neighbours. */
export function placedClauses(text: string): PlacedClauses[] {
  const atoms = askedAtoms(text)
  const chains: Atom[][] = []
  for (const atom of atoms) {
    const chain = chains.at(-1)
    if (chain && isGlued(atom)) chain.push(atom)
    else chains.push([atom])
  }
  return chains.map((chain, index) => ({
    clauses: clausesOfChain(chain, { text, chains, index }),
    start: chain[0]?.start ?? 0,
    end: chain.at(-1)?.end ?? 0,
  }))
}

interface Context extends ChainPlace {
  readonly text: string
}

function clausesOfChain(chain: readonly Atom[], context: Context): Clause[] {
  const { chains, index } = context
  const [first] = chain
  if (!first) return []
  const before = chains[index - 1]?.at(-1)
  const next = chains[index + 1]
  const versions = versionsOf(context, first)
  if (chain.length > 1) {
    const [, second] = chain
    const startsWithVersion = second && (first.text.includes('.') || isVersion(second))
    const clauses = versions && startsWithVersion ? [anyOf(versions)] : []
    return [...clauses, ...clausesOfCompound(chain, context)]
  }
  if (first.unspaced) return termsOfUnspaced(first.text).map((term) => anyOf([term]))
  if (isLetter(first)) return letterClause(first, context)
  if (versions) return [anyOf(versions)]
  const terms = atomTerms(first, 'asked')
  if (terms.length === 0) return []
  const single = chains[index - 1]?.length === 1 ? before : undefined
  const pointed = withPoint(single, first)
  return [
    anyOf([
      ...terms,
      ...asOneWord(single, first),
      ...(next?.length === 1 ? asOneWord(first, next[0]) : []),
      ...(single && pointed ? compoundTerms([single, pointed]) : []),
      ...joinedInitials(first, context),
    ]),
  ]
}

function anyOf(terms: readonly string[]): Clause {
  return { terms: [...new Set(terms)], phrases: [] }
}

function clausesOfCompound(chain: readonly Atom[], context: Context): Clause[] {
  const [first, last] = [chain[0], chain.at(-1)]
  if (!first || !last) return []
  if (chain.some(({ unspaced }) => unspaced)) return chain.flatMap((atom) => clausesOfAtom(atom))
  if (last.sign)
    return [
      ...clausesOfWords(
        chain
          .slice(0, -1)
          .map(({ cased }) => cased)
          .join('-'),
      ),
      ...clausesOfAtom(last),
    ]
  const clause = compoundClause(chain, chain.every(isLetter) ? initialTerms(first, last, context) : [])
  return clause.terms.length + clause.phrases.length > 0
    ? [clause]
    : chain.flatMap((atom) => clausesOfAtom(atom))
}

function clausesOfAtom(atom: Atom): Clause[] {
  if (atom.unspaced) return termsOfUnspaced(atom.text).map((term) => anyOf([term]))
  const terms = atomTerms(atom, 'asked')
  return terms.length > 0 ? [anyOf(terms)] : []
}

/** A single letter, one of its terms, or both. */
function termsOfUnspaced(text: string): string[] {
  const letters = [...text]
  return letters.length < 2 ? letters : letters.slice(1).map((letter, index) => `${letters[index]}${letter}`)
}

/** A letter beside a word is a part of its name (`k means`, `L 2`) or the initial of an author (`Y LeCun`). */
function letterClause(letter: Atom, context: Context): Clause[] {
  const { chains, index } = context
  const [before, next] = [chains[index - 1]?.at(-1), chains[index + 1]?.[0]]
  const initials = initialTerms(letter, letter, context)
  const isCapital = letter.cased !== letter.text
  if (letter.stopped && isCapital && initials.length > 0) return [anyOf(initials)]
  // `S He` is a name; in a longer text a letter that is a stop word says nothing.
  if (isStopWord(letter.text)) {
    return isCapital && chains.length === 2 && initials.length > 0 ? [anyOf(initials)] : []
  }
  const joined = [
    ...(before && isStoredAsCompound(before, letter) ? compoundTerms([before, letter]) : []),
    ...(next && isStoredAsCompound(letter, next) ? compoundTerms([letter, next]) : []),
  ]
  return [anyOf([...joined, ...initials, ...(joined.length > 0 ? [] : [letter.text])])]
}

/** The authors that a letter may be the initial of: `Y. LeCun`, `Y A LeCun`, `LeCun, Y.`, `LeCun Y`, `LeCun, Yann A.` */
function initialTerms(letter: Atom, last: Atom, { text, chains, index }: Context): string[] {
  const isInitials = (chain: readonly Atom[] | undefined) => chain?.every(isLetter) === true
  const between = (one: Atom | undefined, next: Atom | undefined) => text.slice(one?.end, next?.start)
  let [ahead, behind] = [index + 1, index - 1]
  while (isInitials(chains[ahead])) ahead++
  while (isInitials(chains[behind])) behind--
  const [following, preceding] = [chains[ahead], chains[behind]]
  const names: string[] = []
  if (following && /^[.\s\p{Pd}]*$/u.test(between(chains[ahead - 1]?.at(-1) ?? last, following[0])))
    names.push(...lastNames(following))
  if (preceding && /^,?\s*$/.test(between(preceding.at(-1), chains[behind + 1]?.[0]))) {
    names.push(...lastNames(preceding))
    const earlier = chains[behind - 1]
    if (earlier && /^,\s+$/.test(between(earlier.at(-1), preceding[0]))) names.push(...lastNames(earlier))
  }
  return names.map((name) => initialTerm(name, letter.text))
}

/** `LeCun YA`, as lists of medical references have names. */
function joinedInitials(atom: Atom, { chains, index }: Context): string[] {
  const before = chains[index - 1]
  if (chains.length !== 2 || !before || atom.link !== 'spaced' || !/^[A-Z]{2,3}$/.test(atom.cased)) return []
  return lastNames(before).map((name) => initialTerm(name, atom.text.slice(0, 1)))
}

function lastNames(chain: readonly Atom[]): string[] {
  if (!chain.every((atom) => /^\p{L}{2,}$/u.test(atom.text))) return []
  const plain = chain.map(({ text }) => text).join('')
  const transcribed = chain.map((atom) => atom.transcribed ?? atom.text).join('')
  return [...new Set([plain, transcribed])]
}
