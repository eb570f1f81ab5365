/** Characters that nobody sees and that change what others look like, or what a terminal does: texts are stored without. */

/**
 * What a terminal takes for a command, ECMA-48 with seven or eight bits: control sequences, and strings that end with BEL
 * or ST. Bounded, as one that does not end would else be looked for from each beginning.
 */
const escapeSequences =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  /(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]{0,2000}(?:\x07|\x1b\\|\x9c)|(?:\x1b\[|\x9b)[0-?]{0,100}[ -/]{0,100}[@-~]|\x1b[ -/]{0,100}[0-Z\\^-~]/g

/** Controls that separate words: next line, and the separators of files, groups, records and units. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const separators = /[\x1c-\x1f\x85]/g

/**
 * Of all default-ignorable characters these mean something, behind the right one: a joiner in scripts that join, and
 * between emoji; a variation selector; marks of direction beside letters that run to the left. Hangul fillers are
 * letters of syllables.
 */
const meaningful =
  /\u{115f}|\u{1160}|\u{200c}|\u{200d}|[\u{180b}-\u{180d}\u{180f}\u{fe00}-\u{fe0f}\u{e0100}-\u{e01ef}]/u
const marksOfDirection = /[\u{61c}\u{200e}\u{200f}]/gu
const runsToTheLeft =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u
/** Embeddings, overrides, isolates and what ends them. */
const directions = /[\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu

const hidden = new RegExp(
  `(?!${meaningful.source}|${marksOfDirection.source}|${directions.source})\\p{Default_Ignorable_Code_Point}|` +
    '[\\p{Cs}\\p{Noncharacter_Code_Point}\\u{fff9}-\\u{fffc}]|(?![\\t-\\r])\\p{Cc}',
  'gu',
)

/**
 * Scripts whose letters join or do not, and would be other words without a joiner; with the vowels that Arabic shares. Not
 * marks of all scripts: an accent that a letter is composed with is none of them any more.
 */
const joining =
  '(?:[\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Nko}\\p{Script=Mongolian}\\p{Script=Devanagari}\\p{Script=Bengali}' +
  '\\p{Script=Gurmukhi}\\p{Script=Gujarati}\\p{Script=Oriya}\\p{Script=Tamil}\\p{Script=Telugu}\\p{Script=Kannada}' +
  '\\p{Script=Malayalam}\\p{Script=Sinhala}\\p{Script=Myanmar}\\p{Script=Khmer}\\p{Script=Tibetan}\\u{64b}-\\u{655}\\u{670}]|' +
  '(?!\\p{Script=Inherited})\\p{Mn})'
const joiners = new RegExp(
  `(?<!${joining})(?<!\\p{Extended_Pictographic}[\\u{fe0f}\\u{1f3fb}-\\u{1f3ff}]?)[\\u{200c}\\u{200d}]|` +
    '(?<=[\\u{200c}\\u{200d}])[\\u{200c}\\u{200d}]',
  'gu',
)
const selector = '[\\u{180b}-\\u{180d}\\u{180f}\\u{fe00}-\\u{fe0f}\\u{e0100}-\\u{e01ef}]'
const selectors = new RegExp(
  `(?<![\\p{L}\\p{N}\\p{S}\\p{P}\\p{M}])${selector}|(?<=${selector})${selector}`,
  'gu',
)

const plainAscii = /^[\t-\r -~]*$/
/** Whether a text may hold anything of the above; most do not. */
const suspicious =
  /(?![\t-\r])\p{Cc}|\p{Default_Ignorable_Code_Point}|[\p{Cs}\p{Noncharacter_Code_Point}\ufff9-\ufffc]/u

/** What goes, or an accent that takes its place, may be what let another one stay: so often all is looked at, at most. */
const passes = 4

/**
 * The text without control characters and escape sequences, unpaired surrogates, noncharacters and tags, without
 * zero-width characters where no script needs them, and without directions that are overridden or never end. Line
 * breaks and tabs stay. If anything may be hidden in it, its accents are composed (NFC).
 */
export function withoutHidden(text: string): string {
  if (plainAscii.test(text) || !suspicious.test(text)) return text
  let plain = text.replace(escapeSequences, '').replace(separators, ' ')
  for (let pass = 0; pass < passes; pass += 1) {
    const before = plain
    plain = withoutUseless(before.replace(hidden, '').normalize('NFC'))
    if (plain === before) break
  }
  return plain
}

function withoutUseless(text: string): string {
  // The Arabic mark is of the Arabic script itself.
  const unmarked = text.replace(marksOfDirection, '')
  const marked = runsToTheLeft.test(unmarked) ? text : unmarked
  return withoutOpenDirections(marked.replace(selectors, '').replace(joiners, ''))
}

/** Keeps embeddings and isolates that end, in the order of their nesting; overrides show a text as another one. */
function withoutOpenDirections(text: string): string {
  const keep = new Set<number>()
  const open: { at: number; sign: string }[] = []
  for (const { 0: sign, index } of text.matchAll(directions)) {
    const endsIsolate = sign === '\u2069'
    if (!endsIsolate && sign !== '\u202c') {
      open.push({ at: index, sign })
      continue
    }
    const beginning = open.at(-1)
    if (beginning === undefined || endsIsolate !== beginning.sign >= '\u2066') continue
    open.pop()
    if (beginning.sign === '\u202d' || beginning.sign === '\u202e') continue
    keep.add(beginning.at).add(index)
  }
  return text.replace(directions, (sign, at: number) => (keep.has(at) ? sign : ''))
}
