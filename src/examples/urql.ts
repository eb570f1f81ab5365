import { Client, type ExecutionResult, fetchExchange, subscriptionExchange } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import { relayPagination } from '@urql/exchange-graphcache/extras'
import { createLiveSocket } from './live-socket.ts'

/** urql with its normalized cache, Graphcache. */

/**
 * Types without an id of their own: they belong to the object that they are a part of. Graphcache asks for each such type, and warns in
 * the console of those that it is not told of; connections it knows by their names. A test compares the list with the
 * schema.
 */
export const partsOfOthers = [
  'Asset',
  'CoAuthor',
  'CreateWebhookPayload',
  'Digest',
  'DigestPayload',
  'EditionProgress',
  'EditionReading',
  'Facet',
  'FeedHeartbeat',
  'FeedPage',
  'HistoryPoint',
  'DeleteWebhookPayload',
  'IngestPapersPayload',
  'IngestedPaper',
  'KeywordTrend',
  'LinkedRepository',
  'Listing',
  'PaperChange',
  'PaperIngested',
  'PaperListed',
  'PaperUpdated',
  'PaperWithdrawn',
  'Period',
  'RejectedPaper',
  'RelatedPaper',
  'Revision',
  'RotateWebhookSecretPayload',
  'SearchExpansion',
  'SearchFacets',
  'SiteVotes',
  'Source',
  'StatsPoint',
  'Submissions',
  'Suggestion',
  'TestWebhookPayload',
  'TextFragment',
  'Trend',
  'VerifiedWebhookPayload',
  'WebhookAttempt',
  'WebhookPayload',
  'WebhookState',
  'YearCount',
] as const

/**
 * Queries go over HTTP, subscriptions over one WebSocket.
 *
 * @param url of the endpoint, e.g. `http://localhost:4000/graphql`
 * @param webSocketImpl for a runtime without `WebSocket`
 */
export function createUrqlClient(url: string, webSocketImpl?: unknown) {
  const socket = createLiveSocket(url, webSocketImpl)
  const client = new Client({
    url,
    exchanges: [
      cacheExchange({
        keys: Object.fromEntries(partsOfOthers.map((type) => [type, () => null])),
        resolvers: { Query: { papers: relayPagination(), search: relayPagination() } },
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query, variables },
              {
                next: (result) => sink.next(result as ExecutionResult),
                error: (error) => sink.error(error),
                complete: () => sink.complete(),
              },
            ),
          }),
        }),
      }),
    ],
    preferGetMethod: false,
  })
  return { client, close: () => socket.dispose() }
}
