import { atomsIn } from '../../db/tokens/scan.ts'
import { storedTerms } from '../../db/tokens/stored-terms.ts'

/**
 * The words of a text that search compares by these terms, as they stand in the text: `reinforcement` for `reinforc`.
 * In the order of the terms, each word once; none that is part of another or of no subject, and
 * no short one, which says little alone.
 */
export function wholeWords(terms: readonly string[], text: string): string[] {
  const wanted = new Set(terms)
  const found = new Map<string, string>()
  const atoms = atomsIn(text)
  for (const { term, first, last } of storedTerms(atoms)) {
    if (!wanted.has(term)) continue
    const word = text.slice(atoms[first]?.start, atoms[last]?.end)
    if (isPlainer(word, found.get(term))) found.set(term, word)
  }
  const words = terms.flatMap((term) => found.get(term) ?? [])
  const distinct = [...new Map(words.map((word) => [word.toLowerCase(), word])).values()]
  const isPlural = (word: string) => word.endsWith('s') && distinct.includes(word.slice(0, -1))
  const telling = distinct.filter(
    (word) => !isPlural(word) && !ofNoSubject.test(word) && (word.length > 4 || word !== word.toLowerCase()),
  )
  return telling.filter((word) => !telling.some((other) => other !== word && includesWord(other, word)))
}

/** Words of many titles, whatever they are about. */
const ofNoSubject = /^(?:towards?|through|across|within|beyond|using|based)$/i

/** In small letters where it has them anywhere, as the words of titles have capitals; then the shorter one. */
function isPlainer(word: string, known: string | undefined): boolean {
  if (known === undefined) return true
  const [isSmall, wasSmall] = [word === word.toLowerCase(), known === known.toLowerCase()]
  return isSmall === wasSmall ? word.length < known.length : isSmall
}

function includesWord(text: string, word: string): boolean {
  const words = text.toLowerCase().split(/[\s-]+/)
  return words.some((one) => one === word.toLowerCase() || one === `${word.toLowerCase()}s`)
}
