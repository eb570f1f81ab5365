import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ExecutionResult, type GraphQLError, type GraphQLSchema, parse } from 'graphql'
import type { Db } from '../../../db/database.ts'
import type { Feed } from '../../../db/feed/feed.ts'
import { createContext } from '../../../schema/core/context.ts'
import { statusOf } from '../../../schema/core/error-codes.ts'
import { ApiError } from '../../../schema/core/errors.ts'
import { refusalOf } from '../../../schema/core/rights.ts'
import { flatError } from '../../client-errors.ts'
import type { Clock } from '../../clock.ts'
import { refuse } from '../../http/respond.ts'
import type { Route } from '../../http/route.ts'
import type { SenderOf } from '../../http/sender.ts'
import type { Subscription } from '../frame.ts'
import type { Encoding } from '../frame-builder.ts'
import type { Hub } from '../hub.ts'
import { readFeedRequest } from './sse-request.ts'
import { EventStream, postpone } from './sse-stream.ts'

export interface FeedRouteOptions {
  readonly schema: GraphQLSchema
  readonly db: Db
  readonly feed: Feed
  readonly hub: Hub
  readonly senderOf: SenderOf
  /** The error as a client may see it. */
  readonly toClient: (error: unknown) => GraphQLError
  /** Bytes that may wait for one client in this process. */
  readonly sendBuffer: number
  readonly clock: Clock
}

/** What `/feed` sends: this document's events, each as in a GraphQL result. */
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
    ... on FeedHeartbeat { caughtUpAt reconnectAfter sources: changedSources { name lastReadAt lastSuccessAt } }
  }
}`

/**
 * Server-Sent Events with ids: a browser's EventSource resumes by itself after a cut, by the `Last-Event-ID` it
 * sends. Paper events are messages; heartbeats are events named `heartbeat`, whose id moves a quiet filter on, and which
 * list the sources when they have changed. An event named `reset` says that events before its id are lost, and why; one
 * named `fault` is an error, and has no id.
 */
export function createFeedRoute(options: FeedRouteOptions): Route {
  const { schema, db, feed, hub, senderOf, toClient, sendBuffer, clock } = options
  const document = parse(feedDocument)

  function refuseOrPostpone(request: IncomingMessage, response: ServerResponse, refusal: GraphQLError): void {
    if (isTemporary(refusal) && isEventSource(request)) postpone(response, refusal, clock)
    else refuse(response, refusal)
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { viewer, client } = await senderOf(request, response)
    const unauthorized = refusalOf(viewer, 'read')
    if (unauthorized) return refuseOrPostpone(request, response, unauthorized)
    const variableValues = readFeedRequest(request)
    if (variableValues instanceof ApiError) return refuse(response, variableValues)
    const contextValue = createContext({ db, feed, viewer })
    let stream: EventStream | undefined
    const open = async (after: unknown): Promise<GraphQLError | undefined> => {
      const args = { schema, document, variableValues: { ...variableValues, after }, contextValue }
      const makeSink = (subscription: Subscription) => {
        stream = new EventStream(response, subscription, { sendBuffer, clock })
        return stream
      }
      const opened = await hub.open(args, { client }, makeSink, feedEncoding)
      return stream ? undefined : toClient((opened as ExecutionResult).errors?.[0])
    }
    const refusal = await open(variableValues.after)
    const restartFrom = refusal?.extensions.restartFrom
    // An EventSource takes any other answer than a stream for final: it gets the refusal as an event, and goes on.
    if (restartFrom !== undefined && isEventSource(request)) await open(restartFrom)
    if (stream) stream.start(request.method === 'HEAD', refusal)
    else if (refusal) refuseOrPostpone(request, response, refusal)
  }
  return { methods: ['GET'], answer }
}

/** Whether the same request can be answered later. */
function isTemporary({ extensions }: GraphQLError): boolean {
  const status = statusOf(extensions.code)
  return status === 429 || status >= 500
}

function isEventSource({ headers }: IncomingMessage): boolean {
  return headers['last-event-id'] !== undefined || (headers.accept ?? '').includes('text/event-stream')
}

/**
 * A result as an event: a paper event, with the errors of the fields that are null because of them. What tells of a
 * failure has no id, and so moves nobody on.
 */
const feedEncoding: Encoding = {
  name: '/feed',
  encode({ fields, errors = [] }, delivery) {
    const event = fields?.[0]?.json
    if (event === undefined || !delivery)
      return `event: fault\ndata: ${JSON.stringify(flatError(errors[0] ?? { message: 'The event failed.' }))}\n\n`
    const json = errors.length > 0 ? JSON.stringify({ ...JSON.parse(event), errors }) : event
    return `id: ${delivery.cursor}\n${delivery.entry ? '' : 'event: heartbeat\n'}data: ${json}\n\n`
  },
}
