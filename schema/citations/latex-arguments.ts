/** Which tokens belong to a command: TeX takes what follows, and the end of the field if nothing does. */

import { argumentsOf, delimiterWords, sameAs, sizeWords, symbolWords, textWords } from './latex-commands.ts'
import type { Token } from './latex-tokens.ts'

/** Signs that accent a letter of text, and what accents one of a formula. */
const formulaAccents: ReadonlyMap<string, string> = new Map([
  ["'", 'acute'],
  ['`', 'grave'],
  ['^', 'hat'],
  ['~', 'tilde'],
  ['"', 'ddot'],
  ['=', 'bar'],
  ['.', 'dot'],
])

export function nameInFormula({ name }: { readonly name: string }): string {
  return sameAs.get(name) ?? formulaAccents.get(name) ?? name
}

/** `{}` for each argument that a command lacks, which would else take the end of the field for it. */
export function missingArguments(
  tokens: readonly Token[],
  at: number,
  fits: (token: Token | undefined) => boolean,
): string {
  const token = tokens[at]
  const wanted = token?.kind === 'command' ? argumentsOf(nameInFormula(token)) : 0
  let next = at + 1
  for (let given = 0; given < wanted; given++) {
    next = skipSpaces(tokens, next)
    if (!fits(tokens[next])) return '{}'.repeat(wanted - given)
    next = (endOfGroup(tokens, next) ?? next) + 1
  }
  return ''
}

export function textArgument(token: Token | undefined): boolean {
  if (token?.kind === 'command') return textWords.has(token.name) && argumentsOf(token.name) === 0
  return token?.kind === 'open' || (token?.kind === 'letter' && /[A-Za-z0-9]/.test(token.letter))
}

export function formulaArgument(token: Token | undefined): boolean {
  if (token?.kind === 'command') return symbolWords.has(token.name)
  return token?.kind === 'open' || (token?.kind === 'letter' && !/[\^_'~\s]/.test(token.letter))
}

/** Braces around a command with arguments that is raised or lowered: TeX takes the command alone. */
export function groupScripts(tokens: readonly Token[]): Token[] {
  const grouped: Token[] = []
  let closeAt = -1
  for (const [at, token] of tokens.entries()) {
    grouped.push(token)
    const script = token.kind === 'letter' && /[\^_]/.test(token.letter)
    const next = skipSpaces(tokens, at + 1)
    const command = tokens[next]
    if (script && command?.kind === 'command' && argumentsOf(nameInFormula(command)) > 0) {
      grouped.push({ kind: 'open' })
      closeAt = endOfArguments(tokens, next)
    }
    if (at === closeAt) grouped.push({ kind: 'close' })
  }
  return grouped
}

/** Where the last argument of a command ends, as far as it has them. */
function endOfArguments(tokens: readonly Token[], at: number): number {
  const token = tokens[at]
  let end = at
  for (let left = token?.kind === 'command' ? argumentsOf(nameInFormula(token)) : 0; left > 0; left--) {
    const next = skipSpaces(tokens, end + 1)
    if (!formulaArgument(tokens[next])) break
    end = endOfGroup(tokens, next) ?? next
  }
  return end
}

/** Whether a token can be what `^` or `_` raises or lowers. */
export function scriptFits(token: Token | undefined): boolean {
  return token?.kind === 'command' ? !sizeWords.has(token.name) : formulaArgument(token)
}

export function skipSpaces(tokens: readonly Token[], start: number): number {
  let at = start
  for (let token = tokens[at]; token?.kind === 'letter' && token.letter === ' '; token = tokens[at]) at++
  return at
}

export function isDelimiter(token: Token | undefined): boolean {
  if (token?.kind === 'command') return delimiterWords.has(token.name)
  return token?.kind === 'letter' && '()[]|/.<>'.includes(token.letter)
}

/** Whether each `\left` has its `\right` in the same group. */
export function sizesMatch(tokens: readonly Token[]): boolean {
  const waiting: string[] = []
  for (const [at, token] of tokens.entries()) {
    const name = token.kind === 'command' ? token.name : token.kind
    if (name === 'open' || name === 'left') waiting.push(name)
    else if (name === 'close' && waiting.pop() !== 'open') return false
    else if (name === 'right' && waiting.pop() !== 'left') return false
    if (/^(left|right)$/.test(name) && !isDelimiter(tokens[at + 1])) return false
  }
  return waiting.length === 0
}

/** Where the group ends that begins at a token; undefined if none does. */
export function endOfGroup(tokens: readonly Token[], start: number): number | undefined {
  if (tokens[start]?.kind !== 'open') return undefined
  let depth = 0
  for (let at = start; at < tokens.length; at++) {
    const kind = tokens[at]?.kind
    if (kind === 'open') depth++
    if (kind === 'close' && --depth === 0) return at
  }
  return undefined
}
