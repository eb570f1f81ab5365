import type { PaperFields } from '../../db/papers.ts'
import { builder } from '../core/builder.ts'
import { Paper } from '../paper.ts'
import { escapeLatex, formulas } from './latex.ts'

/** What a citation is made of. */
export type Citable = Pick<
  PaperFields,
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
      'A BibTeX entry for citing the paper, with a unique key, e.g. `kovacs2025role:2505.11711`. Formulas are unchanged, accents become LaTeX commands, and the capitals of the title are protected.',
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

/** Words that many titles begin with. */
const common =
  /^(about|after|beyond|does|from|have|into|more|only|over|that|their|they|this|towards?|what|when|where|which|with|your)$/

/**
 * `kovacs2026sparse:2601.00001`: the first author's last name, the year, the first word of the title that says
 * something, and the paper's id, without which one paper in fifty would have the key of another.
 */
function citationKey({ id, arxiv_id, author_names, published_on, title }: Citable): string {
  const plain = (text: string) =>
    text
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '')
  const [first = ''] = author_names
  const [person = first] = partsOf(first)
  const name = person
    .split(' ')
    .filter((part) => !group.test(part))
    .at(-1)
  const word = title
    .replace(formulas, ' ')
    .split(/\s+/)
    .map(plain)
    .find((each) => each.length > 3 && !common.test(each))
  return `${plain(name ?? '') || 'paper'}${published_on.slice(0, 4)}${word ?? ''}:${arxiv_id ?? id}`
}

/** Marks a name that is not a person's: BibTeX would abbreviate "Qwen Team" to "Q. Team". */
const group = /^(team|collaboration|consortium|initiative|community|labs?)$/i

/** A name without its suffix, and the suffix: "Jr.". */
function partsOf(name: string): [name: string, suffix?: string] {
  const [, person, suffix] = /^(.+? .+?),? (Jr\.?|Sr\.?|II|III|IV)$/.exec(name) ?? []
  return person && suffix && !person.includes(',') ? [person, suffix] : [name]
}

/**
 * BibTeX takes the last word for the last name, ` and ` for the end of a name, a comma for its middle and `others` for
 * "et al.": braces keep such names whole.
 */
function authorName(name: string): string {
  const [person, suffix] = partsOf(name)
  if (/,| and |^others$/i.test(person) || person.split(' ').some((part) => group.test(part)))
    return `{${escapeLatex(name)}}`
  if (suffix === undefined) return escapeLatex(name)
  const [, first = '', last = person] = /^(.+?) ((?:\p{Ll}\S* )*\S+)$/u.exec(person) ?? []
  return [last, suffix, first].map(escapeLatex).join(', ')
}
