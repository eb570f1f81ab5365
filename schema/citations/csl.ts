import { type Citable, citationKey, citedAddress } from './citable.ts'
import { type CitedName, citedName } from './names.ts'

/**
 * An item of CSL-JSON, the input of citation processors (Zotero, Pandoc, citeproc). The texts are those of the paper,
 * unchanged. Format: https://docs.citationstyles.org/en/stable/specification.html, and its JSON schema.
 */
export function cslItem(paper: Citable): Record<string, unknown> {
  const item = {
    id: citationKey(paper),
    type: paper.journal_ref ? 'article-journal' : 'article',
    title: paper.title,
    author: paper.author_names.map((name) => nameOf(citedName(name))),
    issued: { 'date-parts': [paper.published_on.split('-').map(Number)] },
    'container-title': paper.journal_ref,
    publisher: paper.arxiv_id && !paper.journal_ref ? 'arXiv' : null,
    number: paper.arxiv_id && `arXiv:${paper.arxiv_id}`,
    abstract: paper.abstract,
    keyword: paper.keywords.join(', '),
    DOI: paper.doi,
    URL: citedAddress(paper),
  }
  return Object.fromEntries(
    Object.entries(item).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value)),
  )
}

function nameOf(name: CitedName): Record<string, string> {
  if ('group' in name) return { literal: name.group }
  const parts = {
    given: name.first,
    'non-dropping-particle': name.particle,
    family: name.last,
    suffix: name.suffix,
  }
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value))
}
