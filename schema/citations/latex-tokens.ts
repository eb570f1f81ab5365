/** A piece of LaTeX source: a command without its backslash, a brace with a partner, a formula, a letter or sign. */
export type Token =
  | { readonly kind: 'command'; readonly name: string }
  | { readonly kind: 'open' }
  | { readonly kind: 'close' }
  | { readonly kind: 'formula'; readonly tokens: readonly Token[] }
  | { readonly kind: 'letter'; readonly letter: string }

/**
 * Formulas: `$x$`, `$$x$$`, `\(x\)`, `\[x\]`. A dollar before a digit does not end one (it is an amount of money), nor
 * does one after a space or a backslash.
 */
const formula = String.raw`\$\$(?:[^$\\]|\\[^])+\$\$|\$(?!\s)(?:[^$\\]|\\[^])+(?<!\s)\$(?!\d)|\\\([^$]*?\\\)|\\\[[^$]*?\\\]`
export const formulas = new RegExp(formula, 'gu')
const pieces = new RegExp(String.raw`(${formula})|\\([A-Za-z]+)|\\([^])|([\p{L}\p{N}]\p{M}+|[^])`, 'gu')

/** The pieces of a text. Braces without a partner, in a formula or beside it, are left out. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (const [, source, word, sign, letter] of text.matchAll(pieces)) {
    const name = word ?? sign
    if (source !== undefined) tokens.push({ kind: 'formula', tokens: formulaTokens(source) })
    else if (name !== undefined) tokens.push({ kind: 'command', name })
    else if (letter === '{' || letter === '}') tokens.push({ kind: letter === '{' ? 'open' : 'close' })
    else if (letter !== undefined) tokens.push({ kind: 'letter', letter: /\s/.test(letter) ? ' ' : letter })
  }
  return paired(tokens)
}

function formulaTokens(source: string): Token[] {
  const length = /^\$(?!\$)/.test(source) ? 1 : 2
  const tokens = tokensOf(source.slice(length, -length))
  // Two carets name a character by its code, a backslash for example.
  return tokens.filter((token, at) => !(isCaret(token) && isCaret(tokens[at - 1])))
}

function isCaret(token: Token | undefined): boolean {
  return token?.kind === 'letter' && token.letter === '^'
}

function paired(tokens: readonly Token[]): Token[] {
  const alone = new Set<number>()
  const open: number[] = []
  for (const [at, { kind }] of tokens.entries()) {
    if (kind === 'open') open.push(at)
    else if (kind === 'close' && open.pop() === undefined) alone.add(at)
  }
  for (const at of open) alone.add(at)
  return tokens.filter((_, at) => !alone.has(at))
}
