import { pageDocument } from './page-query.ts'
import type { OrganizationName, PaperEntry } from './paper-entry.ts'
import type { PlottedPoint } from './plot.ts'

/** What the page of a paper asks. */
export const paperDocument = pageDocument(`query PaperPage($arxivId: String, $id: ID) {
  feedPosition
  paper(arxivId: $arxivId, id: $id) {
    id arxivId title abstract upvotes commentCount withdrawnAt publishedOn revisedAt arxivVersion
    organization { name fullName }
    authorCount
    authors(first: 100) {
      edges { hidden claimStatus account { name fullName url } node { name } }
    }
    listings { edition { date } submitter { name fullName url } }
    aiSummary
    keywords { key }
    comment journalRef
    arxivUrl pdfUrl pageUrl discussionUrl doi projectPage githubRepo githubStars
    linkedModels { name url } linkedModelCount
    linkedDatasets { name url } linkedDatasetCount
    linkedSpaces { name url } linkedSpaceCount
    comments { author { name fullName url } text createdAt }
    history(last: 200) { observedAt upvotes }
    revisions { title abstract seenAt replacedAt source }
    related(first: 6) {
      paper { id arxivId title publishedOn }
      sharedAuthors { name }
      sharedKeywords { key }
      sharedTerms
      sameRepository
      sameOrganization
      sameEdition
    }
    bibtex
    ris: citation(format: RIS)
    csl: citation(format: CSL_JSON)
  }
}`)

export interface AccountName {
  readonly name: string
  readonly fullName: string | null
  readonly url: string
}

export interface LinkedEntry {
  readonly name: string
  readonly url: string
}

export interface CommentEntry {
  readonly author: AccountName | null
  readonly text: string
  readonly createdAt: string
}

export interface RelatedEntry {
  readonly paper: Pick<PaperEntry, 'id' | 'arxivId' | 'title'> & { readonly publishedOn: string }
  readonly sharedAuthors: readonly { readonly name: string }[]
  readonly sharedKeywords: readonly { readonly key: string }[]
  readonly sharedTerms: readonly string[]
  readonly sameRepository: boolean
  readonly sameOrganization: boolean
  readonly sameEdition: boolean
}

export interface PaperDetails {
  readonly id: string
  readonly arxivId: string | null
  readonly title: string
  readonly abstract: string | null
  readonly upvotes: number
  readonly commentCount: number
  readonly withdrawnAt: string | null
  readonly publishedOn: string
  readonly revisedAt: string | null
  readonly arxivVersion: number | null
  readonly organization: OrganizationName | null
  readonly authorCount: number
  readonly authors: {
    readonly edges: readonly {
      readonly hidden: boolean
      readonly claimStatus: string | null
      readonly account: AccountName | null
      readonly node: { readonly name: string }
    }[]
  }
  readonly listings: readonly {
    readonly edition: { readonly date: string }
    readonly submitter: AccountName | null
  }[]
  readonly aiSummary: string | null
  readonly keywords: readonly { readonly key: string }[]
  readonly comment: string | null
  readonly journalRef: string | null
  readonly arxivUrl: string | null
  readonly pdfUrl: string | null
  readonly pageUrl: string | null
  readonly discussionUrl: string | null
  readonly doi: string | null
  readonly projectPage: string | null
  readonly githubRepo: string | null
  readonly githubStars: number | null
  readonly linkedModels: readonly LinkedEntry[]
  readonly linkedModelCount: number | null
  readonly linkedDatasets: readonly LinkedEntry[]
  readonly linkedDatasetCount: number | null
  readonly linkedSpaces: readonly LinkedEntry[]
  readonly linkedSpaceCount: number | null
  readonly comments: readonly CommentEntry[]
  readonly history: readonly PlottedPoint[]
  readonly revisions: readonly {
    readonly title: string
    readonly abstract: string | null
    readonly seenAt: string
    readonly replacedAt: string
    readonly source: string
  }[]
  readonly related: readonly RelatedEntry[]
  readonly bibtex: string
  readonly ris: string
  readonly csl: string
}
