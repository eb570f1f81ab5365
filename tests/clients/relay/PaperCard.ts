import { graphql } from 'relay-runtime'

export const card = graphql`
  fragment PaperCard_paper on Paper {
    id
    arxivId
    title
    aiSummary
    thumbnailUrl
    upvotes
    commentCount
    authors(first: 5) { nodes { name } }
    organization { name fullName }
  }
`

/** An object that is fetched again by its id. */
export const votes = graphql`
  fragment PaperCard_votes on Paper @refetchable(queryName: "PaperCardVotesRefetchQuery") {
    upvotes
    commentCount
    trending { score upvotesPerHour }
  }
`
