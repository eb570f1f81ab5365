import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ExecutionResult, type GraphQLError, type GraphQLSchema, parse } from 'graphql'
import type { Db } from '../../../db/database.ts'
import type { Feed } from '../../../db/feed/feed.ts'
import { createContext, type Viewer } from '../../../schema/core/context.ts'
import { ApiError } from '../../../schema/core/errors.ts'
import type { Clock } from '../../clock.ts'
import { refuse } from '../../http/respond.ts'
import type { Route } from '../../http/route.ts'
import type { Frame } from '../frame.ts'
import type { Hub } from '../hub.ts'
import { addressOf } from './address.ts'
import { readFeedRequest } from './sse-request.ts'
import { EventStream } from './sse-stream.ts'

export interface FeedRouteOptions {
  readonly schema: GraphQLSchema
  readonly db: Db
  readonly feed: Feed
  readonly hub: Hub
  readonly viewerOf: (request: IncomingMessage) => Viewer
  /** The error as a client may see it. */
  readonly toClient: (error: unknown) => GraphQLError
  /** Bytes that may wait for one client in this process. */
  readonly sendBuffer: number
  readonly clock: Clock
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
export function createFeedRoute(options: FeedRouteOptions): Route {
  const { schema, db, feed, hub, viewerOf, toClient, sendBuffer, clock } = options
  const document = parse(feedDocument)
  const streamOptions = {
    ...{ sendBuffer, clock },
    format: (frame: Frame): [string, string] => [feed.cursor(frame.position), eventOf(frame)],
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const variableValues = readFeedRequest(request)
    if (variableValues instanceof ApiError) return refuse(response, variableValues)
    const contextValue = createContext({ db, feed, viewer: viewerOf(request) })
    let stream: EventStream | undefined
    const args = { schema, document, variableValues, contextValue }
    const opened = await hub.open(args, addressOf(request), (subscription) => {
      stream = new EventStream(response, subscription, streamOptions)
      return stream
    })
    if (stream) stream.start(request.method === 'HEAD')
    else refuse(response, toClient((opened as ExecutionResult).errors?.[0]))
  }
  return { methods: ['GET'], answer }
}

const opening = '{"data":{"feed":'
const heartbeat = '{"type":"FeedHeartbeat"'

/** The lines of a frame but its id. The frame is JSON of the document above, so its event stands between braces. */
function eventOf({ text }: Frame): string {
  if (!text.startsWith(opening)) return `event: fault\ndata: ${text}`
  const event = text.slice(opening.length, -2)
  return event.startsWith(heartbeat) ? `event: heartbeat\ndata: ${event}` : `data: ${event}`
}
