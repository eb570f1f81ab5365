import { type Html, html } from '../html.ts'
import type { Links } from './links.ts'
import { badAddress } from './page-errors.ts'
import { type PageContent, type PageQuery, pageDocument, pageQuery, type ReadPage } from './page-query.ts'
import { type PaperEntry, paperEntry, paperEntryFragment } from './paper-entry.ts'
import { nextPage, papersCounted } from './paper-list.ts'
import { facetLists, type SearchFacets } from './search-facets.ts'
import { type Chosen, feedParams, readChosen, type SearchParams, searchFilter } from './search-params.ts'
import { setText } from './set-text.ts'

/** Characters that `search(text:)` takes. */
const longestText = 1_000
/** Characters of the start of a name for which names are suggested. */
const longestTyped = 100

const document = pageDocument(
  `query SearchPage($text: String!, $typed: String!, $filter: PaperFilter, $after: String) {
    feedPosition
    search(text: $text, filter: $filter, first: 20, after: $after) {
      totalCount
      repairedText
      stopWordsOnly
      excludedAll
      expansions { typed added }
      facets {
        years(first: 6) { value papers }
        keywords(first: 8) { value papers }
        organizations(first: 8) { value papers organization { fullName } }
      }
      pageInfo { hasNextPage endCursor }
      edges {
        titleHighlights { text matched }
        abstractHighlights { text matched }
        node { ...PaperEntry }
      }
    }
    suggestions(typed: $typed, first: 6) { kind text }
  }`,
  paperEntryFragment,
)

interface Fragment {
  readonly text: string
  readonly matched: boolean
}

interface SearchData {
  readonly feedPosition: string
  readonly search: {
    readonly totalCount: number
    readonly repairedText: string | null
    readonly stopWordsOnly: boolean
    readonly excludedAll: boolean
    readonly expansions: readonly { readonly typed: string; readonly added: readonly string[] }[]
    readonly facets: SearchFacets
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
    readonly edges: readonly {
      readonly titleHighlights: readonly Fragment[]
      readonly abstractHighlights: readonly Fragment[]
      readonly node: PaperEntry
    }[]
  }
  readonly suggestions: readonly {
    readonly kind: 'AUTHOR' | 'KEYWORD' | 'ORGANIZATION'
    readonly text: string
  }[]
}

/** `/search?q=sparse+attention&year=2025` */
export const readSearchPage: ReadPage = ({ params }) => {
  const text = (params.get('q') ?? '').trim()
  if (text.length > longestText)
    throw badAddress(`The search text has ${text.length} characters. Search for at most ${longestText}.`)
  const chosen = readChosen(params)
  if (text === '') return startQuery
  const variables = {
    text,
    typed: text.slice(0, longestTyped),
    filter: searchFilter(chosen),
    after: params.get('after') ?? undefined,
  }
  return pageQuery<SearchData>(document, variables, (data, links) => ({
    ...show(data, text, chosen, links),
    ...(variables.after === undefined && { arrivals: 'feed' as const }),
  }))
}

function show(
  { search, suggestions, feedPosition }: SearchData,
  q: string,
  chosen: Chosen,
  links: Links,
): PageContent {
  const { edges, facets, totalCount } = search
  const params: SearchParams = { q, ...chosen }
  return {
    title: `${q.length > 100 ? `${q.slice(0, 100)}…` : q} · Search · Daily Papers`,
    description: `${papersCounted(totalCount)} found for “${q.slice(0, 100)}”.`,
    path: links.to('search', params).slice(links.root.length),
    position: feedPosition,
    // A feed refuses a text without words that are searched for.
    ...(!search.stopWordsOnly && {
      feed: { title: `Search for ${q.slice(0, 100)}`, path: `feeds/papers.atom?${feedParams(params)}` },
      filter: { text: q, ...searchFilter(chosen) },
    }),
    noIndex: true,
    main: html`<div class="head"><h1>Search</h1></div>
<p id="found" role="status">${totalCount === 0 ? 'No paper found' : `${papersCounted(totalCount)} found`}</p>
<div id="results">
${explanations(search, q, links)}
${names(suggestions, links)}
<div class="columns">
<div id="papers">
${edges.map(({ node, titleHighlights, abstractHighlights }) =>
  paperEntry(node, links, {
    title: marked(titleHighlights),
    ...(abstractHighlights.length > 0 && {
      passages: html`<p class="passages" dir="auto">${marked(abstractHighlights)}</p>`,
    }),
  }),
)}
${nextPage(search, 'search', links, params)}
</div>
${facetLists(facets, totalCount, params, links)}
</div>
</div>`,
  }
}

