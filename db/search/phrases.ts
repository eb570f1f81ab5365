import type { Atom } from '../tokens/scan.ts'
import { atomTerms, compoundTerms, isGlued, isLetter, isNumber, isWithParticle } from '../tokens/terms.ts'
import { askedAtoms } from './asked-atoms.ts'

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

/** A step of a phrase, of the atom with this index. */
export interface AtomStep extends PhraseStep {
  readonly atom: number
}

/** The steps of a phrase; a stop word makes the next one a step further away. */
export function atomSteps(atoms: readonly Atom[], keepStopWords = false): AtomStep[] {
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
