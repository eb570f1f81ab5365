import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ExecutionResult, type GraphQLError, type GraphQLSchema, parse } from 'graphql'
import type { Db } from '../../../db/database.ts'
import type { Feed } from '../../../db/feed/feed.ts'
import { createContext, type Viewer } from '../../../schema/core/context.ts'
import { statusOf } from '../../../schema/core/error-codes.ts'
import { ApiError } from '../../../schema/core/errors.ts'
import { allowsOrigin } from '../../origins.ts'
import type { Frame } from '../frame.ts'
import type { Hub } from '../hub.ts'
import { readFeedRequest } from './sse-request.ts'
import { EventStream, feedError } from './sse-stream.ts'
import { addressOf } from './yoga-plugin.ts'

export interface FeedRouteOptions {
  readonly schema: GraphQLSchema
  readonly db: Db
  readonly feed: Feed
  readonly hub: Hub
  readonly viewerOf: (request: IncomingMessage) => Viewer
  /** Origins whose pages may read it; `*` for all. */
  readonly corsOrigins: readonly string[]
  /** What a client is told of an error. */
  readonly toClient: (error: unknown) => GraphQLError
  /** Bytes that may wait for one client in this process. Default 256 Ki. */
  readonly sendBuffer?: number
}

/** What `/feed` sends: this document's events, each as it would stand in a GraphQL result. */
const feedDocument = /* GraphQL */ `
subscription Feed($after: FeedCursor!, $kinds: [FeedEventKind!], $filter: PaperFilter, $heartbeat: Int!) {
  feed(after: $after, kinds: $kinds, filter: $filter, heartbeat: $heartbeat) {
    type: __typename
    cursor
    previousCursor
    ... on PaperEvent {
      recordedAt
      source
      paper {
        id arxivId title abstract publishedAt authorCount authors(first: 100) { nodes { name } }
        upvotes commentCount categories aiSummary aiKeywords organization { name }
        githubRepo projectPage thumbnailUrl pageUrl arxivUrl firstListedOn lastListedOn withdrawnAt
      }
    }
    ... on PaperUpdated { changes { field before after } }
    ... on PaperListed { editionDate submitterName submittedAt }
    ... on PaperWithdrawn { withdrawnAt }
    ... on FeedHeartbeat { caughtUpAt reconnectAfter sources { name lastReadAt lastSuccessAt } }
  }
}`

/**
 * Server-Sent Events with ids: a browser's EventSource resumes by itself after a cut, by the `Last-Event-ID` it
 * sends. Paper events are messages; heartbeats are events named `heartbeat`, whose id moves a quiet filter on; an
 * end for a reason is an event named `fault`.
 */
export function createFeedRoute(options: FeedRouteOptions) {
  const { schema, db, feed, hub, viewerOf, corsOrigins, toClient, sendBuffer = 256 * 1024 } = options
  const document = parse(feedDocument)

  return async function feedRoute(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const origin = request.headers.origin
    if (origin !== undefined && allowsOrigin(corsOrigins, origin)) {
      response.setHeader('access-control-allow-origin', corsOrigins.includes('*') ? '*' : origin)
      response.setHeader('vary', 'origin')
    }
    if (request.method === 'OPTIONS') {
      response.setHeader('access-control-allow-methods', 'GET')
      response.setHeader('access-control-allow-headers', 'authorization, last-event-id')
      response.writeHead(204).end()
      return
    }
    if (request.method !== 'GET') {
      response.setHeader('allow', 'GET, OPTIONS')
      return refuse(response, new ApiError('METHOD_NOT_ALLOWED', 'Read the feed with GET.'))
    }
    const variableValues = readFeedRequest(request)
    if (variableValues instanceof ApiError) return refuse(response, variableValues)
    const contextValue = createContext({ db, feed, viewer: viewerOf(request) })
    let stream: EventStream | undefined
    const opened = await hub.open(
      { schema, document, variableValues, contextValue },
      addressOf(request),
      (subscription) => {
        stream = new EventStream(response, subscription, sendBuffer, (frame) => [
          feed.cursor(frame.position),
          eventOf(frame),
        ])
        return stream
      },
    )
    if (stream) stream.start()
    else refuse(response, toClient((opened as ExecutionResult).errors?.[0]))
  }
}

const opening = '{"data":{"feed":'
const heartbeat = '{"type":"FeedHeartbeat"'

/** The lines of a frame but its id. The frame is JSON of the document above, so its event stands between braces. */
function eventOf({ text }: Frame): string {
  if (!text.startsWith(opening)) return `event: fault\ndata: ${text}`
  const event = text.slice(opening.length, -2)
  return event.startsWith(heartbeat) ? `event: heartbeat\ndata: ${event}` : `data: ${event}`
}

function refuse(response: ServerResponse, error: GraphQLError): void {
  const status = statusOf(error.extensions.code)
  if (status === 429 || status === 503) response.setHeader('retry-after', '5')
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    .end(`${JSON.stringify({ error: feedError(error) })}\n`)
}
