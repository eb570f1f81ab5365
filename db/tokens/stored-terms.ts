import type { Atom } from './scan.ts'
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

/** The positions that a text takes. */
export function positionsTaken(atoms: readonly Atom[]): number {
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
