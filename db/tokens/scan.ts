import { foldLetters, greekName, plainGreekName } from './fold.ts'

/**
 * How an atom follows the one before: `solid` without a sign (`gpt4` is two), `glued` by signs that join parts of a
 * name (`pre-training`, `k_1`), `spaced` by white space alone, `slashed`, or `apart`.
 */
export type Link = 'solid' | 'glued' | 'spaced' | 'slashed' | 'apart'

/** The smallest part of a text that is searched for: letters, or a number with what belongs to it (`2.5`, `7b`, `4o`). */
export interface Atom {
  /** Folded, in small letters. */
  readonly text: string
  /** Folded, with its capitals. */
  readonly cased: string
  /** With umlauts and their like as two letters; undefined without any. */
  readonly transcribed?: string | undefined
  /** Of a script that writes no spaces between words (Chinese, Japanese, Korean, Thai …). */
  readonly unspaced: boolean
  readonly link: Link
  /** A sign behind it that is part of a name: `++`, `#` or `*`. */
  readonly sign: string
  /** Whether a full stop follows, as after an initial. */
  readonly stopped: boolean
  /** Where it stands in the text. */
  readonly start: number
  readonly end: number
}

/** Letters, digits, marks and invisible characters; within digits, the point and the commas of thousands. */
const run = /(?:[\p{L}\p{N}\p{M}\p{Cf}]|(?<=\p{Nd})\.(?=\p{Nd})|(?<=\d),(?=\d{3}(?![\d\p{L}])))+/gu

/** Signs that join what they stand between, if no space is near. */
const glue = /^(?:[-‐‑–−_^{}$@&'’ʼ~]|\\["'`^~=.]?)+$/u
const accentOfLatex = /^\\["'`^~=.]\{?$/

/** LaTeX that only says how the letters look. */
const fontCommands = new Set(
  'text textsc textbf textit texttt textrm textsf textsl emph underline mathcal mathbf mathbb mathrm mathit mathsf mathtt mathfrak boldsymbol bm rm bf it tt sc sf em ensuremath operatorname mbox hat tilde bar widehat widetilde overline vec left right big Big'.split(
    ' ',
  ),
)

const unspacedScripts =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々]/u
function isUnspaced(part: string): boolean {
  return !/^[a-z0-9.]+$/.test(part) && unspacedScripts.test(part)
}

const scriptParts =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{M}ー々]+|\p{Script=Greek}+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Greek}ー々]+/gu

/** A longer word is cut: nobody types one, and a term has to fit into an index. */
const longestAtom = 80

/** The atoms of a text in order. */
export function atomsIn(text: string): Atom[] {
  const atoms: Atom[] = []
  let from = 0
  let link: Link | undefined
  for (const match of text.matchAll(run)) {
    const [word] = match
    const [start, end] = [match.index, match.index + word.length]
    const signs = text.slice(from, start)
    link = weaker(link, linkOf(signs, atoms.at(-1), word))
    from = end
    if (signs.endsWith('\\') && !accentOfLatex.test(signs) && fontCommands.has(word)) continue
    if ((signs === "'" || signs === '’') && (word === 's' || word === 'S')) {
      link = 'apart' // the possessive
      if (/^\s/u.test(text.slice(end, end + 1))) link = undefined
      continue
    }
    const sign = signBehind(text, start, end)
    from += sign.length
    const named = signs.endsWith('\\') ? plainGreekName(word) : word
    const parts = atomsOf(named, { start, end, link: link ?? 'apart', exact: named === word })
    const last = parts.at(-1)
    if (!last) continue
    if (sign !== '' || text[end] === '.')
      parts[parts.length - 1] = { ...last, sign, stopped: text[end] === '.' }
    atoms.push(...parts)
    link = undefined
  }
  return atoms
}

const strength: readonly Link[] = ['apart', 'slashed', 'spaced', 'glued', 'solid']

function weaker(one: Link | undefined, other: Link): Link {
  return one !== undefined && strength.indexOf(one) < strength.indexOf(other) ? one : other
}

