import type { Server } from 'node:http'
import type { GraphQLSchema } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Db } from '../../../db/database.ts'
import type { Feed } from '../../../db/feed/feed.ts'
import { startRetention } from '../../../db/feed/retention.ts'
import type { ViewerOf } from '../../auth.ts'
import type { ClientPoints } from '../../client-points.ts'
import type { Clock } from '../../clock.ts'
import type { Config } from '../../config.ts'
import type { Engine } from '../../graphql/engine.ts'
import { snapshotWithPosition } from '../../graphql/executors.ts'
import type { Asked } from '../../graphql/trusted.ts'
import { clientAddress } from '../../http/client-address.ts'
import type { Connections } from '../../http/connections.ts'
import type { Route } from '../../http/route.ts'
import { readSender } from '../../http/sender.ts'
import type { Logger } from '../../log.ts'
import { logFailure } from '../../log-failure.ts'
import { feedFormat } from '../execution.ts'
import { Hub } from '../hub.ts'
import type { FeedMeter } from '../meter.ts'
import { createFeedRoute } from './sse.ts'
import { WebSockets } from './ws.ts'
import { serveFeed } from './yoga-plugin.ts'

export interface FeedServiceOptions {
  readonly schema: GraphQLSchema
  readonly db: Db
  readonly feed: Feed
  readonly points: ClientPoints
  readonly meter?: FeedMeter
  readonly config: Pick<Config, 'http' | 'feed' | 'limits' | 'shutdownMs'>
  readonly viewerOf: ViewerOf
  readonly log: Logger
  readonly clock: Clock
  /** The text of the document that a client names by an id; see trusted.ts. */
  readonly documentOf: (asked: Asked) => string | undefined
}

/** Everything that pushes: what the engine, the HTTP server and the end of the process need of it. */
export interface FeedService {
  readonly hub: Hub
  /** For the engine: subscriptions, and queries in one snapshot with `feedPosition`. */
  readonly plugins: readonly Plugin[]
  /** For the HTTP server: `/feed`. */
  readonly routes: ReadonlyMap<string, Route>
  /** Serves WebSockets on `/graphql` of a server that listens. */
  attach(server: Server, engine: Engine, connections: Connections): WebSockets
  /** Ends all subscriptions, telling each client its cursor and when to come back; takes a few seconds at most. */
  close(): Promise<void>
}

/** After a restart clients come back within this time, not all at once. */
const reconnectSpreadMs = 5_000
/** How long sockets may take to close before they are cut. */
const closePatienceMs = 2_000
const pingIntervalMs = 12_000

export function createFeedService(options: FeedServiceOptions): FeedService {
  const { schema, db, feed, points, meter, config, viewerOf, log, clock, documentOf } = options
  const { stallAfterMs, sendBuffer } = config.feed
  const { http, shutdownMs } = config
  const format = feedFormat(log, config.limits.answerBytes)
  const addressOf = clientAddress(http.trustProxy)
  const limits = config.feed.subscriptionLimits
  const hub = new Hub({ db, feed, format, stallAfterMs, clock, limits, points, ...(meter && { meter }) })
  const route = createFeedRoute({
    ...{ schema, db, feed, hub, sendBuffer, clock },
    toClient: format.toClient,
    senderOf: readSender(viewerOf, http, points),
  })
  const retention = retentionFor(options)
  let sockets: WebSockets | undefined

  return {
    hub,
    plugins: [serveFeed(hub), snapshotWithPosition(db)],
    routes: new Map([['/feed', route]]),
    attach(server, engine, connections) {
      sockets = new WebSockets(server, {
        ...{ engine, hub, connections, addressOf, viewerOf, documentOf, log, clock },
        ...{ sendBuffer, stallAfterMs, pingIntervalMs },
        ...{ origins: http.corsOrigins, maxMessageBytes: http.maxMessageBytes },
        messageTimeoutMs: http.timeouts.requestMs,
        ...{ maxSockets: config.feed.maxSockets, maxSocketsPerAddress: config.feed.maxSocketsPerAddress },
      })
      return sockets
    },
    async close() {
      await hub.drain(reconnectSpreadMs)
      await sockets?.close(reconnectSpreadMs, Math.min(closePatienceMs, shutdownMs))
      await retention?.close()
    },
  }
}

function retentionFor({ db, config, log }: FeedServiceOptions): { close(): Promise<void> } | undefined {
  const { retentionDays: days } = config.feed
  if (days === 0) return undefined
  return startRetention(db, {
    days,
    onPruned: (events) => log.info('Removed old events of the feed.', { events }),
    onError: (error) => logFailure(log, 'Old events of the feed could not be removed, retrying.', { error }),
  })
}
