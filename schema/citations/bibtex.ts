import { type Citable, citationKey, citedAddress, titleWord } from './citable.ts'
import { escapeLatex } from './latex.ts'
import { citedName } from './names.ts'

/**
 * A BibTeX entry, fields in a fixed order. Letters that LaTeX has no command for stay as they are, in UTF-8.
 * Format: https://ctan.org/pkg/bibtex, "BibTeXing"; `eprint` as arXiv and biblatex write it.
 */
export function bibtex(paper: Citable): string {
  const fields: [string, string | null][] = [
    ['title', `{${escapeLatex(paper.title)}}`],
    ['author', paper.author_names.map(authorName).filter(Boolean).join(' and ')],
    // Without an author, styles sort by a key and miss it.
    ['key', paper.author_names.length === 0 ? titleWord(paper.title) || String(paper.id) : null],
    ['year', paper.published_on.slice(0, 4)],
    ['eprint', paper.arxiv_id],
    ['archivePrefix', paper.arxiv_id && 'arXiv'],
    ['primaryClass', paper.primary_category && escapeLatex(paper.primary_category)],
    ['journal', paper.journal_ref && escapeLatex(paper.journal_ref)],
    ['doi', paper.doi && withoutBraces(paper.doi)],
    ['url', citedAddress(paper)],
  ]
  const lines = fields.flatMap(([name, value]) => (value ? [`  ${name} = {${value}},`] : []))
  return [`@${paper.journal_ref ? 'article' : 'misc'}{${citationKey(paper)},`, ...lines, '}'].join('\n')
}

/**
 * BibTeX takes the last word for the last name, ` and ` for the end of a name, a comma for its middle and `others` for
 * "et al.": braces keep such names whole.
 */
function authorName(written: string): string {
  const name = citedName(written)
  if ('group' in name) return `{${escapeLatex(name.group)}}`
  const { first, particle, last, suffix } = name
  const family = [particle, last].filter(Boolean).join(' ')
  if (suffix) return [family, suffix, first].map(escapeLatex).join(', ')
  const spoken = escapeLatex([first, family].filter(Boolean).join(' '))
  // Readers differ on whether a word that begins with a command, or with a small letter, is a first name.
  return first && /^\p{Ll}|(^|\s)\{\\/u.test(spoken) ? [family, first].map(escapeLatex).join(', ') : spoken
}

/** Of identifiers, which are printed as they are. No DOI in use has one of these signs. */
function withoutBraces(identifier: string): string {
  return identifier.replace(/[{}\\\s]/g, (sign) => encodeURIComponent(sign))
}
