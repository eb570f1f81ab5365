import type { Server } from 'node:http'
import type { GraphQLSchema } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Db } from '../../../db/database.ts'
import type { Feed } from '../../../db/feed/feed.ts'
import { startRetention } from '../../../db/feed/retention.ts'
import { viewerOf } from '../../auth.ts'
import type { Config } from '../../config.ts'
import type { Engine } from '../../graphql/engine.ts'
import { snapshotWithPosition } from '../../graphql/snapshot.ts'
import type { Asked } from '../../graphql/trusted.ts'
import type { Route } from '../../http/server.ts'
import type { Logger } from '../../log.ts'
import { feedFormat } from '../execution.ts'
import { createHub, type Hub } from '../hub.ts'
import { createFeedRoute } from './sse.ts'
import { attachWebSockets, type WebSockets } from './ws.ts'
import { serveFeed } from './yoga-plugin.ts'

export interface FeedServiceOptions {
  readonly schema: GraphQLSchema
  readonly db: Db
  readonly feed: Feed
  readonly config: Pick<Config, 'http' | 'feed' | 'writeToken' | 'shutdownMs'>
  readonly log: Logger
  /** The text of the document that a client asks, by id or in words; see trusted.ts. */
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
  attach(server: Server, engine: Engine): WebSockets
  /** Tells all subscribers where they stand and when to come back, and ends them; takes a few seconds at most. */
  close(): Promise<void>
}

/** Clients come back within so many milliseconds after a restart, not all at once. */
const reconnectSpread = 5_000

export function createFeedService(options: FeedServiceOptions): FeedService {
  const { schema, db, feed, config, log, documentOf } = options
  const { limits, stallAfterMs: stallAfter, sendBuffer, retentionDays } = config.feed
  const { writeToken, http, shutdownMs } = config
  const format = feedFormat(log)
  const hub = createHub({ db, feed, format, stallAfter, limits })
  const route = createFeedRoute({
    ...{ schema, db, feed, hub, sendBuffer, corsOrigins: http.corsOrigins, toClient: format.toClient },
    viewerOf: ({ headers }) => viewerOf(headers.authorization, writeToken),
  })
  const retention =
    retentionDays > 0
      ? startRetention(db, {
          days: retentionDays,
          onPruned: (events) => log.info('Old events of the feed were forgotten.', { events }),
          onError: (error) => log.warn('Old events of the feed could not be forgotten for now.', { error }),
        })
      : undefined
  let sockets: WebSockets | undefined

  return {
    hub,
    plugins: [serveFeed(hub), snapshotWithPosition(db)],
    routes: new Map([['/feed', route]]),
    attach(server, engine) {
      sockets = attachWebSockets(server, {
        ...{ engine, writeToken, log, documentOf, sendBuffer, stallAfter, origins: http.corsOrigins },
        ...{ maxPayload: http.maxBodyBytes, maxSockets: limits.sockets },
        maxSocketsPerAddress: limits.socketsPerAddress,
        checkSocket: (subscriptions) => hub.admission.checkSocket(subscriptions),
      })
      return sockets
    },
    async close() {
      await hub.drain(reconnectSpread)
      await sockets?.close(reconnectSpread, Math.min(2_000, shutdownMs))
      await retention?.close()
    },
  }
}
