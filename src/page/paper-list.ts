import { type Html, html } from '../html.ts'
import type { Links } from './links.ts'
import { type PaperEntry, paperEntry } from './paper-entry.ts'

export interface PaperPage {
  readonly totalCount: number
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  readonly nodes: readonly PaperEntry[]
}

/** What the list of a page asks of a connection. */
export const paperPageFields = 'totalCount pageInfo { hasNextPage endCursor } nodes { ...PaperEntry }'

/** The papers of a list, of an author perhaps; what arrives while it is read is put before them. */
export function paperList(papers: readonly PaperEntry[], links: Links, author?: string): Html {
  return html`<div id="papers">
${papers.map((paper) => paperEntry(paper, links, { author }))}</div>
`
}

/** Leads on to the next page. */
export function nextPage(
  { pageInfo: { hasNextPage, endCursor } }: Pick<PaperPage, 'pageInfo'>,
  path: string,
  links: Links,
  params: Readonly<Record<string, string | null | undefined>> = {},
): Html {
  return html`${hasNextPage && html`<p class="more"><a rel="next" href="${links.to(path, { ...params, after: endCursor })}">More papers</a></p>`}`
}

/** `1 paper`, `24 papers`, `10,000 papers or more`: counts stop there. */
export function papersCounted(count: number): string {
  if (count >= 10_000) return '10,000 papers or more'
  return `${count.toLocaleString('en')} ${count === 1 ? 'paper' : 'papers'}`
}
