/**
 * The stem of an English word in small letters, by the Porter2 algorithm of Snowball
 * (https://snowballstem.org/algorithms/english/stemmer.html): `models` and `modelling` are `model`. Words with other
 * letters than a to z are their own stems.
 *
 * Its own, and not the one of Postgres, so that all versions of Postgres store and find the same words, and the
 * highlights of a search, which are made here, are what it found.
 */
export function stemOf(word: string): string {
  if (word.length <= 2) return word
  const known = cache.get(word)
  if (known !== undefined) return known
  if (!/^[a-z]+$/.test(word)) return word
  const stem = exceptions.get(word) ?? porter2(word)
  if (cache.size >= cachedAtMost) cache.clear()
  cache.set(word, stem)
  return stem
}

const cachedAtMost = 200_000
const cache = new Map<string, string>()

const exceptions = new Map(
  Object.entries({
    ...{ skis: 'ski', skies: 'sky', dying: 'die', lying: 'lie', tying: 'tie', idly: 'idl', gently: 'gentl' },
    ...{ ugly: 'ugli', early: 'earli', only: 'onli', singly: 'singl' },
    ...{
      sky: 'sky',
      news: 'news',
      howe: 'howe',
      atlas: 'atlas',
      cosmos: 'cosmos',
      bias: 'bias',
      andes: 'andes',
    },
  }),
)
const unchangedAfterPlurals = new Set(
  'inning outing canning herring earring proceed exceed succeed'.split(' '),
)

/** A `y` that is a consonant is written `Y` meanwhile. */
const vowel = /[aeiouy]/
const double = /(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/
/** `add` and `egg` keep both letters. */
const wholeDouble = /^[aeo](.)\1$/

function porter2(given: string): string {
  let word = given.includes('y') ? given.replace(/^y|(?<=[aeiouy])y/g, 'Y') : given
  const r1 = regionBeginnings.find((beginning) => word.startsWith(beginning))?.length ?? regionAfter(word, 0)
  const r2 = regionAfter(word, r1)
  word = plural(word)
  if (unchangedAfterPlurals.has(word)) return word
  word = pastAndGerund(word, r1)
  if (/[yY]$/.test(word)) word = word.replace(/(?<=.[^aeiouy])[yY]$/, 'i')
  word = replaceSuffix(word, longSuffixes, r1, r2)
  word = replaceSuffix(word, shorterSuffixes, r1, r2)
  word = replaceSuffix(word, lastSuffixes, r2, r2)
  if (word.endsWith('e')) {
    const rest = word.slice(0, -1)
    if (rest.length >= r2 || (rest.length >= r1 && !endsInShortSyllable(rest))) word = rest
  } else if (word.endsWith('ll') && word.length > r2) word = word.slice(0, -1)
  return word.replaceAll('Y', 'y')
}

/** What the first region begins behind, though it would begin before. */
const regionBeginnings = ['gener', 'commun', 'arsen']

/** Where the region after the first consonant that follows a vowel begins. */
function regionAfter(word: string, from: number): number {
  for (let at = from + 1; at < word.length; at++)
    if (isVowel(word, at - 1) && !isVowel(word, at)) return at + 1
  return word.length
}

function isVowel(word: string, at: number): boolean {
  return 'aeiouy'.includes(word[at] ?? '')
}

function endsInShortSyllable(word: string): boolean {
  return /[^aeiouy][aeiouy][^aeiouywxY]$/.test(word) || /^[aeiouy][^aeiouy]$/.test(word)
}

function plural(word: string): string {
  if (!word.endsWith('s') && !word.endsWith('ied')) return word
  if (word.endsWith('sses')) return word.slice(0, -2)
  if (/ie[ds]$/.test(word)) return word.length > 4 ? word.slice(0, -2) : word.slice(0, -1)
  if (word.endsWith('us') || word.endsWith('ss')) return word
  return vowel.test(word.slice(0, -2)) ? word.slice(0, -1) : word
}

function pastAndGerund(word: string, r1: number): string {
  if (!/(?:ed|ing|ly)$/.test(word)) return word
  const eed = /eed(?:ly)?$/.exec(word)
  if (eed) return eed.index >= r1 ? `${word.slice(0, eed.index)}ee` : word
  const ending = /(?:ed|ing)(?:ly)?$/.exec(word)
  const rest = word.slice(0, ending?.index)
  if (!ending || !vowel.test(rest)) return word
  if (/(?:at|bl|iz)$/.test(rest)) return `${rest}e`
  if (double.test(rest)) return wholeDouble.test(rest) ? rest : rest.slice(0, -1)
  return rest.length <= r1 && endsInShortSyllable(rest) ? `${rest}e` : rest
}

/** A suffix, what takes its place, and what has to stand before it or how far in the word it has to be. */
type Suffix = readonly [suffix: string, replacement: string, before?: RegExp | 'r2']

/** By their last letter, the longest first. */
type Suffixes = ReadonlyMap<string, readonly Suffix[]>

const longSuffixes = byLastLetter([
  ['tional', 'tion'],
  ...(['enci', 'anci'] as const).map((suffix): Suffix => [suffix, suffix.replace(/i$/, 'e')]),
  ['abli', 'able'],
  ['entli', 'ent'],
  ['izer', 'ize'],
  ['ization', 'ize'],
  ['ational', 'ate'],
  ['ation', 'ate'],
  ['ator', 'ate'],
  ['alism', 'al'],
  ['aliti', 'al'],
  ['alli', 'al'],
  ['fulness', 'ful'],
  ['ousli', 'ous'],
  ['ousness', 'ous'],
  ['iveness', 'ive'],
  ['iviti', 'ive'],
  ['biliti', 'ble'],
  ['bli', 'ble'],
  ['ogi', 'og', /l$/],
  ['fulli', 'ful'],
  ['lessli', 'less'],
  ['li', '', /[cdeghkmnrt]$/],
])

const shorterSuffixes = byLastLetter([
  ['tional', 'tion'],
  ['ational', 'ate'],
  ['alize', 'al'],
  ['icate', 'ic'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ful', ''],
  ['ness', ''],
  ['ative', '', 'r2'],
])

const lastSuffixes = byLastLetter([
  ...'al ance ence er ic able ible ant ement ment ent ism ate iti ous ive ize'
    .split(' ')
    .map((suffix): Suffix => [suffix, '']),
  ['ion', '', /[st]$/],
])

function byLastLetter(suffixes: readonly Suffix[]): Suffixes {
  const byLength = [...suffixes].sort(([a], [b]) => b.length - a.length)
  return Map.groupBy(byLength, ([suffix]) => suffix.slice(-1))
}

/** Only the longest suffix that the word has counts, whether its condition holds or not. */
function replaceSuffix(word: string, suffixes: Suffixes, region: number, r2: number): string {
  const found = suffixes.get(word.at(-1) ?? '')?.find(([suffix]) => word.endsWith(suffix))
  if (!found) return word
  const [suffix, replacement, before] = found
  const rest = word.slice(0, -suffix.length)
  if (rest.length < region) return word
  if (before === 'r2' ? rest.length < r2 : before && !before.test(rest)) return word
  return rest + replacement
}
