/** What GraphiQL opens with when somebody comes for the first time: ready to run, and true on the planted seeds. */
export const starterTabs: readonly { query: string }[] = [
  {
    query: `# The newest papers, and where the feed
# stands at that moment. Run it: Ctrl-Enter.
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
    query: `# The Daily Papers of the latest day.
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
    query: `# Shows each paper the moment it is ingested.
# Run it, and then in a terminal:
#   npm run ingest -- <file>
# To go on exactly from a page, put its
# feedPosition into the variables below:
#   {"after": "…"}
subscription NewPapers($after: FeedCursor! = NOW) {
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
