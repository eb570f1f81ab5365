/** What GraphiQL opens with when somebody comes for the first time: ready to run, and true on the planted seeds. */
export const starterTabs: readonly { query: string }[] = [
  {
    query: `# The newest papers. Run it: Ctrl-Enter.
query NewestPapers {
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
subscription NewPapers {
  paperIngested {
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
  {
    query: `# A page and where the feed stands, in one snapshot; then all that comes after, each paper once.
# Run PageAndPosition, put its feedPosition into the variables below, {"after": "…"}, and run AfterThePage.
query PageAndPosition {
  feedPosition
  papers(first: 5) {
    nodes {
      title
    }
  }
}

subscription AfterThePage($after: FeedCursor! = NOW) {
  feed(after: $after) {
    __typename
    cursor
    previousCursor
    ... on PaperEvent {
      paper {
        title
      }
    }
    ... on FeedHeartbeat {
      caughtUpAt
    }
  }
}
`,
  },
]
