/** Numbers from 0 to below 1, the same each time for one seed (mulberry32). */
export type Random = () => number

export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * Draws ranks from 0 as Zipf and Mandelbrot have them: the chance of rank r falls as 1 / (r + 1 + `shift`). A larger
 * shift makes the first ranks less common; over 60,000 words, with 13, the first one is each 120th word of a text.
 */
export function zipf(size: number, shift: number): (random: Random) => number {
  const ratio = (size + 1 + shift) / (1 + shift)
  return (random) => Math.min(size - 1, Math.floor((1 + shift) * ratio ** random() - 1 - shift))
}

/** The commonest words of abstracts in this field, the commonest first. */
const head =
  'model learning data language training method performance task image result large propose network approach framework based generation feature method representation benchmark dataset reasoning video state domain system generative visual human text efficient attention diffusion knowledge agent policy transformer optimization inference robust evaluation space structure sample time quality context prompt reward token'
const starts = 'b c d f g h j k l m n p r s t v w z br ch cl cr dr fl gr pl pr qu sh st th tr'.split(' ')
const vowels = 'a e i o u ai ea io ou'.split(' ')
const ends = ['', '', '', 'l', 'm', 'n', 'r', 's', 't', 'x', 'nd', 'st', 'ng']

/** A word that nobody has printed yet, of so many syllables. */
export function inventWord(random: Random, syllables: number): string {
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? ''
  let word = ''
  for (let syllable = 0; syllable < syllables; syllable++) word += pick(starts) + pick(vowels)
  return word + pick(ends)
}

/** Different words, the commonest first: the field's own, then those of `text`, then invented ones. */
export function vocabulary(text: string, size: number, random: Random): string[] {
  const counts = new Map<string, number>()
  for (const word of text.toLowerCase().match(/[a-z]{4,}/g) ?? [])
    counts.set(word, (counts.get(word) ?? 0) + 1)
  const printed = [...counts].sort((a, b) => b[1] - a[1]).map(([word]) => word)
  const words = new Set([...head.split(' '), ...printed])
  while (words.size < size) words.add(inventWord(random, 2 + Math.floor(random() * 3)))
  return [...words].slice(0, size)
}

/** Different names of people: few given names are shared by many, as are family names. */
export function peopleNames(size: number, random: Random): string[] {
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
  const some = (amount: number, first: string, syllables: number) => {
    const found = new Set(first.split(' '))
    while (found.size < amount) found.add(capital(inventWord(random, syllables)))
    return [...found]
  }
  const given = some(
    3_000,
    'Wei Yang Jun Li Ming Anna David Maria José Zoë François Michael Hao Yu Chen Min',
    2,
  )
  const family = some(
    20_000,
    'Wang Zhang Li Chen Liu Yang Kim Lee Müller García Nguyen Singh Smith Hinton',
    2,
  )
  const [drawGiven, drawFamily] = [zipf(given.length, 5), zipf(family.length, 5)]
  const names = new Set<string>()
  for (let tries = 0; names.size < size; tries++) {
    const middle = tries % 4 === 0 ? ` ${capital(String.fromCharCode(97 + Math.floor(random() * 26)))}.` : ''
    names.add(`${given[drawGiven(random)]}${middle} ${family[drawFamily(random)]}`)
  }
  return [...names]
}
