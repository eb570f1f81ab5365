import { type Html, html } from '../html.ts'
import { plainDay } from './dates.ts'
import type { Links } from './links.ts'
import { authorLink } from './paper-entry.ts'
import type { PaperDetails, RelatedEntry } from './paper-page-data.ts'
import { setText } from './set-text.ts'
import { wholeWords } from './whole-words.ts'

/** Shared words of a related paper that are shown. */
const mostWords = 5

export function authorsOfPaper({ authors: { edges }, authorCount }: PaperDetails, links: Links): Html {
  if (edges.length === 0) return html`${authorCount > 0 && html`<p class="by">${authorCount} authors</p>`}`
  const others = authorCount - edges.length
  const items = edges.map(({ node: { name }, account, claimStatus }, index) => {
    const isSure = claimStatus !== 'EXTRACTED_PENDING'
    return html`${index > 0 && ', '}${authorLink(name, links)}${
      account &&
      html` (<a class="account" href="${account.url}"${!isSure && html` title="The account was found automatically and is not confirmed."`}><bdi>${account.name}</bdi>${!isSure && '?'}</a>)`
    }`
  })
  return html`<p class="by">${items}${others > 0 && ` and ${others} more`}</p>`
}

export function outsideLinks(paper: PaperDetails): Html {
  const { arxivUrl, pdfUrl, pageUrl, discussionUrl, githubRepo, githubStars, projectPage, doi } = paper
  const doiUrl = doi && `https://doi.org/${encodeURI(doi)}`
  const links: [string, string | null][] = [
    ['PDF', pdfUrl],
    ['arXiv', arxivUrl],
    ['Hugging Face', pageUrl],
    ['Discussion', discussionUrl],
    [
      githubStars === null
        ? 'Code'
        : `Code, ${githubStars.toLocaleString('en')} ${githubStars === 1 ? 'star' : 'stars'}`,
      githubRepo,
    ],
    ['Project page', projectPage],
    ['DOI', doiUrl],
  ]
  const shown = links.filter(([, url]) => url !== null && /^https?:\/\//.test(url))
  return html`<ul class="plain">${shown.map(([label, url]) => html`<li><a href="${url}">${label}</a></li>`)}</ul>`
}

export function versions({ arxivVersion, revisedAt, revisions, title }: PaperDetails): Html {
  if (revisions.length === 0 && (arxivVersion ?? 1) === 1) return html``
  return html`<h2>Versions</h2>
${arxivVersion !== null && html`<p>Version ${arxivVersion} is the newest on arXiv${revisedAt && `, of ${plainDay(revisedAt)}`}.</p>`}
${revisions.map(
  (
    earlier,
  ) => html`<details><summary>Until ${plainDay(earlier.replacedAt)}${earlier.title !== title && ': another title'}</summary>
<p dir="auto"><strong>${setText(earlier.title)}</strong></p>
${earlier.abstract !== null && html`<p dir="auto">${setText(earlier.abstract)}</p>`}</details>`,
)}`
}

export function relatedPapers({ related, title, abstract }: PaperDetails, links: Links): Html {
  if (related.length === 0) return html``
  const text = `${title}\n${abstract ?? ''}`
  return html`<h2>Related papers</h2>
<ul class="related">${related.map(
    (entry) => html`<li><a href="${links.paper(entry.paper)}" dir="auto">${setText(entry.paper.title)}</a>
<span class="small">${entry.paper.publishedOn.slice(0, 4)}. ${reasons(entry, text).join('; ')}.</span></li>`,
  )}</ul>`
}

/** What two papers share, in words. */
function reasons(related: RelatedEntry, text: string): string[] {
  const { sharedKeywords, sharedTerms, sharedAuthors, sameRepository, sameOrganization, sameEdition } =
    related
  const keywords = sharedKeywords.map(({ key }) => key)
  const words = wholeWords(sharedTerms, text)
    .filter((word) => !keywords.some((key) => key.toLowerCase().includes(word.toLowerCase())))
    .slice(0, mostWords)
  const found = [
    keywords.length > 0 && `Both on ${listed(keywords.slice(0, mostWords))}`,
    words.length > 0 && `both mention ${listed(words)}`,
    sharedAuthors.length > 0 && `both by ${listed(sharedAuthors.map(({ name }) => name).slice(0, 3))}`,
    sameRepository && 'same code repository',
    sameOrganization && 'same organization',
    sameEdition && 'same edition',
  ].filter((reason) => reason !== false)
  const [first = 'On the same subject', ...others] = found
  return [first.charAt(0).toUpperCase() + first.slice(1), ...others]
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

export function citations({ bibtex, ris, csl }: PaperDetails): Html {
  const formats = [
    ['BibTeX', bibtex],
    ['RIS', ris],
    ['CSL-JSON', csl],
  ]
  return html`<h2>Cite</h2>
${formats.map(([name, text]) => html`<details class="citation"><summary>${name}</summary><pre tabindex="0" aria-label="${name}">${text}</pre></details>`)}`
}
