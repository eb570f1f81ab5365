import type { Db } from '../db/database.ts'
import type { Feed } from '../db/feed/feed.ts'
import { schema } from '../schema/index.ts'
import { createAnswers } from './answers.ts'
import { ClientPoints } from './client-points.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Config } from './config.ts'
import { openData } from './data.ts'
import { type RunningDigest, startDigest } from './digest/digest.ts'
import type { StartError } from './faults.ts'
import { createTrustedDocuments } from './graphql/trusted.ts'
import { readManifest } from './graphql/trusted-manifest.ts'
import { clientAddress } from './http/client-address.ts'
import { Connections } from './http/connections.ts'
import { drain } from './http/listen.ts'
import { localAddress } from './http/public-address.ts'
import { createHttpServer } from './http/server.ts'
import { type OpenPort, openPort } from './http/starting.ts'
import { createLifecycle, statementPatienceMs } from './lifecycle.ts'
import { closeLocated, type LocatedDatabase } from './locate-database.ts'
import type { Logger } from './log.ts'
import { readiness } from './readiness.ts'
import { rebuildInBackground } from './rebuild.ts'
import type { Store } from './store.ts'
import type { Hub } from './subscriptions/hub.ts'
import { createFeedService, type FeedService } from './subscriptions/transports/service.ts'
import type { WebSockets } from './subscriptions/transports/ws.ts'
import { createTelemetry } from './telemetry/telemetry.ts'
import { startWebhooks, type WebhookService } from './webhooks/service.ts'

/** The server, running. */
export interface App {
  /** Where it answers, e.g. `http://127.0.0.1:4000`. */
  readonly url: string
  readonly db: Db
  readonly feed: Feed
  /** All subscriptions of this server. */
  readonly hub: Hub
  /** Who delivers to webhooks. */
  readonly webhooks: WebhookService
  readonly feedPlugins: FeedService['plugins']
  readonly sockets: WebSockets
  readonly connections: Connections
  readonly store: Pick<Store, 'description' | 'migrated'>
  /** Settles with the reason when the server cannot go on. */
  readonly failed: Promise<StartError>
  /** Says again that the start is over: what takes long is logged if it began after the newest time that this was said. */
  started(): void
  /** Ends subscriptions, lets requests finish for as long as the settings say, and closes everything. */
  close(): Promise<void>
}

/** What is there already. */
export interface StartOptions {
  readonly clock?: Clock | undefined
  /** It is closed with the rest. */
  readonly port?: OpenPort | undefined
  /** The same. */
  readonly located?: Promise<LocatedDatabase> | undefined
}

/** Opens everything that serving needs, in order. What fails on the way closes what was opened before it. */
export async function startApp(config: Config, log: Logger, given: StartOptions = {}): Promise<App> {
  const { clock = systemClock, port = await openPort(config.http), located } = given
  const { server, url } = port
  const life = createLifecycle(log)
  life.opened('port', port.close)
  if (located) life.opened('embedded database', () => closeLocated(located))
  try {
    const { manifest, only } = config.trusted
    const documents = manifest === undefined ? undefined : await readManifest(manifest, schema, log)
    const trusted = createTrustedDocuments({ documents, only })
    const telemetry = createTelemetry(config, log)
    const data = await openData({ config, telemetry, located, life, clock, log })
    const { store, feed, viewerOf } = data
    const { db, headDb } = store
    const points = new ClientPoints(config.points)
    const subscriptions = createFeedService({
      ...{ schema, db, feed, points, config, viewerOf, log, clock },
      meter: telemetry.metrics.feed,
      documentOf: trusted.documentOf,
    })
    life.opened('subscriptions', subscriptions.close)
    const webhooks = startWebhooks({
      ...{ schema, db, headDb, feed, config, clock, log },
      meter: telemetry.metrics.deliveries.webhooks,
    })
    const stopPatienceMs = config.shutdownMs + 10_000
    life.opened('webhooks', webhooks.close, stopPatienceMs)
    let digest: RunningDigest | undefined
    const onMailPromised = config.mail.digest ? () => digest?.wake() : undefined
    const { cache, ...answers } = createAnswers({
      ...{ ...data, config, trusted, telemetry, points, subscriptions, webhooks, onMailPromised, clock, log },
    })
    let stopping = false
    const addressOf = clientAddress(config.http.trustProxy)
    const connections = new Connections({ limits: config.http.connections, addressOf, clock, log })
    const http = {
      ...{ ...answers, config, viewerOf, points, connections, onRequest: telemetry.onRequest, log },
      readiness: () =>
        readiness({
          ...{ feed, answers: store.answers, isStopping: () => stopping },
          maxFeedAgeMs: config.http.readyMaxFeedAgeMs,
        }),
    }
    createHttpServer(http, server)
    const sockets = subscriptions.attach(server, answers.engine, connections)
    const { hub, plugins: feedPlugins } = subscriptions
    const stopMetrics = await telemetry.start({
      ...{ feed, hub, sockets, responses: cache, headDb, pools: store.pools },
    })
    life.opened('metrics', stopMetrics)
    life.opened('rebuilding of search terms', rebuildInBackground(db, log).close, statementPatienceMs)
    if (config.mail.digest) {
      const publicUrl = config.http.publicUrl ?? localAddress(url)
      digest = await startDigest({
        ...{ db, mail: config.mail, publicUrl, clock, log },
        meter: telemetry.metrics.deliveries.mail,
      })
      life.opened('digest', digest.close)
    }
    if (config.poll.source === 'huggingface') {
      const { pollHuggingFace } = await import('./ingest/poll.ts')
      const { huggingFaceClient } = await import('./ingest/upstreams.ts')
      const client = huggingFaceClient(config.upstreams, { onWait: (sentence) => log.debug(sentence) })
      const poller = pollHuggingFace({ ...config.poll, db, leaseDb: headDb, client, log })
      life.opened('poller', poller.close)
    }
    const stop = async () => {
      stopping = true
      const delivered = webhooks.close()
      // Subscriptions end first, so that their clients see an end and not a cut.
      await drain(server, config.shutdownMs, () => subscriptions.close())
      await delivered
    }
    // Last, so that it closes first: whoever comes while the rest ends finds nobody, and not a server half closed.
    life.opened('server', stop, stopPatienceMs)
    const { died: failed } = store
    telemetry.started()
    return {
      url,
      db,
      feed,
      hub,
      webhooks,
      feedPlugins,
      sockets,
      connections,
      store,
      failed,
      started: telemetry.started,
      close: life.close,
    }
  } catch (error) {
    await life.close()
    throw error
  }
}
