import type { Paper as PaperRow } from '../db/papers.ts'
import { builder } from './builder.ts'
import { Paper } from './paper.ts'

/** What a citation is made of. */
export type Citable = Pick<
  PaperRow,
  'id' | 'arxiv_id' | 'title' | 'author_names' | 'published_on' | 'primary_category' | 'doi' | 'journal_ref'
>

builder.objectField(Paper, 'bibtex', (t) =>
  t.string({
    extensions: {
      columns: [
        'id',
        'arxiv_id',
        'title',
        'author_names',
        'published_on',
        'primary_category',
        'doi',
        'journal_ref',
      ],
    },
    description:
      'A BibTeX entry to cite it with. Formulas stay as they are, accents become LaTeX commands, capitals of the title are kept.',
    resolve: (paper) => bibtex(paper),
  }),
)

/** One entry, fields in a fixed order. Letters that LaTeX has no command for stay as they are, in UTF-8. */
export function bibtex(paper: Citable): string {
  const fields: [string, string | null][] = [
    ['title', `{${escapeLatex(paper.title)}}`],
    ['author', paper.author_names.map(authorName).join(' and ') || null],
    ['year', paper.published_on.slice(0, 4)],
    ['eprint', paper.arxiv_id],
    ['archivePrefix', paper.arxiv_id && 'arXiv'],
    ['primaryClass', paper.primary_category],
    ['journal', paper.journal_ref && escapeLatex(paper.journal_ref)],
    ['doi', paper.doi],
    ['url', paper.arxiv_id && `https://arxiv.org/abs/${paper.arxiv_id}`],
  ]
  const lines = fields.flatMap(([name, value]) => (value ? [`  ${name} = {${value}},`] : []))
  return [`@${paper.journal_ref ? 'article' : 'misc'}{${citationKey(paper)},`, ...lines, '}'].join('\n')
}

/** `kovacs2026sparse`: the first author's last name, the year, the first word of the title that says something. */
function citationKey({ id, author_names, published_on, title }: Citable): string {
  const plain = (text: string) =>
    text
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '')
  const name = plain(author_names[0]?.split(' ').at(-1) ?? '')
  const word = title
    .replace(/\$[^$]*\$/g, ' ')
    .split(/\s+/)
    .map(plain)
    .find((each) => each.length > 3)
  return `${name || `paper${id}`}${published_on.slice(0, 4)}${word ?? ''}`
}

/** BibTeX takes ` and ` for the end of a name and a comma for its middle: braces keep a name with these whole. */
function authorName(name: string): string {
  const escaped = escapeLatex(name)
  return /,| and /i.test(name) ? `{${escaped}}` : escaped
}

/** Escapes what LaTeX takes for commands, but for formulas between dollars and for commands that are there already. */
export function escapeLatex(text: string): string {
  const parts = text.normalize('NFC').split(/(\$[^$]+\$|\\[A-Za-z]+|\\.)/)
  return balanced(
    parts.map((part, index) => (index % 2 ? part : [...part].map(escapeLetter).join(''))).join(''),
  )
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
  '\u0328': 'k',
}

function escapeLetter(letter: string): string {
  const sign = signs[letter]
  if (sign !== undefined) return sign
  const [base = '', mark, ...more] = [...letter.normalize('NFD')]
  const command = mark === undefined || more.length > 0 ? undefined : accents[mark]
  if (command === undefined || !/[A-Za-z]/.test(base)) return letter
  return `{\\${command}${/[a-z]/i.test(command) ? ` ${base}` : base}}`
}

/** A brace without its other half would end the field, or never: such a text loses its braces. */
function balanced(text: string): string {
  let depth = 0
  for (const [brace] of text.matchAll(/(?<!\\)[{}]/g)) {
    depth += brace === '{' ? 1 : -1
    if (depth < 0) break
  }
  return depth === 0 ? text : text.replace(/(?<!\\)[{}]/g, '')
}
