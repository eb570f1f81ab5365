/** Formulas between dollars. A dollar before a digit does not end one (an amount of money), nor does one after a space. */
export const formulas = /\$(?!\s)[^$]+(?<!\s)\$(?!\d)/g
const kept = new RegExp(String.raw`(${formulas.source}|\\[A-Za-z]+|\\.)`)

/** Escapes what LaTeX takes for commands, but for formulas between dollars and for commands that are there already. */
export function escapeLatex(text: string): string {
  const parts = text.normalize('NFC').split(kept)
  const escaped = parts.map((part, index) => {
    if (index % 2 === 0) return [...part].map(escapeLetter).join('')
    return part.startsWith('$') ? part.replace(/\p{Script=Greek}/gu, inFormula) : part
  })
  return balanced(escaped.join(''))
}

const signs: Record<string, string> = {
  '&': '\\&',
  '%': '\\%',
  '#': '\\#',
  _: '\\_',
  $: '\\$',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '\\': '\\textbackslash{}',
  '–': '--',
  '—': '---',
  '“': '``',
  '”': "''",
  '‘': '`',
  '’': "'",
  ß: '{\\ss}',
  ø: '{\\o}',
  Ø: '{\\O}',
  æ: '{\\ae}',
  Æ: '{\\AE}',
  œ: '{\\oe}',
  Œ: '{\\OE}',
  ł: '{\\l}',
  Ł: '{\\L}',
  ı: '{\\i}',
  đ: '{\\dj}',
  Đ: '{\\DJ}',
  '°': '{\\textdegree}',
  '§': '{\\S}',
}

const greekNames =
  'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi - pi rho varsigma sigma tau upsilon phi chi psi omega'

/** `\\mu`; undefined for letters that LaTeX has no command for, as they look like Latin ones. */
function greek(letter: string): string | undefined {
  const small = letter.toLowerCase()
  const name = greekNames.split(' ')[(small.codePointAt(0) ?? 0) - 0x3b1]
  if (name === undefined || name === '-') return undefined
  if (letter === small) return `\\${name}`
  const capital = /^(gamma|delta|theta|lambda|xi|pi|sigma|upsilon|phi|psi|omega)$/.test(name)
  return capital ? `\\${name.slice(0, 1).toUpperCase()}${name.slice(1)}` : undefined
}

/** Combining marks and the commands that set them. */
const accents: Record<string, string> = {
  '\u0300': '`',
  '\u0301': "'",
  '\u0302': '^',
  '\u0303': '~',
  '\u0304': '=',
  '\u0306': 'u',
  '\u0307': '.',
  '\u0308': '"',
  '\u030a': 'r',
  '\u030b': 'H',
  '\u030c': 'v',
  '\u0327': 'c',
  '\u0323': 'd',
  '\u0328': 'k',
}

function inFormula(letter: string): string {
  const command = greek(letter)
  return command === undefined ? letter : `{${command}}`
}

function escapeLetter(letter: string): string {
  const sign = signs[letter]
  if (sign !== undefined) return sign
  const formula = greek(letter)
  if (formula !== undefined) return `$${formula}$`
  const [base = '', ...marks] = [...letter.normalize('NFD')]
  const commands = marks.map((mark) => accents[mark])
  if (!/[A-Za-z]/.test(base) || commands.length === 0 || commands.includes(undefined)) return letter
  const set = commands.reduce<string>((inner, command, place) => {
    const what = place > 0 ? `{${inner}}` : /[a-z]/i.test(command ?? '') ? ` ${inner}` : inner
    return `\\${command}${what}`
  }, base)
  return `{${set}}`
}

/**
 * An unbalanced brace would end the BibTeX field too early or never, so a text with one loses its braces. BibTeX also
 * counts braces after a backslash: those become commands (`\textbraceleft`).
 */
function balanced(text: string): string {
  if (isBalanced(text)) return text
  const worded = text.replace(
    /\\([{}])/g,
    (_sign, brace) => `\\textbrace${brace === '{' ? 'left' : 'right'}{}`,
  )
  return isBalanced(worded) ? worded : worded.replace(/(?<!\\textbrace(?:left|right)\{?)[{}]/g, '')
}

function isBalanced(text: string): boolean {
  let depth = 0
  for (const [brace] of text.matchAll(/[{}]/g)) {
    depth += brace === '{' ? 1 : -1
    if (depth < 0) return false
  }
  return depth === 0
}
