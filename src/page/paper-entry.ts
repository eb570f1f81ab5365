import { type Html, html } from '../html.ts'
import { plainDay } from './dates.ts'
import type { Links } from './links.ts'
import { setText } from './set-text.ts'

/** What a list shows of a paper. */
export const paperEntryFragment = `fragment PaperEntry on Paper {
  id
  arxivId
  title
  abstract
  publishedOn
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
  thumbnailUrl
  withdrawnAt
}
`

export interface OrganizationName {
  readonly name: string
  readonly fullName: string | null
}

export interface PaperEntry {
  readonly id: string
  readonly arxivId: string | null
  readonly title: string
  readonly abstract: string | null
  readonly publishedOn: string
  readonly upvotes: number
  readonly commentCount: number
  readonly authorCount: number
  readonly authors: { readonly nodes: readonly { readonly name: string }[] }
  readonly organization: OrganizationName | null
  readonly thumbnailUrl: string | null
  readonly withdrawnAt: string | null
}

export interface EntryOptions {
  /** The title in another form, e.g. with matches marked. */
  readonly title?: Html
  /** What is shown before the abstract unfolds. */
  readonly passages?: Html
  /** A name to show among the authors, however many come before. */
  readonly author?: string | undefined
}

/** A paper in a list. Events find it by its id, and update its numbers. */
export function paperEntry(
  paper: PaperEntry,
  links: Links,
  { title, passages, author }: EntryOptions = {},
): Html {
  const { id, abstract, organization } = paper
  const thumbnail = links.thumbnail(paper.thumbnailUrl)
  return html`<article data-paper="${id}">
${thumbnail && html`<img src="${thumbnail}" alt="" loading="lazy" width="160" height="86">`}
<h2 class="title" dir="auto"><a href="${links.paper(paper)}">${title ?? setText(paper.title)}</a></h2>
<p class="by">${authorsLine(paper, links, author)}${organization && html`<span class="org">${organizationLink(organization, links)}</span>`}</p>
<p class="counts">${counts(paper)}<time datetime="${paper.publishedOn}">${plainDay(paper.publishedOn)}</time></p>
${passages}${abstract !== null && html`<details><summary>Abstract</summary><p class="abstract" dir="auto">${setText(abstract)}</p></details>`}
</article>
`
}

export function organizationLink({ name, fullName }: OrganizationName, links: Links): Html {
  return html`<a href="${links.organization(name)}"><bdi>${fullName ?? name}</bdi></a>`
}

/** Upvotes and comments. */
export function counts({
  upvotes,
  commentCount,
  withdrawnAt,
}: Pick<PaperEntry, 'upvotes' | 'commentCount' | 'withdrawnAt'>): Html {
  return html`${withdrawnAt !== null && html`<strong>Withdrawn</strong>`}${count('upvotes', upvotes, 'upvote')}${count('commentCount', commentCount, 'comment')}`
}

/** The element that events update. The words for one and for many stand beside it. */
function count(field: string, amount: number, noun: string): Html {
  return html`<span><b data-count="${field}">${amount}</b> ${noun}<span${amount === 1 && html` hidden`}>s</span></span>`
}

export function authorLink(name: string, links: Links): Html {
  return html`<a href="${links.author(name)}"><bdi>${name}</bdi></a>`
}

function authorsLine(
  { authors: { nodes }, authorCount }: PaperEntry,
  links: Links,
  wanted: string | undefined,
): Html {
  if (nodes.length === 0)
    return html`${authorCount > 0 && `${authorCount} ${authorCount === 1 ? 'author' : 'authors'}`}`
  const isLater = wanted !== undefined && nodes.every(({ name }) => name !== wanted)
  const others = authorCount - nodes.length - (isLater ? 1 : 0)
  return html`${nodes.map(({ name }, index) => html`${index > 0 && ', '}${authorLink(name, links)}`)}${isLater && html`, … ${authorLink(wanted, links)}`}${others > 0 && ` and ${others} more`}`
}
