/** What GraphiQL opens with when somebody comes for the first time: ready to run, and true on the planted seeds. */
export const starterTabs: readonly { query: string }[] = [
  {
    query: `# Daily Papers: the newest papers. Run it with Ctrl-Enter; the other tabs are worth a look too.
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
    query: `# The list of one day, as the page shows it.
query LatestEdition {
  editions(first: 1) {
    nodes {
      date
      papers(first: 30) {
        totalCount
        nodes {
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
    query: `# Stays open and shows each paper the moment it is ingested. Leave it running, and in a terminal:
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
]
