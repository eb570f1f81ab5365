import { type Atom, atomsIn } from './scan.ts'
import {
  atomTerms,
  compoundTerms,
  familyTerms,
  isCapitalized,
  isGlued,
  isName,
  isNumber,
  isStoredAsCompound,
  isWithParticle,
  isWithPreposition,
} from './terms.ts'
import { isStopWord } from './words.ts'

export const searchedColumns = ['title', 'abstract', 'author_names', 'keywords'] as const

/** What a paper is searched by. */
export interface SearchedTexts {
  readonly title: string
  readonly abstract: string | null
  readonly author_names: readonly string[]
  readonly keywords: readonly string[]
}

/**
 * The version of what this folder makes of a text. Raise it with every change that stores other terms: the server then
 * makes the stored ones anew (db/writer/rebuild-terms.ts).
 */
export const tokensVersion = 4

/** Weights of `tsvector`: where a term was found decides how much it counts. */
export const weights = { title: 'A', authors: 'B', keywords: 'C', abstract: 'D' } as const

/** What no term begins with. */
const prominence = '='

/** A term of the title or of a keyword is stored in this form besides: the index finds such papers before all others. */
export function prominentTerm(term: string): string {
  return prominence + term
}

/** What a tsvector can hold (`MAXSTRPOS`, 1 MB) less a margin, its greatest position, and the positions of one term. */
const largest = { bytes: 900_000, position: 16_383, positions: 255 }
/** Between two texts, so that no phrase reaches from one into the other. */
const gap = 8

/** A term of a title or abstract, for what the paper is about. */
export interface Mention {
  /** Made of several words: `finetun`. Its parts are mentioned besides. */
  readonly isCompound: boolean
  /** How often it is in the title and in the abstract; of a compound, twice that. */
  titleTimes: number
  abstractTimes: number
}

export interface PaperTerms {
  /** The text of a `tsvector`. */
  readonly search: string
  /** The same of the title and the keywords alone: what searches are ranked by. */
  readonly rankedWords: string
  /** By term. */
  readonly mentions: ReadonlyMap<string, Mention>
}

export function paperTerms({ title, abstract, author_names, keywords }: SearchedTexts): PaperTerms {
  const vector = new Vector()
  vector.add(title, weights.title)
  if (abstract !== null) vector.add(abstract, weights.abstract)
  for (const keyword of keywords) vector.add(keyword, weights.keywords)
  for (const name of author_names) vector.addName(name)
  return { search: vector.toString(), rankedWords: vector.ranked(), mentions: vector.mentions }
}

class Vector {
  readonly mentions = new Map<string, Mention>()
  readonly #places = new Map<string, string[]>()
  #position = 1
  #bytes = 0

  add(text: string, weight: string): void {
    const atoms = atomsIn(text)
    for (const { term, position, first, last, isFamily } of storedTerms(atoms)) {
      // Papers on `Veo 3` itself come before those on `Veo 3.1`.
      this.#put(term, position, isFamily ? weights.abstract : weight)
      if (!isFamily) this.#mention(term, weight, first !== last)
    }
    this.#position += lengthOf(atoms) + gap
  }

  /** A name has no stop words (Kaiming He); and it is found by its last name and an initial. */
  addName(name: string): void {
    const atoms = atomsIn(name)
    for (const { term, position } of storedTerms(atoms, true)) this.#put(term, position, weights.authors)
    for (const term of initialsOf(name)) this.#put(term, 0, weights.authors)
    this.#position += lengthOf(atoms) + gap
  }

