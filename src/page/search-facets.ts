import { type Html, html } from '../html.ts'
import type { Links } from './links.ts'
import type { Chosen, SearchParams } from './search-params.ts'

interface Facet {
  readonly value: string
  readonly papers: number
  readonly organization?: { readonly fullName: string | null } | null
}

export interface SearchFacets {
  readonly years: readonly Facet[]
  readonly keywords: readonly Facet[]
  readonly organizations: readonly Facet[]
}

/** Links that narrow a search, those that take it back, and none that leave it as it is; nothing if there are none. */
export function facetLists(
  { years, keywords, organizations }: SearchFacets,
  totalCount: number,
  params: SearchParams,
  links: Links,
): Html {
  const narrowing = (facets: readonly Facet[]) => facets.filter(({ papers }) => papers < totalCount)
  const newestFirst = narrowing(years).sort((a, b) => Number(b.value) - Number(a.value))
  const lists = [
    facetList('Year', 'year', newestFirst, params, links),
    facetList('Keyword', 'keyword', narrowing(keywords), params, links),
    facetList('Organization', 'organization', narrowing(organizations), params, links),
  ]
  if (lists.join('') === '') return html``
  return html`<aside aria-label="Narrow the search">
${lists}
</aside>`
}

function facetList(
  heading: string,
  name: keyof Chosen,
  facets: readonly Facet[],
  params: SearchParams,
  links: Links,
): Html {
  const chosen = params[name]
  if (chosen !== null)
    return html`<h2>${heading}</h2>
<p><a href="${links.to('search', { ...params, [name]: null })}"><bdi>${chosen}</bdi> <span class="number">remove</span></a></p>`
  if (facets.length === 0) return html``
  return html`<h2>${heading}</h2>
<ul class="plain">${facets.map(
    ({ value, papers, organization }) =>
      html`<li><a href="${links.to('search', { ...params, [name]: value })}"><bdi>${organization?.fullName ?? value}</bdi></a> <span class="number">${papers}</span></li>`,
  )}</ul>`
}
