import type { PaperColumn, PaperFields } from '../../db/papers.ts'
import { formulas } from './latex-tokens.ts'
import { citedName, keyWord } from './names.ts'

/** What a citation is made of. */
export const citedColumns = [
  'id',
  'arxiv_id',
  'title',
  'abstract',
  'keywords',
  'author_names',
  'published_on',
  'primary_category',
  'doi',
  'journal_ref',
] as const satisfies readonly PaperColumn[]

export type Citable = Pick<PaperFields, (typeof citedColumns)[number]>

/** Words that many titles begin with. */
const common =
  /^(about|after|beyond|does|from|have|into|more|only|over|that|their|they|this|towards?|what|when|where|which|with|your)$/

/**
 * `kovacs2026sparse:2601.00001`: the first author's last name, the year, the first word of the title that says
 * something, and the paper's id, without which one paper in fifty would have the key of another.
 */
export function citationKey({ id, arxiv_id, author_names, published_on, title }: Citable): string {
  const [first] = author_names
  const name = first === undefined ? '' : plain(keyWord(citedName(first)))
  return `${name || 'paper'}${published_on.slice(0, 4)}${titleWord(title)}:${arxiv_id ?? id}`
}

/** The first word of a title that says something, in ASCII; empty if there is none. */
export function titleWord(title: string): string {
  const words = title.replace(formulas, ' ').split(/\s+/).map(plain)
  return words.find((each) => each.length > 3 && !common.test(each)) ?? ''
}

function plain(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '')
}

/** The address of a paper's page on arXiv, else of its DOI. */
export function citedAddress({ arxiv_id, doi }: Pick<Citable, 'arxiv_id' | 'doi'>): string | null {
  return arxiv_id ? `https://arxiv.org/abs/${arxiv_id}` : doi && `https://doi.org/${encodeURI(doi)}`
}