/** How the signs between two atoms link them. */
function linkOf(signs: string, before: Atom | undefined, word: string): Link {
  if (!before) return 'apart'
  if (signs === ' ') return 'spaced' // as most are
  if (signs === '') return 'glued' // behind LaTeX that was left out
  if (/^[$\\{}]*\s+[$\\{}]*$/u.test(signs)) return 'spaced'
  if (glue.test(signs)) return signs.includes('---') ? 'apart' : 'glued'
  const [single, singleNext] = [before.text.length === 1, /^[\p{L}\p{N}]$/u.test(word)]
  if (signs === '.' && ((single && singleNext) || /^\p{Nd}/u.test(word))) return 'glued' // A.I., Flux.1
  if (signs === '·') return single || singleNext ? 'glued' : 'apart' // DALL·E
  if (signs === '/') return single && singleNext ? 'glued' : 'slashed'
  return single && /^[$}]*\([$\\{]*$/u.test(signs) ? 'glued' : 'apart' // O(n^2)
}

/** `++` and `#` behind a word, and `*` behind a single capital letter, are part of its name. */
function signBehind(text: string, start: number, end: number): string {
  if (!'+#*'.includes(text[end] ?? ' ')) return ''
  const sign = /^(?:\+\+|[#*])(?![\p{L}\p{N}#*+])/u.exec(text.slice(end, end + 3))?.[0] ?? ''
  if (sign === '*') return end - start === 1 && /[A-Z]/.test(text[start] ?? '') ? sign : ''
  return /\p{L}/u.test(text[end - 1] ?? '') ? sign : ''
}

interface Place {
  readonly start: number
  readonly end: number
  readonly link: Link
  /** Whether the word stands as it is in the text. */
  readonly exact: boolean
}

/** The atoms of a word without a sign: its scripts, and its letters and numbers, stand apart. */
function atomsOf(word: string, { start, end, link, exact }: Place): Atom[] {
  // Most words are of small letters alone, and are told at once.
  if (exact && /^[a-z]+$/.test(word)) {
    const text = word.length > longestAtom ? word.slice(0, longestAtom) : word
    return [{ text, cased: text, unspaced: false, link, sign: '', stopped: false, start, end }]
  }
  const { cased, text, transcribed, offsets } = foldLetters(word)
  const place = (index: number) => (exact ? start + (offsets ? (offsets[index] ?? word.length) : index) : end)
  const whole = transcribed === undefined || transcribed.length === 0
  const atoms: Atom[] = []
  for (const [from, part] of partsOf(text)) {
    const to = from + part.length
    atoms.push({
      text: greekName(part) ?? part.slice(0, longestAtom),
      cased: cased.slice(from, from + longestAtom),
      ...(!whole && part === text && { transcribed: transcribed?.slice(0, longestAtom) }),
      unspaced: isUnspaced(part),
      link: atoms.length > 0 ? 'solid' : link,
      sign: '',
      stopped: false,
      start: exact ? place(from) : start,
      end: exact && to < text.length ? place(to) : end,
    })
  }
  return atoms
}

/** The parts of a folded word and where they begin. */
function* partsOf(text: string): Generator<readonly [number, string]> {
  if (/^[a-z]+$/.test(text)) return yield [0, text]
  if (/^[a-z0-9.]+$/.test(text)) return yield* lettersAndNumbers(text)
  for (const match of text.matchAll(scriptParts)) {
    const [part] = match
    if (!/[\p{L}\p{N}]/u.test(part)) continue
    if (isUnspaced(part) || !/\p{Nd}/u.test(part)) yield [match.index, part]
    else for (const [from, piece] of lettersAndNumbers(part)) yield [match.index + from, piece]
  }
}

/** Two letters or more stand apart from a number; a single one belongs to it: `qwen2vl` is three, `h100` and `7b` one. */
function* lettersAndNumbers(text: string): Generator<readonly [number, string]> {
  let [start, end, endsLong] = [0, 0, false]
  for (const match of text.matchAll(/[\p{Nd}.]+|[^\p{Nd}.]+/gu)) {
    const [piece] = match
    const long = piece.length > 1 && !/\p{Nd}/u.test(piece)
    if (end > 0 && (long || endsLong)) {
      yield [start, text.slice(start, end)]
      start = end
    }
    end = match.index + piece.length
    endsLong = long
  }
  yield [start, text.slice(start, end)]
}
