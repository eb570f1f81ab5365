import {
  endOfGroup,
  formulaArgument,
  groupScripts,
  isDelimiter,
  missingArguments,
  nameInFormula,
  scriptFits,
  sizesMatch,
  skipSpaces,
  textArgument,
} from './latex-arguments.ts'
import {
  accentSigns,
  argumentsOf,
  escapedSigns,
  formulaSigns,
  formulaWords,
  sizeWords,
  spaceSigns,
  symbolWords,
  textInFormula,
  textWords,
} from './latex-commands.ts'
import { letterInFormula, letterInText } from './latex-letters.ts'
import { type Token, tokensOf } from './latex-tokens.ts'

/**
 * A text as LaTeX source that prints it in the default fonts, safe inside the braces of a BibTeX field. Formulas
 * between dollars and the commands of latex-commands.ts stay; other commands and signs are printed as they are written.
 * Braces are balanced, whatever was given.
 */
export function escapeLatex(text: string): string {
  const tokens = tokensOf(text.normalize('NFC'))
  const plain = renderText(tokens, { wordBraces: false })
  // BibTeX counts braces after a backslash too.
  return isBalanced(plain) ? plain : renderText(tokens, { wordBraces: true })
}

interface How {
  /** Whether `\{` becomes `\textbraceleft{}`. */
  readonly wordBraces: boolean
}

function renderText(tokens: readonly Token[], how: How): string {
  let out = ''
  let before = ''
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]
    if (token === undefined) break
    if (token.kind === 'letter') {
      const { letter } = token
      out = append(out, letter === '"' ? quote(before) : letterInText(letter))
      before = letter
      continue
    }
    before = token.kind === 'open' ? '(' : 'x'
    if (token.kind === 'open') out += '{'
    else if (token.kind === 'close') out += '}'
    else if (token.kind === 'formula') out += asFormula(token.tokens, how)
    else if (token.name === 'ensuremath') {
      const end = endOfGroup(tokens, at + 1)
      if (end !== undefined) {
        out += asFormula(tokens.slice(at + 2, end), how)
        at = end
      }
    } else out = append(out, commandInText(token.name, how) + missingArguments(tokens, at, textArgument))
  }
  return out
}

function commandInText(name: string, { wordBraces }: How): string {
  if (name === '\\') return ' '
  if (wordBraces && name === '{') return '\\textbraceleft{}'
  if (wordBraces && name === '}') return '\\textbraceright{}'
  if ([escapedSigns, accentSigns, spaceSigns, textWords].some((known) => known.has(name))) return `\\${name}`
  if (symbolWords.has(name)) return `$\\${name}$`
  return `\\textbackslash{}${[...name].map(letterInText).join('')}`
}

function asFormula(tokens: readonly Token[], how: How): string {
  const formula = renderFormula(tokens, how).trim()
  // A space at the end may belong to a backslash, which would take the dollar.
  return formula && `$${formula}${formula.endsWith('\\') ? ' ' : ''}$`
}

function renderFormula(given: readonly Token[], how: How): string {
  const tokens = groupScripts(given)
  const sized = sizesMatch(tokens)
  let out = ''
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]
    if (token === undefined || token.kind === 'formula') continue
    if (token.kind === 'open') out += '{'
    else if (token.kind === 'close') out += '}'
    else if (token.kind === 'letter') {
      out = append(out, letterInFormula(token.letter))
      if (/[\^_]/.test(token.letter) && !scriptFits(tokens[skipSpaces(tokens, at + 1)])) out += '{}'
    } else {
      const name = nameInFormula(token)
      const end = textInFormula.has(name) ? endOfGroup(tokens, skipSpaces(tokens, at + 1)) : undefined
      if (sizeWords.has(name) && !(sized && isDelimiter(tokens[at + 1]))) continue
      if (end === undefined && textInFormula.has(name)) out = append(out, `\\${name}{}`)
      else if (end === undefined)
        out = append(out, commandInFormula(name, how) + missingArguments(tokens, at, formulaArgument))
      else {
        const inner = renderText(tokens.slice(skipSpaces(tokens, at + 1) + 1, end), how)
        out = append(out, `\\${name}{${inner}}`)
        at = end
      }
    }
  }
  return out
}

function commandInFormula(name: string, { wordBraces }: How): string {
  if (name === '\\' || /^(no)?limits$/.test(name)) return ' '
  if (wordBraces && name === '{') return '\\lbrace{}'
  if (wordBraces && name === '}') return '\\rbrace{}'
  if ([escapedSigns, formulaSigns, formulaWords].some((known) => known.has(name))) return `\\${name}`
  if (textWords.has(name) && argumentsOf(name) === 0) return `{\\mbox{\\${name}}}`
  return `\\backslash{}${[...name].map(letterInFormula).join('')}`
}

/** A name of letters ends before the next letter. */
function append(out: string, more: string): string {
  return /\\[a-z]+$/i.test(out) && /^[\p{L}\p{M}]/u.test(more) ? `${out} ${more}` : out + more
}

/** As typewriters have them: opening at the beginning of a word, closing at its end. */
function quote(before: string): string {
  return before === '' || /[\s([{/–—-]/u.test(before) ? '``' : "''"
}

function isBalanced(text: string): boolean {
  let depth = 0
  for (const [brace] of text.matchAll(/[{}]/g)) {
    depth += brace === '{' ? 1 : -1
    if (depth < 0) return false
  }
  return depth === 0
}
