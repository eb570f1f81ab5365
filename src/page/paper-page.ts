import { arxivIdOf } from '../../db/model/arxiv-id.ts'
import { parseGlobalId } from '../../schema/core/ids.ts'
import { html } from '../html.ts'
import { plainDay } from './dates.ts'
import type { Links } from './links.ts'
import { pageNotFound } from './page-errors.ts'
import { type PageContent, pageQuery, type ReadPage } from './page-query.ts'
import { commentsOf, linkedRepositories } from './paper-community.ts'
import { counts, organizationLink } from './paper-entry.ts'
import { type PaperDetails, paperDocument } from './paper-page-data.ts'
import { authorsOfPaper, citations, outsideLinks, relatedPapers, versions } from './paper-page-parts.ts'
import { upvotePlot } from './plot.ts'
import { setText } from './set-text.ts'

/** `/papers/2505.11711`, or a global id in the place of the arXiv id for papers that have none. */
export const readPaperPage: ReadPage = ({ name }) => {
  const arxivId = arxivIdOf(name)
  if (arxivId === undefined && !isPaperId(name)) throw unknown(name)
  const variables = arxivId === undefined ? { id: name } : { arxivId }
  return pageQuery<{ feedPosition: string; paper: PaperDetails | null }>(
    paperDocument,
    variables,
    ({ paper, feedPosition }, links) => {
      if (!paper) throw unknown(name)
      return show(paper, feedPosition, links)
    },
  )
}

function isPaperId(text: string): boolean {
  const { typename, id = '' } = parseGlobalId(text) ?? {}
  return typename === 'Paper' && /^\d{1,15}$/.test(id)
}

function unknown(name: string): Error {
  return pageNotFound(
    `No paper has the id “${name.slice(0, 60)}”. Write an arXiv id as in 2505.11711, or search for the title.`,
  )
}

const shortened = (text: string) => (text.length > 200 ? `${text.slice(0, 200)}…` : text)

function show(paper: PaperDetails, position: string, links: Links): PageContent {
  const { title, abstract, organization, aiSummary, keywords, listings, publishedOn, comment, journalRef } =
    paper
  const plot = upvotePlot(paper.history)
  return {
    title: `${shortened(title)} · Daily Papers`,
    description: shortened(aiSummary ?? abstract ?? title),
    path: `papers/${paper.arxivId ?? encodeURIComponent(paper.id)}`,
    position,
    isArticle: true,
    main: html`<article class="paper" data-paper="${paper.id}">
<header class="head">
<h1 dir="auto">${setText(title)}</h1>
${authorsOfPaper(paper, links)}
<p class="counts">${organization && html`<span class="org">${organizationLink(organization, links)}</span>`}${counts(paper)}</p>
<p class="small">Published <time datetime="${publishedOn}">${plainDay(publishedOn)}</time>${listings.map(
      ({ edition: { date }, submitter }, index) =>
        html`${index === 0 ? '. Listed on ' : ' and '}<a href="${links.edition(date)}">${plainDay(date)}</a>${submitter && html` by <a href="${submitter.url}"><bdi>${submitter.fullName ?? submitter.name}</bdi></a>`}`,
    )}.</p>
${paper.withdrawnAt !== null && html`<p class="notice">The authors withdrew this paper on ${plainDay(paper.withdrawnAt)}.</p>`}
</header>
<div class="columns">
<div>
<h2>Abstract</h2>
<p dir="auto" class="abstract">${abstract === null ? 'The abstract is not known yet.' : setText(abstract)}</p>
${aiSummary !== null && html`<h2>Summary by a language model</h2><p dir="auto">${setText(aiSummary)}</p>`}
${versions(paper)}
${relatedPapers(paper, links)}
${commentsOf(paper)}
</div>
<aside aria-label="About this paper">
<h2>Links</h2>
${outsideLinks(paper)}
${linkedRepositories(paper)}
${keywords.length > 0 && html`<h2>Keywords</h2><ul class="tags">${keywords.map(({ key }) => html`<li><a href="${links.keyword(key)}"><bdi>${key}</bdi></a></li>`)}</ul>`}
${plot && html`<h2>Upvotes</h2>${plot}`}
${(comment ?? journalRef) !== null && html`<h2>Notes</h2>${comment && html`<p class="small">${setText(comment)}</p>`}${journalRef && html`<p class="small">${journalRef}</p>`}`}
${citations(paper)}
</aside>
</div>
</article>`,
  }
}
