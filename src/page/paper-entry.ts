import { type Html, html } from '../html.ts'
import type { Links } from './links.ts'

/** What a list shows of a paper. */
export const paperEntryFragment = `fragment PaperEntry on Paper {
  id
  arxivId
  title
  abstract
  upvotes
  commentCount
  authorCount
  authors(first: 6) {
    nodes {
      name
    }
  }
  organization {
    name
    fullName
  }
  withdrawnAt
}
`

export interface PaperEntry {
  readonly id: string
  readonly arxivId: string | null
  readonly title: string
  readonly abstract: string | null
  readonly upvotes: number
  readonly commentCount: number
  readonly authorCount: number
  readonly authors: { readonly nodes: readonly { readonly name: string }[] }
  readonly organization: { readonly name: string; readonly fullName: string | null } | null
  readonly withdrawnAt: string | null
}

/** A paper in a list. Its key finds it again when an event says that it changed. */
export function paperEntry(paper: PaperEntry, links: Links): Html {
  const { id, title, abstract, organization } = paper
  return html`<article data-paper="${id}">
<h2 dir="auto"><a href="${links.paper(paper)}">${title}</a></h2>
<p class="by">${authorsLine(paper, links)}${
    organization &&
    html` <span class="org"><a href="${links.organization(organization.name)}">${organization.fullName ?? organization.name}</a></span>`
  }</p>
<p class="counts">${counts(paper)}</p>
${abstract !== null && html`<details><summary>Abstract</summary><p dir="auto">${abstract}</p></details>`}
</article>
`
}

/** Upvotes and comments, each number in an element that events update. */
function counts({ upvotes, commentCount, withdrawnAt }: PaperEntry): Html {
  return html`${withdrawnAt !== null && html`<strong>Withdrawn</strong> `}<span><span data-count="upvotes">${upvotes}</span> ${upvotes === 1 ? 'upvote' : 'upvotes'}</span> <span><span data-count="commentCount">${commentCount}</span> ${commentCount === 1 ? 'comment' : 'comments'}</span>`
}

function authorsLine({ authors: { nodes }, authorCount }: PaperEntry, links: Links): Html {
  const names = nodes.map(
    ({ name }, index) => html`${index > 0 && ', '}<a href="${links.author(name)}">${name}</a>`,
  )
  const others = authorCount - nodes.length
  if (nodes.length === 0) return html`${authorCount > 0 && `${authorCount} authors`}`
  return html`${names}${others > 0 && ` and ${others} more`}`
}
