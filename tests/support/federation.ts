import type { FormattedExecutionResult } from 'graphql'
import { type ReviewsSubgraph, startReviews } from '../../src/examples/gateway/reviews-subgraph.ts'
import { compose, papersService, reviewsService } from '../../src/examples/gateway/supergraph.ts'
import { post, startTestApp, type TestApp, type TestAppOptions } from './app.ts'

/** The server, the subgraph of another team, and the supergraph of both. */
export interface Federation extends AsyncDisposable {
  readonly app: TestApp
  readonly reviews: ReviewsSubgraph
  readonly supergraph: string
}

export async function startFederation(options: TestAppOptions = {}): Promise<Federation> {
  await using stack = new AsyncDisposableStack()
  const app = stack.use(await startTestApp(options))
  const reviews = stack.use(await startReviews())
  const supergraph = compose([papersService(app.endpoint), reviewsService(reviews.url)])
  const opened = stack.move()
  return { app, reviews, supergraph, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

/** Asks a gateway, as a client would, and gives the whole result. */
export async function ask<Data>(
  gateway: { readonly endpoint: string },
  query: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<FormattedExecutionResult<Data>> {
  const response = await post(gateway, { query, variables }, { accept: 'application/json', ...headers })
  return (await response.json()) as FormattedExecutionResult<Data>
}
