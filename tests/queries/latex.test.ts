import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapeLatex } from '../../schema/citations/latex.ts'

describe('a text as LaTeX', () => {
  test.each([
    ['café naïve Ångström', 'caf{\\\'e} na{\\"i}ve {\\r A}ngstr{\\"o}m'],
    ['Čech Đoković Ğ ț', "{\\v C}ech {\\DJ}okovi{\\'c} {\\u G} {\\textcommabelow t}"],
    ['ế Việt 🤗 ở 注意力 Юрий', "{\\'{\\^e}} Vi{\\^{\\d e}}t 🤗 ở 注意力 Юрий"],
    ['ﬁne Ｆｕｌｌ 𝒜 ½', 'fine Full A 1/2'],
    ['an x̂ and a γ̄', 'an {\\^x} and a γ̄'],
  ])('letters: %s', (text, escaped) => expect(escapeLatex(text)).toBe(escaped))

  test.each([
    ['a_b #1 ~ ^ 50%', 'a\\_b \\#1 \\textasciitilde{} \\textasciicircum{} 50\\%'],
    ['P(y|x) with <1 GB > 0', 'P(y\\textbar{}x) with \\textless{}1 GB \\textgreater{} 0'],
    ['“quoted” – it’s', "``quoted'' -- it's"],
    ['"Why?" asks ("me")', "``Why?'' asks (``me'')"],
    ['A ≤ B → C ∞ x² µm $n²$', 'A $\\leq$ B $\\to$ C $\\infty$ x$^{2}$ $\\mu$m $n{}^{2}$'],
    ['wait… 5° §3', 'wait\\ldots{} 5{\\textdegree} {\\S}3'],
    ['ends with \\', 'ends with \\textbackslash{}'],
  ])('signs: %s', (text, escaped) => expect(escapeLatex(text)).toBe(escaped))

  test.each([
    ['$x_1^2 < y$ & 5$', '$x_1^2 < y$ \\& 5\\$'],
    ['$x & y % z # 1$', '$x \\& y \\% z \\# 1$'],
    ['μP, Ω at $x_α ≤ é$, ΑΒ', "$\\mu$P, $\\Omega$ at $x_{\\alpha} \\leq{} {\\mbox{{\\'e}}}$, ΑΒ"],
    ['From $5 to $6, or $5-$6', 'From \\$5 to \\$6, or \\$5-\\$6'],
    ['costs $5 and \\$', 'costs \\$5 and \\$'],
    ['a set $\\{1, 2\\}$', 'a set $\\{1, 2\\}$'],
    ['\\(x\\)5 and $$y$$ and \\[z\\]', '$x$5 and $y$ and $z$'],
    ['the \\alpha of $\\bm{x}$', 'the $\\alpha$ of $\\boldsymbol{x}$'],
    ['$\\text{a_b} \\mathrm{c}_d$', '$\\text{a\\_b} \\mathrm{c}_d$'],
    ['$\\left( x$ and $\\left( x \\right)$', '$( x$ and $\\left( x \\right)$'],
    ['$\\frac{a}$, $x^$, $\\hat{}$', '$\\frac{}{a}$, $x^{}$, $\\hat{}$'],
    ['$x^\\hat y_\\text{a}$', '$x^{\\hat y}_{\\text{a}}$'],
  ])('formulas: %s', (text, escaped) => expect(escapeLatex(text)).toBe(escaped))

  test.each([
    ['\\textbf{Bold} and \\"o and \\o', '\\textbf{Bold} and \\"o and \\o'],
    ['\\write18{rm -rf}', '\\textbackslash{}write18{rm -rf}'],
    ['\\input{/etc/passwd}', '\\textbackslash{}input{/etc/passwd}'],
    ['\\catcode`\\%=12', '\\textbackslash{}catcode`\\%=12'],
    [
      '\\openin5=x \\csname x\\endcsname',
      '\\textbackslash{}openin5=x \\textbackslash{}csname x\\textbackslash{}endcsname',
    ],
    ['$\\input{x}$', '$\\backslash{}input{x}$'],
    ['$^^5cinput x$ and ^^5c', '$^5cinput x$ and \\textasciicircum{}\\textasciicircum{}5c'],
    ['\\mymodel: a \\constructor', '\\textbackslash{}mymodel: a \\textbackslash{}constructor'],
    ['one\\\\two', 'one two'],
    ['\\textbf', '\\textbf{}'],
    ["{x\\'}", "{x\\'{}}"],
  ])('commands: %s', (text, escaped) => expect(escapeLatex(text)).toBe(escaped))

  test.each([
    ['an open { brace', 'an open  brace'],
    ['} {', ' '],
    ['{a} b} {c', '{a} b c'],
    ['$a{$ and $}b$', '$a$ and $b$'],
    ['an open \\{ and é', "an open \\textbraceleft{} and {\\'e}"],
    ['an open \\{ in {two', 'an open \\textbraceleft{} in two'],
    ['a \\(\\ \\) b', 'a $\\ $ b'],
    ['a $\\{$ b', 'a $\\lbrace{}$ b'],
    ['{\\o}x} and \\o{x', '{\\o}x and \\o x'],
  ])('braces: %s', (text, escaped) => expect(escapeLatex(text)).toBe(escaped))

  const pieces = [
    '\\',
    '{',
    '}',
    '$',
    '^',
    '_',
    '%',
    '&',
    '#',
    '~',
    '"',
    ' ',
    'a',
    '1',
    '\\(',
    '\\)',
    '\\{',
    'é',
    'μ',
    '中',
  ]
  const named = [
    '\\input',
    '\\write18',
    '\\left',
    '\\frac',
    '\\textbf',
    '\\def',
    '\\u',
    '\\begin',
    '\\text',
    '\\ensuremath',
  ]
  const source = fc.array(fc.constantFrom(...pieces, ...named), { maxLength: 30 }).map((all) => all.join(''))

  test('whatever is given, braces match, dollars pair, no sign of TeX is bare and no command but harmless ones is left', () => {
    fc.assert(
      fc.property(source, (text) => {
        const escaped = escapeLatex(text)
        let depth = 0
        for (const [brace] of escaped.matchAll(/[{}]/g)) {
          depth += brace === '{' ? 1 : -1
          expect(depth).toBeGreaterThanOrEqual(0)
        }
        expect(depth).toBe(0)
        const unescaped = escaped.replace(/\\[^A-Za-z]/g, ' ')
        expect((unescaped.match(/\$/g) ?? []).length % 2).toBe(0)
        expect(unescaped).not.toMatch(/[%#&<>|"]|\^\^/)
        expect(unescaped).not.toMatch(/\\(input|write|def|begin|openin)/)
        expect(escaped).not.toMatch(/(^|[^\\])(\\\\)*\\$/)
      }),
      { numRuns: 3000 },
    )
  })
})
