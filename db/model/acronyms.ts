/** An acronym and what an author says it stands for, both as spelled: `MoE`, `Mixture-of-Experts`. */
export interface AcronymDefinition {
  readonly acronym: string
  readonly longForm: string
}

const longestAcronym = 10
/** Characters before a bracket that are looked at. */
const longestLongForm = 160
/** In "text-to-image (T2I)" a digit is a word. */
const wordOfDigit: Readonly<Record<string, string>> = { '2': 'to', '4': 'for' }
/** Words that an acronym may leave out. */
const smallWords = new Set('a an and by for from in of on the to via with'.split(' '))

/**
 * The acronyms that a text defines in brackets: "Mixture-of-Experts (MoE)" and "MoE (Mixture-of-Experts)". An acronym
 * is a word with two capitals or with a capital and a digit; its plural counts as the word.
 *
 * A. Schwartz and M. Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text", Pacific
 * Symposium on Biocomputing 8 (2003), 451-462, with three additions: words that begin with the letters of the acronym
 * are preferred to letters within words, compounds are not cut, and the digits 2 and 4 also stand for "to" and "for".
 */
export function acronymsIn(text: string): AcronymDefinition[] {
  const found = new Map<string, AcronymDefinition>()
  for (const { index, 1: bracketed = '' } of text.matchAll(/\s\(([^()]{2,120})\)/gu)) {
    const before = text.slice(Math.max(0, index - longestLongForm), index)
    const definition = definitionBefore(bracketed, before) ?? definitionWithin(bracketed, before)
    if (definition)
      found.set(`${acronymKey(definition.acronym)} ${longFormKey(definition.longForm)}`, definition)
  }
  return [...found.values()]
}

/** The key of an acronym in the singular: its letters and digits, folded. `MoE` is `moe`, `A/B` is `ab`. */
export function acronymKey(acronym: string): string {
  return wordsOf(acronym)
    .map(({ word }) => word)
    .join('')
}

/**
 * The key that the spellings of a long form share: `Mixture-of-Experts` and `mixtures of experts` are `mixtureofexpert`,
 * `multi-modal models` and `multimodal model` are `multimodalmodel`.
 */
export function longFormKey(longForm: string): string {
  return wordsOf(longForm)
    .map(({ word }) => singularOf(word))
    .join('')
}

/** Only of words that no stemmer needs: `experts`, `processes`, `policies`. */
function singularOf(word: string): string {
  if (/[^aeiou]ies$/u.test(word)) return `${word.slice(0, -3)}y`
  return word.replace(/(?<=(?:ss|x|sh|ch))es$|(?<=[^su])s$/u, '')
}

interface PlacedWord {
  /** Folded: lower case, without accents. */
  readonly word: string
  readonly start: number
  readonly end: number
}

/** The words of a text in order, with their places: runs of letters and digits. */
export function wordsOf(text: string): PlacedWord[] {
  return Array.from(text.matchAll(/[\p{L}\p{N}\p{M}]+/gu), ({ 0: word, index }) => ({
    word: word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase(),
    start: index,
    end: index + word.length,
  }))
}

/** "… of a Mixture-of-Experts" before "(MoE)", "(MoEs; Shazeer et al.)" or "(MoE, for short)". */
function definitionBefore(bracketed: string, before: string): AcronymDefinition | undefined {
  const acronym = acronymOf(bracketed.split(/[;,]/u)[0])
  // A long form does not go back beyond a sign that divides a sentence.
  const part = before.split(/[,;:()[\]"“”]|[.!?]\s/u).at(-1) ?? ''
  return acronym === undefined ? undefined : defined(acronym, part)
}

/** "MoE" before "(Mixture-of-Experts)". */
function definitionWithin(bracketed: string, before: string): AcronymDefinition | undefined {
  const acronym = acronymOf(before.trim().split(/\s/u).at(-1))
  const definition = acronym === undefined ? undefined : defined(acronym, bracketed)
  return definition?.longForm === bracketed.trim() ? definition : undefined
}

function defined(acronym: string, text: string): AcronymDefinition | undefined {
  const most = Math.min(acronym.length + 5, acronym.length * 2)
  const words = text.trim().split(/\s+/u).slice(-most).join(' ')
  const start = startByInitials(words, acronym) ?? startByLetters(words, acronym)
  if (start === undefined) return undefined
  const longForm = words.slice(words.lastIndexOf(' ', start) + 1)
  const key = acronymKey(acronym)
  const repeats = wordsOf(longForm).some(({ word }) => singularOf(word) === key)
  return repeats || longForm.length <= acronym.length ? undefined : { acronym, longForm }
}

/** Where the words begin that have the letters of an acronym as their first letters; small words may be left out. */
function startByInitials(text: string, acronym: string): number | undefined {
  const letters = wordsOf(acronym).flatMap(({ word }) => [...word])
  let start: number | undefined
  for (const { word, start: at } of wordsOf(text).reverse()) {
    const letter = letters.at(-1)
    if (letter === undefined) break
    if (word.startsWith(letter) || word === wordOfDigit[letter]) {
      letters.pop()
      start = at
    } else if (!smallWords.has(word)) return undefined
  }
  return letters.length === 0 ? start : undefined
}

/** Where the shortest end of a text begins that has the letters of an acronym in order, the first at the start of a word. */
function startByLetters(text: string, acronym: string): number | undefined {
  const small = text.toLowerCase()
  const letters = [...acronym.toLowerCase()].filter((letter) => /[\p{L}\p{N}]/u.test(letter))
  let at = small.length
  for (const [fromEnd, letter] of letters.reverse().entries()) {
    do at -= 1
    while (at >= 0 && !isPlaceOf(letter, small, at, fromEnd === letters.length - 1))
    if (at < 0) return undefined
  }
  return at
}

function isPlaceOf(letter: string, text: string, at: number, startsWord: boolean): boolean {
  const isStart = !/[\p{L}\p{N}]/u.test(text[at - 1] ?? ' ')
  if (text[at] === letter) return isStart || !startsWord
  const word = wordOfDigit[letter]
  return (
    word !== undefined &&
    isStart &&
    text.startsWith(word, at) &&
    !/[\p{L}\p{N}]/u.test(text[at + word.length] ?? ' ')
  )
}

/** A word as an acronym in the singular; undefined if it is none. */
function acronymOf(candidate = ''): string | undefined {
  const word = candidate.trim().replace(/(?<=[\p{Lu}\p{N}])s$/u, '')
  const isAcronym =
    word.length >= 2 &&
    word.length <= longestAcronym &&
    /^[\p{L}\p{N}][\p{L}\p{N}/&-]*$/u.test(word) &&
    /\p{Lu}.*[\p{Lu}\p{N}]|\p{N}.*\p{Lu}/u.test(word)
  return isAcronym ? word : undefined
}
