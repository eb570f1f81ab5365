import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql'
import type { Db } from '../../../db/database.ts'
import type { Feed } from '../../../db/feed/feed.ts'
import { createContext } from '../../../schema/core/context.ts'
import { statusOf } from '../../../schema/core/error-codes.ts'
import { ApiError } from '../../../schema/core/errors.ts'
import { refusalOf } from '../../../schema/core/rights.ts'
import { flatError } from '../../client-errors.ts'
import type { Clock } from '../../clock.ts'
import { isEventSource, postpone } from '../../http/event-source.ts'
import { refuse } from '../../http/respond.ts'
import type { Route } from '../../http/route.ts'
import type { SenderOf } from '../../http/sender.ts'
import { eventJson, feedDocument } from '../feed-document.ts'
import type { Subscription } from '../frame.ts'
import type { Encoding } from '../frame-builder.ts'
import type { Hub } from '../hub.ts'
import { readFeedRequest } from './sse-request.ts'
import { comebackMs, EventStream } from './sse-stream.ts'

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

/**
 * Server-Sent Events with ids: a browser's EventSource resumes by itself after a cut, by the `Last-Event-ID` it
 * sends. Paper events are messages; heartbeats are events named `heartbeat`, whose id moves a quiet filter on, and which
 * list the sources when they have changed. An event named `reset` says that events before its id are lost, and why; one
 * named `fault` is an error, and has no id.
 */
export function createFeedRoute(options: FeedRouteOptions): Route {
  const { schema, db, feed, hub, senderOf, toClient, sendBuffer, clock } = options

  function refuseOrPostpone(request: IncomingMessage, response: ServerResponse, refusal: GraphQLError): void {
    if (isTemporary(refusal) && isEventSource(request)) postpone(response, refusal, 3000 + comebackMs(clock))
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
      const args = {
        schema,
        document: feedDocument,
        variableValues: { ...variableValues, after },
        contextValue,
      }
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

/**
 * A result as an event: a paper event, with the errors of the fields that are null because of them. What tells of a
 * failure has no id, and so moves nobody on.
 */
const feedEncoding: Encoding = {
  name: '/feed',
  encode(result, delivery) {
    const json = eventJson(result)
    if (json === undefined || !delivery)
      return `event: fault\ndata: ${JSON.stringify(flatError(result.errors?.[0] ?? { message: 'The event failed.' }))}\n\n`
    return `id: ${delivery.cursor}\n${delivery.entry ? '' : 'event: heartbeat\n'}data: ${json}\n\n`
  },
}
