import { atomsIn } from './scan.ts'

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
export function initialsOf(name: string): string[] {
  const words = wordsOfName(name).slice(0, 6)
  return words.flatMap((spellings, index) =>
    words
      .slice(0, index)
      .flatMap(([first = '']) => spellings.map((word) => initialTerm(word, [...first][0] ?? ''))),
  )
}
