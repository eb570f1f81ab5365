import { isReadOnly } from '../db/connection/read-only.ts'
import type { Db } from '../db/database.ts'
import type { Feed } from '../db/feed/feed.ts'
import { openFeed } from '../db/feed/open.ts'
import { versionReader } from '../db/version.ts'
import { schema } from '../schema/index.ts'
import { plantSeeds } from '../seeds/plant.ts'
import { openAuthenticator } from './auth.ts'
import { ResponseCache } from './cache/response-cache.ts'
import { ClientPoints } from './client-points.ts'
import { systemClock } from './clock.ts'
import type { Config } from './config.ts'
import { type RunningDigest, startDigest } from './digest/digest.ts'
import { createDigestRoutes } from './digest/routes.ts'
import type { StartError } from './faults.ts'
import { createEngine } from './graphql/engine.ts'
import { createExecuteInProcess } from './graphql/in-process.ts'
import { createKeptRequests } from './graphql/kept-requests.ts'
import { createPlainRequests } from './graphql/plain-requests.ts'
import { PluginHooks } from './graphql/plugin-hooks.ts'
import { createTrustedDocuments } from './graphql/trusted.ts'
import { readManifest } from './graphql/trusted-manifest.ts'
import { clientAddress } from './http/client-address.ts'
import { Connections } from './http/connections.ts'
import { homeRoute } from './http/home.ts'
import { cut, drain, listen } from './http/listen.ts'
import type { Route } from './http/route.ts'
import { readSender } from './http/sender.ts'
import { createHttpServer } from './http/server.ts'
import { createStartingServer } from './http/starting.ts'
import { pollHuggingFace } from './ingest/poll.ts'
import { huggingFaceClient } from './ingest/upstreams.ts'
import { createJwtVerifier } from './jwt.ts'
import { createLifecycle, statementPatienceMs } from './lifecycle.ts'
import type { Logger } from './log.ts'
import { logOutage, noteAnswer } from './log-failure.ts'
import { createPageRoutes } from './page/routes.ts'
import { readiness } from './readiness.ts'
import { rebuildInBackground } from './rebuild.ts'
import { openStore, type Store } from './store.ts'
import type { Hub } from './subscriptions/hub.ts'
import { createFeedService, type FeedService } from './subscriptions/transports/service.ts'
import type { WebSockets } from './subscriptions/transports/ws.ts'
import { doorsAnswer } from './syndication/doors.ts'
import { createSyndicationRoutes } from './syndication/routes.ts'
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
  /** Ends subscriptions, lets requests finish for as long as the settings say, and closes everything. */
  close(): Promise<void>
}

