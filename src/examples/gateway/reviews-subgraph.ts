import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { type DocumentNode, GraphQLError, parse } from 'graphql'
import { createYoga } from 'graphql-yoga'

/** By what the subgraph knows papers. */
export type PaperKeyField = 'arxivId' | 'id'

/**
 * Another team's subgraph, as it would be. What it adds to papers is nullable: it may be away, and a paper without
 * an arXiv id is none that it can know by that key.
 */
export const reviewsSdl = (key: PaperKeyField = 'arxivId') => `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])

  type Query {
    review(id: ID!): Review
    "The best reviews, of papers that may be unknown to others."
    reviews(first: Int! = 10): [Review!]!
  }

  type Review @key(fields: "id") {
    id: ID!
    stars: Int!
    text: String!
    paper: Paper
  }

  type Paper @key(fields: "${key}") {
    ${key === 'id' ? 'id: ID!' : 'arxivId: String'}
    reviews: [Review!]
    bookmarkCount: Int
  }

  "As every subgraph with Relay connections has it."
  type PageInfo @shareable {
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
    endCursor: String
  }
`

/** One HTTP request that the subgraph got. */
export interface SeenRequest {
  readonly headers: IncomingHttpHeaders
  readonly query: string
  readonly variables: Record<string, unknown>
}

export interface ReviewsSubgraph extends AsyncDisposable {
  readonly url: string
  readonly seen: SeenRequest[]
  /** What `bookmarkCount` does from now on. */
  behave(how: 'well' | 'fail' | 'hang'): void
  close(): Promise<void>
}

type Reference = Partial<Record<PaperKeyField, string | null>>

/** Each paper has one review; the n-th of `reviews` is of the paper `2606.0000n`. */
export async function startReviews({ key = 'arxivId' as PaperKeyField } = {}): Promise<ReviewsSubgraph> {
  const review = (id: string) => ({
    id,
    stars: ((id.at(-1)?.charCodeAt(0) ?? 0) % 5) + 1,
    text: `On ${id}`,
    paper: { [key]: id },
  })
  let behaviour: Parameters<ReviewsSubgraph['behave']>[0] = 'well'
  const seen: SeenRequest[] = []
  const schema = buildSubgraphSchema([
    {
      typeDefs: parse(reviewsSdl(key)) as DocumentNode,
      resolvers: {
        Query: {
          review: (_: unknown, { id }: { id: string }) => review(id),
          reviews: (_: unknown, { first }: { first: number }) =>
            Array.from({ length: first }, (_each, index) =>
              review(`2606.${String(index + 1).padStart(5, '0')}`),
            ),
        },
        Review: { __resolveReference: ({ id }: { id: string }) => review(id) },
        Paper: {
          __resolveReference: (paper: Reference) => (paper[key] ? paper : null),
          reviews: (paper: Reference) => [review(paper[key] ?? '')],
          bookmarkCount: (paper: Reference) => {
            if (behaviour === 'fail') {
              const extensions = { code: 'BOOKMARKS_AWAY', shelf: 7 }
              throw new GraphQLError('The bookmarks are unavailable.', { extensions })
            }
            if (behaviour === 'hang') return new Promise(() => {})
            return Number(paper.arxivId?.slice(-2))
          },
        },
      },
    },
  ])
  const yoga = createYoga({
    schema,
    logging: false,
    landingPage: false,
    plugins: [
      {
        onParams({ params, request }) {
          const headers = Object.fromEntries(request.headers)
          seen.push({ headers, query: params.query ?? '', variables: params.variables ?? {} })
        },
      },
    ],
  })
  const server = createServer(yoga)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await yoga.dispose()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    seen,
    behave(how) {
      behaviour = how
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