  #put(term: string, offset: number, weight: string): void {
    const place = `${Math.min(largest.position, this.#position + offset)}${weight}`
    this.#putPlace(term, place)
    if (weight === weights.title || weight === weights.keywords) this.#putPlace(prominentTerm(term), place)
  }

  #putPlace(term: string, place: string): void {
    const places = this.#places.get(term)
    if (places) {
      if (places.length < largest.positions && places.at(-1) !== place) places.push(place)
      return
    }
    this.#bytes += 4 * term.length + 8
    if (this.#bytes < largest.bytes) this.#places.set(term, [place])
  }

  #mention(term: string, weight: string, isCompound: boolean): void {
    const mention = this.mentions.get(term) ?? { isCompound, titleTimes: 0, abstractTimes: 0 }
    if (weight === weights.title) mention.titleTimes += 1
    else if (weight === weights.abstract) mention.abstractTimes += 1
    else return
    this.mentions.set(term, mention)
  }

  toString(): string {
    return textOf(this.#places)
  }

  ranked(): string {
    const ranked = Array.from(this.#places).filter(([term]) => term.startsWith(prominence))
    return textOf(ranked.map(([term, places]) => [term.slice(prominence.length), places]))
  }
}

function textOf(placesOfTerms: Iterable<readonly [string, readonly string[]]>): string {
  return Array.from(placesOfTerms, ([term, places]) => `'${term}':${places.join(',')}`).join(' ')
}

interface StoredTerm {
  readonly term: string
  /** Counted in atoms from 0. */
  readonly position: number
  /** The atoms that it stands for. */
  readonly first: number
  readonly last: number
  /** Whether it names more than what stands there: `veo3` of `Veo 3.1`. */
  readonly isFamily?: boolean
}

/** The terms that a text is stored under. A compound stands where its first and where its last atom does. */
export function* storedTerms(atoms: readonly Atom[], keepStopWords = false): Generator<StoredTerm> {
  let position = 0
  const positions: number[] = []
  for (const atom of atoms) {
    positions.push(position)
    position += widthOf(atom)
  }
  const at = (index: number) => positions[index] ?? 0
  let chain = 0
  let named: number | undefined
  for (const [index, atom] of atoms.entries()) {
    if (atom.unspaced) {
      for (const { term, offset } of unspacedTerms(atom.text))
        yield { term, position: at(index) + offset, first: index, last: index }
    } else
      for (const term of atomTerms(atom, 'stored', keepStopWords))
        yield { term, position: at(index), first: index, last: index }
    const before = atoms[index - 1]
    if (!before) continue
    const joined = isGlued(atom)
    if (!joined) chain = index
    const compounds: number[] = []
    const isTwoWordName = !keepStopWords && isCapitalized(before, atom)
    if (
      joined
        ? (!isStopWord(before.text) && !isStopWord(atom.text)) ||
          isWithParticle(before, atom) ||
          isWithPreposition(before, atom)
        : isStoredAsCompound(before, atom) || isTwoWordName
    )
      compounds.push(index - 1)
    // Of `AIME 2024/2025` both numbers are versions of the name.
    if (!isNumber(atom)) named = undefined
    else if (isName(before)) named = index - 1
    else if (named !== undefined && (atom.link === 'slashed' || joined)) compounds.push(named)
    else named = undefined
    const endsChain = joined && !(atoms[index + 1] && isGlued(atoms[index + 1] as Atom))
    if (endsChain && !compounds.includes(chain)) compounds.push(chain)
    for (const first of compounds) {
      const parts =
        first === named && index - first > 1 ? [atoms[first] as Atom, atom] : atoms.slice(first, index + 1)
      const family = parts.length === 2 ? familyTerms(parts) : []
      for (const term of [...compoundTerms(parts), ...family]) {
        const isFamily = family.includes(term)
        yield { term, position: at(first), first, last: index, isFamily }
        yield { term, position: at(index), first, last: index, isFamily }
      }
    }
  }
}

/** How many positions an atom takes: of scripts without spaces each letter is one. */
function widthOf({ unspaced, text }: Atom): number {
  return unspaced ? [...text].length : 1
}

function lengthOf(atoms: readonly Atom[]): number {
  return atoms.reduce((sum, atom) => sum + widthOf(atom), 0)
}

/** Each letter, and each two neighbours. */
function* unspacedTerms(text: string): Generator<{ term: string; offset: number }> {
  const letters = [...text]
  for (const [offset, letter] of letters.entries()) {
    yield { term: letter, offset }
    if (offset > 0) yield { term: `${letters[offset - 1]}${letter}`, offset: offset - 1 }
  }
}

/** `lecun,y` for Yann LeCun: what no word can be, as a comma is in it. */
export function initialTerm(lastName: string, initial: string): string {
  return `${lastName},${initial}`
}

/** The words of a name, each in its spellings; a hyphen does not divide a last name. */
export function wordsOfName(name: string): string[][] {
  return name
    .split(/[\s,]+/u)
    .map((word) => {
      const atoms = atomsIn(word)
      const plain = atoms.map(({ text }) => text).join('')
      const transcribed = atoms.map(({ text, transcribed }) => transcribed ?? text).join('')
      return [...new Set([plain, transcribed])].filter(Boolean)
    })
    .filter((spellings) => spellings.length > 0)
}

/** Of each later word of a name with the first letter of each word before. */
function initialsOf(name: string): string[] {
  const words = wordsOfName(name).slice(0, 6)
  return words.flatMap((spellings, index) =>
    words
      .slice(0, index)
      .flatMap(([first = '']) => spellings.map((word) => initialTerm(word, [...first][0] ?? ''))),
  )
}