/** Opens everything that serving needs, in order. What fails on the way closes what was opened before it. */
export async function startApp(config: Config, log: Logger, clock = systemClock): Promise<App> {
  const life = createLifecycle(log)
  try {
    const { manifest, only } = config.trusted
    const documents = manifest === undefined ? undefined : await readManifest(manifest, schema, log)
    const trusted = createTrustedDocuments({ documents, only })
    const telemetry = createTelemetry(config, log)
    const server = createStartingServer(config.http)
    const url = await listen(server, config.http)
    life.opened('port', () => cut(server))
    const store = await openStore(config, log, { onStatement: telemetry.onStatement })
    life.opened('database', store.close)
    const { db } = store
    if (config.plantSeeds)
      await plantSeeds(db).catch((error) => {
        if (!isReadOnly(error)) throw error
        log.warn('The database has no papers and is read-only: the seeds are not loaded.')
      })
    const { requireReadToken, writeToken } = config
    const jwt = config.jwt && createJwtVerifier({ ...config.jwt, clock, log })
    const auth = await openAuthenticator({
      ...{ db, headDb: store.headDb, writeToken, requireReadToken, jwt, clock, log },
    })
    life.opened('access tokens', auth.close, statementPatienceMs)
    const viewerOf = telemetry.tokens(auth.viewerOf)
    const feed = await openFeed({
      ...config.feed.timing,
      db,
      headDb: store.headDb,
      connectionString: store.listenUrl,
      onError: (error) => logOutage(log, 'Feed: database connection lost, retrying.', error),
      onRead: () => noteAnswer(log),
    })
    life.opened('feed', () => feed.close(), statementPatienceMs)

    let stopping = false
    const ready = () =>
      readiness({
        ...{ feed, answers: store.answers, isStopping: () => stopping },
        maxFeedAgeMs: config.http.readyMaxFeedAgeMs,
      })
    const points = new ClientPoints(config.points)
    const service = createFeedService({
      schema,
      db,
      feed,
      points,
      meter: telemetry.metrics.feed,
      config,
      viewerOf,
      log,
      clock,
      documentOf: trusted.documentOf,
    })
    life.opened('subscriptions', service.close)
    const { plugins } = service
    const webhooks = startWebhooks({ schema, db, headDb: store.headDb, feed, config, clock, log })
    const stopPatienceMs = config.shutdownMs + 10_000
    life.opened('webhooks', webhooks.close, stopPatienceMs)
    const { limits, http } = config
    const version = versionReader(store.versionDb)
    const cache = new ResponseCache({ maxBytes: http.responseCacheBytes, version })
    const observer = telemetry.operations(trusted.idOf)
    const hooks = new PluginHooks()
    let digest: RunningDigest | undefined
    const onMailPromised = config.mail.digest ? () => digest?.wake() : undefined
    const engine = createEngine({
      ...{ schema, db, feed, limits, points, http, trusted, version, log, plugins, observer, onMailPromised },
      ...{ onWrite: telemetry.onWrite, hooks, webhooks: webhooks.door },
    })
    const answerPlain = http.shortWay
      ? createPlainRequests({ engine, hooks, trusted, points, cache, http, log })
      : undefined
    const addressOf = clientAddress(http.trustProxy)
    const answerKept =
      http.shortWay && cache.isOn
        ? createKeptRequests({ cache, viewerOf, points, addressOf, http })
        : undefined
    const execute = createExecuteInProcess(engine)
    const pages = http.page
      ? createPageRoutes({ execute, cache, points, http, viewerOf, clock, mailsDigest: config.mail.digest })
      : new Map<string, Route>()
    const mailPages = onMailPromised
      ? createDigestRoutes({
          ...{ db, execute, http, clock, wake: onMailPromised, senderOf: readSender(viewerOf, http) },
        })
      : []
    const feeds = createSyndicationRoutes({ db, feed, execute, cache, http, viewerOf, clock })
    const home = homeRoute(doorsAnswer(http), pages.get('/'))
    const routes = new Map([
      ...[...service.routes, ...feeds, ...pages, ...mailPages, ...telemetry.routes],
      ['/', home] as const,
    ])
    const connections = new Connections({ limits: http.connections, addressOf, clock, log })
    const { onRequest } = telemetry
    const options = {
      engine,
      answerPlain,
      answerKept,
      config,
      viewerOf,
      readiness: ready,
      routes,
      connections,
      onRequest,
      log,
    }
    createHttpServer(options, server)
    const sockets = service.attach(server, engine, connections)
    const stop = async () => {
      stopping = true
      const delivered = webhooks.close()
      // Subscriptions end first, so that their clients see an end and not a cut.
      await drain(server, config.shutdownMs, () => service.close())
      await delivered
    }
    const { hub } = service
    const stopMetrics = await telemetry.start({ feed, hub, sockets, responses: cache, pools: store.pools })
    life.opened('metrics', stopMetrics)
    life.opened('rebuilding of search terms', rebuildInBackground(db, log).close, statementPatienceMs)
    if (config.mail.digest) {
      digest = await startDigest({ db, mail: config.mail, publicUrl: http.publicUrl ?? url, clock, log })
      life.opened('digest', digest.close)
    }
    if (config.poll.source === 'huggingface') {
      const client = huggingFaceClient(config.upstreams, { onWait: (sentence) => log.debug(sentence) })
      const poller = pollHuggingFace({ ...config.poll, db, leaseDb: store.headDb, client, log })
      life.opened('poller', poller.close)
    }
    // Last, so that it closes first: whoever comes while the rest ends finds nobody, and not a server half closed.
    life.opened('server', stop, stopPatienceMs)
    return {
      url,
      db,
      feed,
      hub: service.hub,
      webhooks,
      feedPlugins: plugins,
      sockets,
      connections,
      store,
      failed: store.died,
      close: life.close,
    }
  } catch (error) {
    await life.close()
    throw error
  }
}
