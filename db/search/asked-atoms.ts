import { type Atom, atomsIn } from '../tokens/scan.ts'
import { compoundTerms, isInCapitals, isName } from '../tokens/terms.ts'
import { isStopWord } from '../tokens/words.ts'

/** Words of a text in which a stop word in capitals is an acronym (`IT support`); a longer one shouts. */
const longestWithAcronym = 3

/** The atoms of what is typed; stop words in capitals stay so where they are acronyms, and are no operators of others. */
export function askedAtoms(text: string): Atom[] {
  const atoms = atomsIn(text)
  if (atoms.length === 1) return atoms
  const isShouting = atoms.length > longestWithAcronym || atoms.every(isInCapitals)
  return atoms.map((atom) =>
    isStopWord(atom.text) && (isShouting || /^(?:and|or|not)$/.test(atom.text))
      ? { ...atom, cased: atom.text }
      : atom,
  )
}

/** A version that lost its point with all other signs of a title: `qwen25` may be `Qwen2.5`, `15b` may be `1.5B`. Undefined for other atoms. */
export function withPoint(name: Atom | undefined, version: Atom): Atom | undefined {
  const parts = /^([a-z]?\d)(\d[bkmt]?)$/.exec(version.text)
  if (!parts || !name || version.link === 'apart' || !isName(name)) return undefined
  return { ...version, text: `${parts[1]}.${parts[2]}` }
}

/** Several atoms as the one word that they are in another spelling. */
export function askedCompounds(atoms: readonly Atom[]): string[] {
  const pointed = atoms.map((atom, index) => withPoint(atoms[index - 1], atom) ?? atom)
  const isSame = pointed.every((atom, index) => atom === atoms[index])
  return [...compoundTerms(atoms), ...(isSame ? [] : compoundTerms(pointed))]
}
