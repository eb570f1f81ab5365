import { type Html, html } from '../html.ts'
import { plainDay } from './dates.ts'
import type { LinkedEntry, PaperDetails } from './paper-page-data.ts'

/** What Hugging Face links to a paper, and what people write about it there. */

/** Of each kind; the page on Hugging Face has the others. */
const mostShown = 5

export function linkedRepositories(paper: PaperDetails): Html {
  const kinds: [string, readonly LinkedEntry[], number | null][] = [
    ['Models', paper.linkedModels, paper.linkedModelCount],
    ['Datasets', paper.linkedDatasets, paper.linkedDatasetCount],
    ['Spaces', paper.linkedSpaces, paper.linkedSpaceCount],
  ]
  return html`${kinds.map(
    ([heading, list, count]) =>
      list.length > 0 &&
      html`<h2>${heading}</h2>
<ul class="plain">${list.slice(0, mostShown).map(({ name, url }) => html`<li><a href="${url}"><bdi>${name}</bdi></a></li>`)}</ul>
${(count ?? 0) > mostShown && paper.pageUrl && html`<p class="small"><a href="${paper.pageUrl}">${`All ${count?.toLocaleString('en')}`}</a></p>`}`,
  )}`
}

export function commentsOf({ comments, discussionUrl }: PaperDetails): Html {
  if (comments.length === 0) return html``
  return html`<h2>Comments</h2>
<ul class="comments">${comments.map(
    ({ author, text, createdAt }) => html`<li><p class="small">${
      author ? html`<a href="${author.url}"><bdi>${author.fullName ?? author.name}</bdi></a>` : 'Somebody'
    }, <time datetime="${createdAt}">${plainDay(createdAt.slice(0, 10))}</time></p>
<p dir="auto" class="comment">${text}</p></li>`,
  )}</ul>
${discussionUrl && html`<p class="small"><a href="${discussionUrl}">Join the discussion on Hugging Face</a></p>`}`
}
