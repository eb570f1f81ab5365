/** What GraphiQL opens with when somebody comes for the first time: ready to run, and true on the planted seeds. */
export const starterTabs: readonly { query: string; variables?: string }[] = [
  {
    query: `# The list of a day: the newest one,
# or pass a date. Press Ctrl-Enter to run.
query Edition($date: Date) {
  feedPosition
  edition(date: $date) {
    date
    previous { date }
    listings(first: 30) {
      totalCount
      nodes {
        paper {
          title
          authorCount
          upvotes
          commentCount
        }
      }
    }
  }
}
`,
  },
  {
    query: `# Words, names, arXiv ids. Try author:,
# org:, keyword: and year:, or "a phrase".
query Search($text: String!) {
  search(text: $text, first: 10) {
    totalCount
    repairedText
    nodes {
      title
      arxivId
      publishedOn
    }
    facets {
      keywords(first: 5) { value papers }
    }
  }
}
`,
    variables: '{ "text": "sparse attention" }',
  },
  {
    query: `# All about one paper: the newest one. With
# its arXiv id: paper(arxivId: "…") { … }
query Paper {
  papers(first: 1) {
    nodes {
      title
      abstract
      publishedAt
      authorCount
      arxivUrl
      related(first: 3) {
        paper { title }
      }
      bibtex
    }
  }
}
`,
  },
  {
    query: `# What readers vote for most these days,
# or in the last days that had papers.
query Trending {
  papers(first: 10, order: TRENDING) {
    nodes {
      title
      upvotes
      trending { score gainedLastDay }
    }
  }
}
`,
  },
  {
    query: `# Everything that happens, live. The first
# heartbeat says that you listen; then, in
# a terminal: npm run ingest -- <file>
subscription Live {
  feed(heartbeat: 10) {
    __typename
    cursor
    ... on PaperIngested {
      paper { title abstract }
    }
    ... on PaperListed {
      editionDate
      paper { title }
    }
    ... on FeedHeartbeat {
      caughtUpAt
    }
  }
}
`,
  },
]
