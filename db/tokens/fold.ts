/** Letters in the one form in which they are compared, with the place of each in the text that they were written in. */
export interface FoldedLetters {
  /** Accents and compatibility forms are gone, capitals are kept. */
  readonly cased: string
  /** The same in small letters. */
  readonly text: string
  /** With umlauts and their like written as two letters (`Müller` is `mueller`); undefined without any. */
  readonly transcribed?: string | undefined
  /** Where each letter of `text` stands in what was given; undefined if all stand where they stood. */
  readonly offsets?: readonly number[] | undefined
}

/** Letters that are no letter with an accent, and what is written where they cannot be. */
const letters: Readonly<Record<string, string>> = {
  ...{
    ø: 'o',
    Ø: 'O',
    ł: 'l',
    Ł: 'L',
    đ: 'd',
    Đ: 'D',
    ð: 'd',
    Ð: 'D',
    ħ: 'h',
    Ħ: 'H',
    ı: 'i',
    ŧ: 't',
    Ŧ: 'T',
  },
  ...{ ß: 'ss', ẞ: 'SS', æ: 'ae', Æ: 'AE', œ: 'oe', Œ: 'OE', þ: 'th', Þ: 'TH', ŋ: 'n', Ŋ: 'N', ĸ: 'k' },
}

/** Letters with two usual transcriptions: without the accent, and as two letters. */
const transcriptions: Readonly<Record<string, string>> = {
  ...{ ä: 'ae', ö: 'oe', ü: 'ue', ø: 'oe', å: 'aa' },
}

/** Marks of the scripts that are read without them: Latin, Greek and Cyrillic accents, Hebrew and Arabic vowels. */
const marks = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]|\p{Cf}/gu

/** Folds the letters and digits of one word. Nothing depends on the locale of a database. */
export function foldLetters(word: string): FoldedLetters {
  if (/^[a-z0-9.]*$/.test(word)) return { cased: word, text: word }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant.
  if (/^[\u0000-\u007f]*$/.test(word) && !word.includes(',')) return { cased: word, text: word.toLowerCase() }
  let [cased, text, transcribed] = ['', '', '']
  const offsets: number[] = []
  let offset = 0
  for (const [letter] of word.matchAll(/[^\p{M}]\p{M}*|\p{M}/gu)) {
    const plain = letter
      .normalize('NFKD')
      .replace(marks, '')
      .normalize('NFC')
      .replace(/[^a-z]/gi, (one) => letters[one] ?? (one === ',' ? '' : one))
    const small = plain.toLowerCase().replace(marks, '')
    const composed = letter.normalize('NFKC').toLowerCase()
    cased += small.length === plain.length ? plain : small
    text += small
    transcribed += transcriptions[composed] ?? small
    for (let unit = 0; unit < small.length; unit++) offsets.push(offset)
    offset += letter.length
  }
  return { cased, text, offsets, ...(transcribed !== text && { transcribed }) }
}

const greek =
  'α alpha β beta γ gamma δ delta ε epsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda μ mu ν nu ξ xi ο omicron π pi ρ rho σ sigma ς sigma τ tau υ upsilon φ phi χ chi ψ psi ω omega'.split(
    ' ',
  )
const greekNames = new Map(
  greek.flatMap((letter, index) => (index % 2 ? [] : [[letter, greek[index + 1] ?? '']])),
)

/** The English name of a small Greek letter, which is its name in LaTeX too; undefined for anything else. */
export function greekName(letter: string): string | undefined {
  return greekNames.get(letter)
}

/** Names that LaTeX gives to other forms of a Greek letter. */
export function plainGreekName(command: string): string {
  const name = command.toLowerCase()
  const plain = name.startsWith('var') ? name.slice(3) : name
  return name !== plain && greek.includes(plain) ? plain : command
}
