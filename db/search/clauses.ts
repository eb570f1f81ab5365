import { initialTerm } from '../tokens/names.ts'
import type { Atom } from '../tokens/scan.ts'
import {
  atomTerms,
  compoundTerms,
  isGlued,
  isLetter,
  isName,
  isNumber,
  isStoredAsCompound,
  isVersion,
  isWithParticle,
  isWithPreposition,
} from '../tokens/terms.ts'
import { isStopWord } from '../tokens/words.ts'
import { askedAtoms, askedCompounds, withPoint } from './asked-atoms.ts'

/** A term of a phrase, in one of its spellings, so many words behind the one before. */
export interface PhraseStep {
  readonly terms: readonly string[]
  readonly distance: number
}

/** What a paper has to have one of: a term, or the steps of a phrase one after the other, or all of some clauses. */
export interface Clause {
  readonly terms: readonly string[]
  readonly phrases: readonly (readonly PhraseStep[])[]
  /** Or all of these clauses. */
  readonly every?: readonly Clause[] | undefined
  /** The weights that the place of the term must have (`tsvector`); undefined for any. */
  readonly weights?: string | undefined
}

/** Words joined by signs are a sentence from here on, as in an address: a small word at its end is none of a compound. */
const fewestOfSentence = 5

/** Longer words are not looked for as one of two words. */
const longestJoined = 24

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

interface Context {
  readonly text: string
  readonly chains: readonly (readonly Atom[])[]
  readonly index: number
}

function clausesOfChain(chain: readonly Atom[], context: Context): Clause[] {
  const { chains, index } = context
  const [first] = chain
  if (!first) return []
  const before = chains[index - 1]?.at(-1)
  const next = chains[index + 1]
  // A number behind a name is its version: both stand together.
  const versionOf = before && first.link !== 'apart' && isName(before) && isNumber(first) ? before : undefined
  const versions = versionOf
    ? [...askedCompounds([versionOf, first]), ...versionsOfCompound(context, first)]
    : []
  if (chain.length > 1) {
    const [, second] = chain
    const startsWithVersion = versionOf && second && (first.text.includes('.') || isVersion(second))
    const clauses = startsWithVersion ? [anyOf(versions)] : []
    return [...clauses, ...compoundClauses(chain, context)]
  }
  if (first.unspaced) return termsOfUnspaced(first.text).map((term) => anyOf([term]))
  if (isLetter(first)) return letterClause(first, context)
  if (versionOf) return [anyOf(versions)]
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

/** A version of the words before it as one: `flash-attention 2`, `flash attention 2` may be `FlashAttention 2`. */
function versionsOfCompound({ chains, index }: Context, version: Atom): string[] {
  const [before = [], earlier] = [chains[index - 1], chains[index - 2]]
  if (before.length > 1) return askedCompounds([...before, version])
  const [one, next] = [earlier?.length === 1 ? earlier[0] : undefined, before[0]]
  return asOneWord(one, next).length > 0 && one && next ? askedCompounds([one, next, version]) : []
}

function anyOf(terms: readonly string[]): Clause {
  return { terms: [...new Set(terms)], phrases: [] }
}

/** Two words with a space between as the one word that others make of them. */
function asOneWord(one: Atom | undefined, next: Atom | undefined): string[] {
  if (!one || !next || next.link !== 'spaced' || isNumber(next) || one.unspaced || next.unspaced) return []
  if (one.sign || next.sign) return []
  const isCompound = isWithParticle(one, next) || isWithPreposition(one, next)
  if ((isStopWord(one.text) || isStopWord(next.text)) && !isCompound) return []
  if (one.text.length + next.text.length > longestJoined) return []
  return compoundTerms([one, next])
}

function compoundClauses(chain: readonly Atom[], context: Context): Clause[] {
  const terms = askedCompounds(chain)
  const [first, last] = [chain[0], chain.at(-1)]
  if (!first || !last) return []
  if (chain.some(({ unspaced }) => unspaced)) return chain.flatMap((atom) => clausesOfAtom(atom))
  if (chain.every(isLetter)) terms.push(...initialTerms(first, last, context))
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
  const isStoredAsOne = chain.length === 2 && isStoredAsCompound(first, last)
  const steps = isStoredAsOne ? [] : stepsOf(chain)
  // Of `in-the-wild`, which is written without hyphens too, one word alone says something.
  if (chain.at(-2)?.text === 'the' && atomSteps(chain).length === 1) terms.push(...atomTerms(last, 'asked'))
  const clause = { terms, phrases: steps.length > 1 ? [steps] : [] }
  return terms.length + clause.phrases.length > 0 ? [clause] : chain.flatMap((atom) => clausesOfAtom(atom))
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

/** A step of a phrase, of the atom with this index. */
interface AtomStep extends PhraseStep {
  readonly atom: number
}

/** The steps of a phrase; a stop word makes the next one a step further away. */
function atomSteps(atoms: readonly Atom[], keepStopWords = false): AtomStep[] {
  const steps: AtomStep[] = []
  let distance = 0
  for (const [index, atom] of atoms.entries()) {
    const parts = atom.unspaced
      ? [...atom.text].map((letter) => [letter])
      : [atomTerms(atom, 'asked', keepStopWords)]
    for (const terms of parts) {
      distance += 1
      if (terms.length === 0) continue
      steps.push({ terms, distance: steps.length === 0 ? 0 : distance, atom: index })
      distance = 0
    }
  }
  return steps
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

/**
 * What a text in quotes asks for: its words side by side. Two neighbours may be written as one word in a paper, so
 * each two are tried as one; stop words at the ends say nothing.
 */
export function clausesOfPhrase(
  text: string,
  { weights, keepStopWords = false }: PhraseOptions = {},
): Clause[] {
  const atoms = askedAtoms(text)
  const steps = atomSteps(atoms, keepStopWords)
  const [first, last] = [steps[0]?.atom, steps.at(-1)?.atom]
  if (first === undefined || last === undefined) return []
  const phrases: (readonly PhraseStep[])[] = [steps]
  for (const [index, step] of steps.entries()) {
    const [atom, next, after] = [atoms[step.atom], atoms[step.atom + 1], steps[index + 1]]
    if (!atom || !next || after?.atom !== step.atom + 1 || isNumber(next) || isLetter(atom)) continue
    const joined = { terms: compoundTerms([atom, next]), distance: step.distance }
    if (joined.terms.length > 0) phrases.push([...steps.slice(0, index), joined, ...steps.slice(index + 2)])
  }
  const said = atoms.slice(first, last + 1)
  const whole = said.length > 2 && said.slice(1).every(isGlued) ? compoundTerms(said) : []
  const single = phrases.flatMap((found) => (found.length === 1 ? (found[0]?.terms ?? []) : []))
  const [one, next, more] = atoms
  const withParticle = one && next && !more && isWithParticle(one, next) ? compoundTerms(atoms) : []
  const terms = [...new Set([...single, ...whole, ...withParticle])]
  return [{ terms, phrases: phrases.filter((found) => found.length > 1), weights }]
}

interface PhraseOptions {
  readonly weights?: string | undefined
  readonly keepStopWords?: boolean | undefined
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
