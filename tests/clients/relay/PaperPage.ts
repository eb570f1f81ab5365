import { graphql } from 'relay-runtime'

export const paperPageQuery = graphql`
  query PaperPageQuery($id: ID!) {
    paper(id: $id) {
      title
      abstract
      publishedOn
      ...PaperCard_votes
      ...PaperPage_related @defer(label: "related")
    }
  }
`

export const related = graphql`
  fragment PaperPage_related on Paper {
    related(first: 3) {
      score
      paper { ...PaperCard_paper }
    }
  }
`

export const ingested = graphql`
  subscription PaperPageIngestedSubscription($filter: PaperFilter) {
    paperIngested(filter: $filter) {
      cursor
      paper { ...PaperCard_paper }
    }
  }
`

export const ingest = graphql`
  mutation PaperPageIngestMutation($papers: [PaperInput!]!) {
    ingestPapers(papers: $papers) {
      newCount
      results {
        __typename
        ... on IngestedPaper { outcome paper { id } }
        ... on RejectedPaper { path reason }
      }
    }
  }
`
