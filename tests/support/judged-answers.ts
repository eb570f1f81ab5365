/** A page of a search, as much as is judged of it. */
export const searchDocument = `query ($text: String!, $after: String) {
  search(text: $text, first: 100, after: $after) {
    nodes { arxivId }
    pageInfo { endCursor hasNextPage }
  }
}`

export interface SearchAnswer {
  readonly search: {
    readonly nodes: readonly { readonly arxivId: string }[]
    readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean }
  }
}

/** The arXiv ids of all papers that a search finds, in order; none where the search is refused. */
export async function idsFound(
  text: string,
  ask: (variables: { text: string; after: string | null }) => Promise<SearchAnswer | null>,
): Promise<string[]> {
  const ids: string[] = []
  let after: string | null = null
  do {
    const answer: SearchAnswer | null = await ask({ text, after })
    if (!answer) return ids
    const { nodes, pageInfo } = answer.search
    ids.push(...nodes.map(({ arxivId }) => arxivId))
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null
  } while (after !== null)
  return ids
}
