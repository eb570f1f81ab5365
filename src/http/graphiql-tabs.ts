/** What GraphiQL opens with when somebody comes for the first time: ready to run, and true on the planted seeds. */
export const starterTabs: readonly { query: string }[] = [
  {
    query: `# The newest papers, and the position of the
# feed at that moment. Press Ctrl-Enter to run.
query NewestPapers {
  feedPosition
  papers(first: 5) {
    totalCount
    nodes {
      title
      publishedAt
      upvotes
      commentCount
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`,
  },
  {
    query: `# The latest edition of Daily Papers.
query LatestEdition {
  edition {
    date
    listings(first: 30) {
      totalCount
      nodes {
        paper {
          title
          authorCount
          commentCount
        }
      }
    }
  }
}
`,
  },
  {
    query: `# Delivers papers as they are ingested.
# Run it, then in a terminal:
#   npm run ingest -- <file>
# To continue from a page, pass its
# feedPosition in the variables:
#   {"after": "…"}
subscription NewPapers(
  $after: FeedCursor! = NOW
) {
  paperIngested(after: $after) {
    cursor
    paper {
      title
      publishedAt
      abstract
    }
  }
}
`,
  },
]
