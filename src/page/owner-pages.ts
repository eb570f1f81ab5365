import { type Html, html } from '../html.ts'
import type { Links } from './links.ts'
import { pageNotFound } from './page-errors.ts'
import { type PageContent, pageDocument, pageQuery, type ReadPage } from './page-query.ts'
import { authorLink, paperEntryFragment } from './paper-entry.ts'
import { nextPage, type PaperPage, paperList, paperPageFields, papersCounted } from './paper-list.ts'

/** The papers of one author, organization or keyword. */
interface Owner {
  readonly papers: PaperPage
  readonly papersPerYear: readonly { readonly year: number; readonly papers: number }[]
}

interface Author extends Owner {
  readonly name: string
  readonly accounts: readonly {
    readonly name: string
    readonly fullName: string | null
    readonly url: string
  }[]
  readonly coAuthors: readonly { readonly papers: number; readonly author: { readonly name: string } }[]
}

interface Organization extends Owner {
  readonly name: string
  readonly fullName: string | null
  readonly url: string
}

interface Keyword extends Owner {
  readonly key: string
}

const papers = `papers(first: 20, after: $after) { ${paperPageFields} } papersPerYear { year papers }`

const authorDocument = pageDocument(
  `query AuthorPage($name: String!, $after: String) {
    feedPosition
    author(name: $name) {
      name
      accounts { name fullName url }
      ${papers}
      coAuthors(first: 12) { papers author { name } }
    }
  }`,
  paperEntryFragment,
)

/** `/authors/Yann%20LeCun` */
export const readAuthorPage: ReadPage = ({ name, params }) => {
  if (name === '') throw unknown('author', name)
  const after = params.get('after') ?? undefined
  return pageQuery<{ feedPosition: string; author: Author | null }>(
    authorDocument,
    { name, after },
    ({ author, feedPosition }, links) => {
      if (!author) throw unknown('author', name)
      const { accounts, coAuthors } = author
      const path = `authors/${encodeURIComponent(author.name)}`
      return ownerPage(author, { name: author.name, what: 'Author', path, links, feedPosition, after }, [
        accounts.length > 0 &&
          html`<h2>Accounts</h2><ul class="plain">${accounts.map((account) => html`<li><a href="${account.url}"><bdi>${account.fullName ?? account.name}</bdi></a></li>`)}</ul>`,
        coAuthors.length > 0 &&
          html`<h2>Co-authors</h2><ul class="plain">${coAuthors.map(({ author: { name: other }, papers: shared }) => html`<li>${authorLink(other, links)} <span class="number">${shared}</span></li>`)}</ul>`,
      ])
    },
  )
}

const organizationDocument = pageDocument(
  `query OrganizationPage($name: String!, $after: String) {
    feedPosition
    organization(name: $name) { name fullName url ${papers} }
  }`,
  paperEntryFragment,
)

/** `/organizations/deepseek-ai` */
export const readOrganizationPage: ReadPage = ({ name, params }) => {
  if (name === '') throw unknown('organization', name)
  const after = params.get('after') ?? undefined
  return pageQuery<{ feedPosition: string; organization: Organization | null }>(
    organizationDocument,
    { name, after },
    ({ organization, feedPosition }, links) => {
      if (!organization) throw unknown('organization', name)
      const { url, fullName } = organization
      const path = `organizations/${encodeURIComponent(organization.name)}`
      return ownerPage(
        organization,
        {
          name: fullName ?? organization.name,
          key: organization.name,
          what: 'Organization',
          path,
          links,
          feedPosition,
          after,
        },
        [html`<p><a href="${url}">${organization.name} on Hugging Face</a></p>`],
      )
    },
  )
}

const keywordDocument = pageDocument(
  `query KeywordPage($key: String!, $after: String) {
    feedPosition
    keyword(key: $key) { key ${papers} }
  }`,
  paperEntryFragment,
)

/** `/keywords/chain-of-thought` */
export const readKeywordPage: ReadPage = ({ name, params }) => {
  if (name === '') throw unknown('keyword', name)
  const after = params.get('after') ?? undefined
  return pageQuery<{ feedPosition: string; keyword: Keyword | null }>(
    keywordDocument,
    { key: name, after },
    ({ keyword, feedPosition }, links) => {
      if (!keyword) throw unknown('keyword', name)
      const path = `keywords/${encodeURIComponent(keyword.key)}`
      return ownerPage(keyword, { name: keyword.key, what: 'Keyword', path, links, feedPosition, after }, [])
    },
  )
}

function unknown(what: string, name: string): Error {
  return pageNotFound(
    `No paper has the ${what} “${name.slice(0, 100)}”. Search for it: other spellings are found too.`,
  )
}

interface OwnerContext {
  readonly name: string
  /** What filters have in the place of the name. */
  readonly key?: string
  readonly what: string
  readonly path: string
  readonly links: Links
  readonly feedPosition: string
  readonly after: string | undefined
}

function ownerPage(
  { papers: { totalCount, ...page }, papersPerYear }: Owner,
  { name, key = name, what, path, links, feedPosition, after }: OwnerContext,
  beside: readonly (Html | false)[],
): PageContent {
  return {
    title: `${name} · Daily Papers`,
    description: `${papersCounted(totalCount)} on machine learning. ${what}: ${name}.`,
    ...{ path, position: feedPosition, arrivals: after === undefined ? 'feed' : undefined },
    filter: { [`${what.toLowerCase()}s`]: [key] },
    feed: {
      title: `Papers of ${name}`,
      path: `feeds/papers.atom?${new URLSearchParams({ [what.toLowerCase()]: key })}`,
    },
    main: html`<div class="head"><p class="kind">${what}</p>
<h1 dir="auto">${name}</h1>
<p>${papersCounted(totalCount)}, newest first.</p></div>
<div class="columns">
<div>
${paperList(page.nodes, links, what === 'Author' ? name : undefined)}
${nextPage(page, path, links)}
</div>
<aside aria-label="More on ${name}">
${beside}
${papersPerYear.length > 0 && html`<h2>Papers by year</h2><ul class="plain">${papersPerYear.map(({ year, papers: count }) => html`<li>${year} <span class="number">${count}</span></li>`)}</ul>`}
</aside>
</div>`,
  }
}
