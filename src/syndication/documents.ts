import type { FeedEdition, FeedPaper } from './entries.ts'
import { mostAuthors } from './entries.ts'

/** What feeds ask of the API, in the order of the arguments of a `FeedQuestion`. */

export interface PapersAnswer {
  readonly papers: {
    readonly nodes: readonly FeedPaper[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

export interface EditionsAnswer {
  readonly editions: {
    readonly nodes: readonly FeedEdition[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

export const papersDocument = /* GraphQL */ `
query FeedOfPapers(
  $filter: PaperFilter, $order: PaperOrder!, $first: Int!, $after: String, $arrivedAfter: FeedCursor
) {
  papers(filter: $filter, order: $order, first: $first, after: $after, arrivedAfter: $arrivedAfter) {
    nodes {
      id arxivId title abstract authorCount authors(first: ${mostAuthors}) { nodes { name } }
      organization { name fullName }
      categories publishedOn withdrawnAt ingestedAt textChangedAt pageUrl arxivUrl githubRepo projectPage
    }
    pageInfo { hasNextPage endCursor }
  }
}`

export const editionsDocument = /* GraphQL */ `
query FeedOfEditions($first: Int!, $after: String) {
  editions(order: ARRIVAL, first: $first, after: $after) {
    nodes {
      date
      listings(first: 100) { nodes { recordedAt paper { id arxivId title textChangedAt pageUrl } } }
    }
    pageInfo { hasNextPage endCursor }
  }
}`

export const editionDocument = /* GraphQL */ `
query EditionOfFeed($date: Date!) { edition(date: $date) { date } }`
