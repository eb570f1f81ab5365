import type { Atom } from './scan.ts'
import { otherSpelling } from './spelling.ts'
import { stemOf } from './stem.ts'
import { isCombiningForm, isLeadingParticle, isStopWord, isTrailingParticle } from './words.ts'

/** Longer compounds are not stored as one word. */
const longestCompound = { atoms: 6, letters: 60 }

/** Short words whose last letter is theirs: not plurals of `ga`, `bu`, `plu` … */
const endsInS = new Set('gas bus plus thus pros bias axis yes iris opus onus aids lens'.split(' '))

/**
 * The terms under which a word is stored, or asked for: usually its stem. The s of a plural is hard to tell in
 * acronyms, whose stem keeps it (`gpus`) or loses one that is theirs (`EOS`); capitals tell, and short words with an s
 * are stored and asked for both ways. A stop word has none, unless it is an acronym: capitals tell (`IT`, `OR`).
 */
export function atomTerms(atom: Atom, use: 'stored' | 'asked', keepStopWords = false): string[] {
  const { text, cased, transcribed } = atom
  if (atom.sign)
    return use === 'asked' ? [text + atom.sign] : [text + atom.sign, ...plainTerms(text, cased, use)]
  if (isStopWord(text)) {
    if (isInCapitals(atom)) return [text]
    if (!keepStopWords) return []
  }
  const typed = plainTerms(text, cased, use)
  const other = use === 'asked' ? otherSpelling(text) : undefined
  const terms = other === undefined ? typed : both(...typed, ...plainTerms(other, '', use))
  return transcribed === undefined ? terms : [...new Set([...terms, ...plainTerms(transcribed, '', use)])]
}

function plainTerms(text: string, cased: string, use: 'stored' | 'asked'): string[] {
  if (/\ds$/.test(text)) return [text, text.slice(0, -1)] // H100s
  if (!text.endsWith('s') || text.length < 3 || !/^[a-z]+$/.test(text)) return [stemOf(text)]
  const singular = text.slice(0, -1)
  const inCapitals = cased !== '' && cased === cased.toUpperCase()
  if (!inCapitals && /^[A-Za-z]*[A-Z][A-Za-z]*[A-Z]s$/.test(cased))
    return both(singular.endsWith('s') ? singular : stemOf(singular), text) // GPUs, TTSs
  const isAcronym = !/[aeiouy]/.test(text)
  if (text.endsWith('ss') && !isAcronym) return [stemOf(text)]
  if (inCapitals && text.length <= 3) return [text] // EOS, TTS
  if (isAcronym) return both(text, singular) // LLMS, fpss
  if (inCapitals && text.length === 4) return endsInS.has(text) ? [text] : both(text, singular) // GPUS
  const stem = stemOf(text)
  if (text.length > 4) return use === 'asked' && stem === text ? both(text, singular) : [stem] // grpos
  // `gpus`, of which the stemmer says nothing, is a plural; `sets`, of which it does, may be an acronym.
  const isPlural = (use === 'asked' || stem === text) && !endsInS.has(text)
  return both(text, stem, ...(isPlural ? [singular] : []))
}

function both(...terms: string[]): string[] {
  return [...new Set(terms)]
}

/** Several atoms as the one word that they are in another spelling: `pre` and `training` are `pretrain`. */
function compoundOf(atoms: readonly Atom[]): string | undefined {
  if (atoms.length > longestCompound.atoms || atoms.some(({ unspaced }) => unspaced)) return undefined
  const word = atoms.map(({ text }) => text).join('')
  if (word.length > longestCompound.letters || atoms.every(({ text }) => isStopWord(text))) return undefined
  return stemOf(word)
}

/** The same, and of `LLaVA` and `v1.5` without the letter too. */
export function compoundTerms(atoms: readonly Atom[]): string[] {
  const term = compoundOf(atoms)
  if (term === undefined) return []
  const [name, version] = atoms
  const withoutLetter = atoms.length === 2 && /^v\p{Nd}/u.test(version?.text ?? '')
  return withoutLetter ? [term, `${name?.text}${version?.text.slice(1)}`] : [term]
}

/** Of a name and a version with a point, the name with each version that it is one of: `veo3` of `Veo 3.1`. */
export function familyTerms([name, version]: readonly Atom[]): string[] {
  const parts = /^v?(\d+(?:\.\d+)+)$/.exec(version?.text ?? '')?.[1]?.split('.') ?? []
  return parts.slice(1).map((_, index) => `${name?.text}${parts.slice(0, index + 1).join('.')}`)
}

/** Whether one of two neighbours says nothing but as a part of both: `on policy`, `speed up`. */
export function isWithParticle(one: Atom, next: Atom): boolean {
  const isWord = ({ text }: Atom) => /^[a-z]{3,}$/.test(text) && !isStopWord(text)
  return (isLeadingParticle(one.text) && isWord(next)) || (isTrailingParticle(next.text) && isWord(one))
}

/** Whether a word is a noun with the preposition behind it, as those of verbs are: `plug-in`, `add-on`. */
export function isWithPreposition(one: Atom, next: Atom): boolean {
  return /^(?:in|on)$/.test(next.text) && /^[a-z]{3,}$/.test(one.text) && !isStopWord(one.text)
}

/** Whether a word of two letters or more is written in capitals. */
export function isInCapitals({ cased, text }: Pick<Atom, 'cased' | 'text'>): boolean {
  return text.length > 1 && cased !== text && cased === cased.toUpperCase()
}

/** Whether an atom goes on with what the one before began: `training` in `pre-training`, `4` in `gpt4`. */
export function isGlued({ link }: Atom): boolean {
  return link === 'glued' || link === 'solid'
}

/** Whether an atom may be the version of the name before it. */
export function isVersion({ text }: Atom): boolean {
  return /^[\p{L}]{0,2}\p{Nd}/u.test(text) && text.length <= 12
}

export function isNumber({ text }: Atom): boolean {
  return /^\p{Nd}+(?:\.\p{Nd}+)*$/u.test(text)
}

export function isLetter({ text, sign }: Atom): boolean {
  return /^\p{L}$/u.test(text) && sign === ''
}

/** Whether an atom may be the name before a version. */
export function isName(atom: Atom): boolean {
  return /\p{L}/u.test(atom.text) && !atom.unspaced && !isStopWord(atom.text)
}

/** Whether two neighbours with a space between are a name of two words (`Flash Attention`), which is written as one too. */
export function isCapitalized(one: Atom, next: Atom): boolean {
  const isWord = ({ cased, text, sign }: Atom) =>
    /^[A-Z][A-Za-z]+$/.test(cased) && sign === '' && !isStopWord(text)
  return (
    next.link === 'spaced' && isWord(one) && isWord(next) && one.text.length + next.text.length <= longestName
  )
}

/** Letters of a name of two words that is stored as one word too. */
const longestName = 20

/**
 * Whether two neighbours are stored as one word wherever they are neighbours: a name and its version (`Qwen 2.5`), a
 * letter and a word (`k means`), and words of which the first begins many compounds (`fine tuning`).
 */
export function isStoredAsCompound(one: Atom, next: Atom): boolean {
  if (next.link === 'apart' || one.unspaced || next.unspaced || one.sign || next.sign) return false
  if (isStopWord(one.text) || isStopWord(next.text))
    return next.link !== 'slashed' && isWithParticle(one, next)
  if (isVersion(next)) return isName(one)
  if (next.link === 'slashed') return false
  return isLetter(one) || isLetter(next) || (isCombiningForm(one.text) && !isNumber(next))
}
