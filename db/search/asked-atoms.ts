import { type Atom, atomsIn } from '../tokens/scan.ts'
import { isInCapitals } from '../tokens/terms.ts'
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
