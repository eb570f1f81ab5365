import { graphql } from 'relay-runtime'

export const frontPageQuery = graphql`
  query FrontPageQuery($first: Int = 30) @preloadable {
    feedPosition
    edition {
      date
      previous { date }
      ...FrontPage_listings @arguments(first: $first)
    }
  }
`

/** Pages of an object that is a node: Relay makes the query for the next page, through `node(id:)`, by itself. */
export const listings = graphql`
  fragment FrontPage_listings on Edition
  @argumentDefinitions(first: { type: "Int", defaultValue: 30 }, after: { type: "String" })
  @refetchable(queryName: "FrontPageListingsPaginationQuery") {
    listings(first: $first, after: $after) @connection(key: "FrontPage_listings") {
      totalCount
      edges {
        node {
          submitter { name fullName avatarUrl }
          paper { id ...PaperCard_paper }
        }
      }
    }
  }
`
