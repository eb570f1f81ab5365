import { initialsOf } from './names.ts'
import { atomsIn } from './scan.ts'
import { positionsTaken, storedTerms } from './stored-terms.ts'

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

/** A term without regard to where it stands. */
export function anywhereTerm(term: string): string {
  return term.startsWith(prominence) ? term.slice(prominence.length) : term
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
  return vector.terms()
}

/** Where a term stands, as a `tsvector` is written. */
interface Places {
  text: string
  last: string
  count: number
}

interface Entry {
  /** Absent where there was no room left. */
  places: Places | undefined
  /** Those in the title and in keywords. */
  prominent: Places | undefined
  mention: Mention | undefined
}

class Vector {
  readonly #entries = new Map<string, Entry>()
  #position = 1
  #bytes = 0

  add(text: string, weight: string): void {
    const atoms = atomsIn(text)
    for (const { term, position, first, last, isFamily } of storedTerms(atoms)) {
      // Papers on `Veo 3` itself come before those on `Veo 3.1`.
      const entry = this.#put(term, position, isFamily ? weights.abstract : weight)
      if (!isFamily) mention(entry, weight, first !== last)
    }
    this.#position += positionsTaken(atoms) + gap
  }

  /** A name has no stop words (Kaiming He); and it is found by its last name and an initial. */
  addName(name: string): void {
    const atoms = atomsIn(name)
    for (const { term, position } of storedTerms(atoms, true)) this.#put(term, position, weights.authors)
    for (const term of initialsOf(name)) this.#put(term, 0, weights.authors)
    this.#position += positionsTaken(atoms) + gap
  }

  #put(term: string, offset: number, weight: string): Entry {
    let entry = this.#entries.get(term)
    if (!entry) {
      entry = { places: undefined, prominent: undefined, mention: undefined }
      this.#entries.set(term, entry)
    }
    const place = `${Math.min(largest.position, this.#position + offset)}${weight}`
    entry.places = this.#withPlace(entry.places, place, term.length)
    if (weight === weights.title || weight === weights.keywords)
      entry.prominent = this.#withPlace(entry.prominent, place, prominence.length + term.length)
    return entry
  }

  #withPlace(places: Places | undefined, place: string, letters: number): Places | undefined {
    if (!places) {
      this.#bytes += 4 * letters + 8
      return this.#bytes < largest.bytes ? { text: place, last: place, count: 1 } : undefined
    }
    if (places.count < largest.positions && places.last !== place) {
      places.text += `,${place}`
      places.last = place
      places.count += 1
    }
    return places
  }

  terms(): PaperTerms {
    const mentions = new Map<string, Mention>()
    let [search, rankedWords] = ['', '']
    for (const [term, { places, prominent, mention }] of this.#entries) {
      if (places) search += `'${term}':${places.text} `
      if (prominent) {
        search += `'${prominentTerm(term)}':${prominent.text} `
        rankedWords += `'${term}':${prominent.text} `
      }
      if (mention) mentions.set(term, mention)
    }
    return { search: search.trimEnd(), rankedWords: rankedWords.trimEnd(), mentions }
  }
}

function mention(entry: Entry, weight: string, isCompound: boolean): void {
  if (weight !== weights.title && weight !== weights.abstract) return
  entry.mention ??= { isCompound, titleTimes: 0, abstractTimes: 0 }
  if (weight === weights.title) entry.mention.titleTimes += 1
  else entry.mention.abstractTimes += 1
}
