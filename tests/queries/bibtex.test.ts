import { describe, expect, test } from 'vitest'
import { bibtex, type Citable } from '../../schema/bibtex/bibtex.ts'
import { escapeLatex } from '../../schema/bibtex/latex.ts'

const paper: Citable = {
  id: 7,
  arxiv_id: '2505.11711',
  title: 'On the Role of $\\mu$P & 100% Sparse <EOS> Tokens',
  author_names: ['Éva Kovács', 'Łukasz Kaiser', '李明', 'Jean-Luc Picard, Jr.', 'Barnes and Noble'],
  published_on: '2025-05-16',
  primary_category: 'cs.LG',
  doi: null,
  journal_ref: null,
}

describe('BibTeX', () => {
  test('an entry of a preprint', () => {
    expect(bibtex(paper)).toBe(
      `@misc{kovacs2025role:2505.11711,
  title = {{On the Role of $\\mu$P \\& 100\\% Sparse <EOS> Tokens}},
  author = {{\\'E}va Kov{\\'a}cs and {\\L}ukasz Kaiser and 李明 and Picard, Jr., Jean-Luc and {Barnes and Noble}},
  year = {2025},
  eprint = {2505.11711},
  archivePrefix = {arXiv},
  primaryClass = {cs.LG},
  url = {https://arxiv.org/abs/2505.11711},
}`,
    )
  })

  test('an article, and a paper of which little is known', () => {
    const article = bibtex({ ...paper, journal_ref: 'Nature 1, 2 (2025)', doi: '10.1000/x_1' })
    expect(article).toMatch(/^@article\{/)
    expect(article).toContain('journal = {Nature 1, 2 (2025)},\n  doi = {10.1000/x_1},')
    expect(
      bibtex({ ...paper, arxiv_id: null, author_names: [], primary_category: null, title: '注意力' }),
    ).toBe('@misc{paper2025:7,\n  title = {{注意力}},\n  year = {2025},\n}')
  })

  test.each([
    ['Antonio Laverghetta Jr.', 'Laverghetta, Jr., Antonio', 'laverghetta2025role'],
    ['Ludwig van Beethoven III', 'van Beethoven, III, Ludwig', 'beethoven2025role'],
    ['Laurens van der Maaten', 'Laurens van der Maaten', 'maaten2025role'],
    ['Qwen Team', '{Qwen Team}', 'qwen2025role'],
    ['others', '{others}', 'others2025role'],
  ])('the name %s', (name, author, key) => {
    const entry = bibtex({ ...paper, author_names: [name] })
    expect(entry).toContain(`  author = {${author}},`)
    expect(entry).toContain(`{${key}:2505.11711,`)
  })

  test('two papers never have one key', () => {
    const keyOf = (entry: string) => /\{(.*),/.exec(entry)?.[1]
    expect(keyOf(bibtex({ ...paper, arxiv_id: '2505.11712' }))).not.toBe(keyOf(bibtex(paper)))
  })

  test.each([
    ['café naïve Ångström', 'caf{\\\'e} na{\\"i}ve {\\r A}ngstr{\\"o}m'],
    ['Čech Đoković Ğ', "{\\v C}ech {\\DJ}okovi{\\'c} {\\u G}"],
    ['a_b #1 ~ ^ 50%', 'a\\_b \\#1 \\textasciitilde{} \\textasciicircum{} 50\\%'],
    ['$x_1^2 & y$ costs 5$', '$x_1^2 & y$ costs 5\\$'],
    ['\\textbf{Bold} and \\"o', '\\textbf{Bold} and \\"o'],
    ['an open { brace', 'an open  brace'],
    ['} {', ' '],
    ['“quoted” – it’s', "``quoted'' -- it's"],
    ['ế Việt 🤗 ở', "{\\'{\\^e}} Vi{\\^{\\d e}}t 🤗 ở"],
    ['μP, Ω at 5°: $x_α$, ΑΒ', '$\\mu$P, $\\Omega$ at 5{\\textdegree}: $x_{\\alpha}$, ΑΒ'],
    ['From $5 to $6, or $5-$6', 'From \\$5 to \\$6, or \\$5-\\$6'],
    ['a set $\\{1, 2\\}$', 'a set $\\{1, 2\\}$'],
    ['an open \\{ and é', "an open \\textbraceleft{} and {\\'e}"],
    ['an open \\{ in {two', 'an open \\textbraceleft{} in two'],
  ])('%s', (text, escaped) => expect(escapeLatex(text)).toBe(escaped))
})