function marked(fragments: readonly Fragment[]): Html {
  return html`${fragments.map(({ text, matched }) => (matched ? html`<mark>${text}</mark>` : setText(text)))}`
}

/** What was searched for instead of the text as typed or beside it, and why nothing was found. */
function explanations(search: SearchData['search'], q: string, links: Links): Html {
  const { repairedText, stopWordsOnly, excludedAll, expansions, totalCount } = search
  const sentences: Html[] = []
  if (repairedText !== null)
    sentences.push(
      html`${!namesAuthors.test(repairedText) && 'Nothing has the words as typed. '}These papers match <a href="${links.to('search', { q: repairedText })}"><bdi>${repairedText}</bdi></a>.`,
    )
  for (const { typed, added } of expansions)
    sentences.push(
      html`Searched for <bdi>${added.map((term) => term.replaceAll('-', ' ')).join(', ')}</bdi> too, beside <bdi>${typed}</bdi>. Write <bdi>"${typed}"</bdi> to find exactly that.`,
    )
  if (stopWordsOnly)
    sentences.push(html`The text has only very common words and punctuation. Add a word of the subject.`)
  else if (excludedAll)
    sentences.push(html`Each paper with these words also has an excluded one. Omit a <bdi>-word</bdi>.`)
  else if (totalCount === 0)
    sentences.push(
      html`All words have to match. Omit some of “<bdi>${q.slice(0, 200)}</bdi>”, or separate alternatives by “or”.`,
    )
  return html`${sentences.map((sentence) => html`<p class="small">${sentence}</p>`)}`
}

/** What a name with a year was read as, which may well be what was meant. */
const namesAuthors = /^author:/

const addresses = { AUTHOR: 'author', KEYWORD: 'keyword', ORGANIZATION: 'organization' } as const

function names(suggestions: SearchData['suggestions'], links: Links): Html {
  if (suggestions.length === 0) return html``
  return html`<ul class="tags" aria-label="Authors, keywords and organizations">${suggestions.map(
    ({ kind, text }) =>
      html`<li><a href="${links[addresses[kind]](text)}"><bdi>${text}</bdi> <span class="number">${kind.toLowerCase()}</span></a></li>`,
  )}</ul>`
}

const startDocument = pageDocument('query SearchStartPage { papers { totalCount } }')

const startQuery: PageQuery = pageQuery<{ papers: { totalCount: number } }>(
  startDocument,
  {},
  ({ papers: { totalCount } }) => ({
    title: 'Search · Daily Papers',
    description: 'Search the titles, abstracts, authors and keywords of machine learning papers.',
    path: 'search',
    main: html`<div class="head"><h1>Search</h1></div>
<p id="found" role="status">${papersCounted(totalCount)}: titles, abstracts, authors and keywords.</p>
<div id="results">
<dl class="hints">
<dt>sparse attention</dt><dd>Papers with both words, best match first</dd>
<dt>"mixture of experts"</dt><dd>The words side by side</dd>
<dt>llama or mistral</dt><dd>One of the words</dd>
<dt>routing -vision</dt><dd>Papers without a word</dd>
<dt>author:LeCun year:2024</dt><dd>Words of one property: <code>author:</code>, <code>org:</code>, <code>keyword:</code>, <code>title:</code>, <code>abstract:</code>, <code>year:</code></dd>
<dt>2505.11711</dt><dd>An arXiv id or address</dd>
</dl>
</div>`,
  }),
)
