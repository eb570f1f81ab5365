import { graphql } from 'relay-runtime'

export const searchQuery = graphql`
  query SearchQuery($text: String!, $filter: PaperFilter) {
    ...Search_results @arguments(text: $text, filter: $filter)
  }
`

/** Pages of a connection at the root, forwards and backwards. */
export const results = graphql`
  fragment Search_results on Query
  @argumentDefinitions(
    text: { type: "String!" }
    filter: { type: "PaperFilter" }
    first: { type: "Int", defaultValue: 20 }
    after: { type: "String" }
  )
  @refetchable(queryName: "SearchResultsPaginationQuery") {
    search(text: $text, filter: $filter, first: $first, after: $after)
      @connection(key: "Search_search", filters: ["text", "filter"]) {
      repairedText
      edges {
        titleHighlights { text matched }
        node { ...PaperCard_paper }
      }
    }
  }
`

export const newest = graphql`
  fragment Search_newest on Query
  @argumentDefinitions(
    first: { type: "Int", defaultValue: 20 }
    after: { type: "String" }
    last: { type: "Int" }
    before: { type: "String" }
  )
  @refetchable(queryName: "SearchNewestPaginationQuery") {
    papers(first: $first, after: $after, last: $last, before: $before, order: NEWEST)
      @connection(key: "Search_papers") {
      edges { node { ...PaperCard_paper } }
    }
  }
`
