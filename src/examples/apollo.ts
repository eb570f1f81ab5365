import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { relayStylePagination } from '@apollo/client/utilities'
import { OperationTypeNode } from 'graphql'
import { createLiveSocket } from './live-socket.ts'

/** Apollo Client: a list that grows by pages at its end and by new papers at its beginning. */

/**
 * Objects are found by their `id`. Two things the cache cannot know: the arguments that make lists different ones, and that
 * suggestions have the id of what they suggest, so that they belong to the list that they came in.
 */
export function createPapersCache(): InMemoryCache {
  return new InMemoryCache({
    typePolicies: {
      Query: {
        fields: {
          papers: relayStylePagination(['filter', 'order', 'asOf', 'arrivedAfter']),
          search: relayStylePagination(['text', 'filter']),
        },
      },
      Suggestion: { keyFields: false },
    },
  })
}

/**
 * Queries go over HTTP, subscriptions over one WebSocket.
 *
 * @param url of the endpoint, e.g. `http://localhost:4000/graphql`
 * @param webSocketImpl for a runtime without `WebSocket`
 */
export function createApolloClient(url: string, webSocketImpl?: unknown) {
  const socket = createLiveSocket(url, webSocketImpl)
  const link = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    new HttpLink({ uri: url }),
  )
  const client = new ApolloClient({ cache: createPapersCache(), link })
  return { client, close: () => socket.dispose() }
}

/** The position belongs to the list: what is subscribed to after it is what the list lacks. */
export const newestPapers = gql`
  query NewestPapers($first: Int, $after: String) {
    feedPosition
    papers(first: $first, after: $after) {
      edges { cursor node { id title publishedOn upvotes } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`

export const newPapers = gql`
  subscription NewPapers($after: FeedCursor!) {
    paperIngested(after: $after) { cursor paper { id title publishedOn upvotes } }
  }
`

export interface ListedPaper {
  readonly id: string
  readonly title: string
  readonly publishedOn: string
  readonly upvotes: number
}

export interface NewestPapers {
  readonly feedPosition: string
  readonly papers: {
    readonly edges: readonly { readonly cursor: string; readonly node: ListedPaper }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

/** Puts each new paper at the beginning of the list in the cache, from where the list was read on. */
export function followNewPapers(client: ApolloClient, after: string): { unsubscribe(): void } {
  return client
    .subscribe<{ paperIngested: { cursor: string; paper: ListedPaper } }>({
      query: newPapers,
      variables: { after },
    })
    .subscribe(({ data }) => {
      const paper = data?.paperIngested.paper
      if (!paper) return
      client.cache.updateQuery<NewestPapers>({ query: newestPapers }, (list) => {
        if (!list || list.papers.edges.some(({ node }) => node.id === paper.id)) return list
        const edge = { __typename: 'PaperEdge', cursor: '', node: { __typename: 'Paper', ...paper } }
        return { ...list, papers: { ...list.papers, edges: [edge, ...list.papers.edges] } }
      })
    })
}
