import { type Citable, citedAddress } from './citable.ts'
import { citedName } from './names.ts'

/**
 * A record of RIS, which EndNote, Mendeley and Zotero import: lines of a tag and a value, in UTF-8, with the texts of
 * the paper unchanged. Format: https://en.wikipedia.org/wiki/RIS_(file_format).
 */
export function ris(paper: Citable): string {
  const lines: [string, string | null][] = [
    ['TY', paper.journal_ref ? 'JOUR' : 'UNPB'],
    ['TI', paper.title],
    ...paper.author_names.map((name): [string, string] => ['AU', authorName(name)]),
    ['PY', paper.published_on.slice(0, 4)],
    ['DA', paper.published_on.replaceAll('-', '/')],
    ['T2', paper.journal_ref],
    ['PB', paper.arxiv_id && !paper.journal_ref ? 'arXiv' : null],
    ['AN', paper.arxiv_id && `arXiv:${paper.arxiv_id}`],
    ['AB', paper.abstract],
    ...paper.keywords.map((keyword): [string, string] => ['KW', keyword]),
    ['DO', paper.doi],
    ['UR', citedAddress(paper)],
  ]
  const written = lines.flatMap(([tag, value]) => (value ? [`${tag}  - ${oneLine(value)}`] : []))
  return [...written, 'ER  - ', ''].join('\r\n')
}

/** Last name, first name, suffix; a group has no comma, or it would be taken for a person. */
function authorName(written: string): string {
  const name = citedName(written)
  if ('group' in name) return name.group.replaceAll(',', '')
  const { first, particle, last, suffix } = name
  return [[particle, last].filter(Boolean).join(' '), first, suffix].filter(Boolean).join(', ')
}

/** A line break would begin another tag. */
function oneLine(value: string): string {
  return value.replace(/[\r\n\u0085\u2028\u2029]+/g, ' ')
}
