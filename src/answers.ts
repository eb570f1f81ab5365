import { versionReader } from '../db/version.ts'
import { schema } from '../schema/index.ts'
import { ResponseCache } from './cache/response-cache.ts'
import type { ClientPoints } from './client-points.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Data } from './data.ts'
import { createDigestRoutes } from './digest/routes.ts'
import { createEngine } from './graphql/engine.ts'
import { createExecuteInProcess } from './graphql/in-process.ts'
import { createPlainRequests } from './graphql/plain-requests.ts'
import { PluginHooks } from './graphql/plugin-hooks.ts'
import type { TrustedDocuments } from './graphql/trusted.ts'
import { homeRoute } from './http/home.ts'
import type { Route } from './http/route.ts'
import { readSender } from './http/sender.ts'
import type { HttpOptions } from './http/server.ts'
import type { Logger } from './log.ts'
import { createPageRoutes } from './page/routes.ts'
import type { FeedService } from './subscriptions/transports/service.ts'
import { doorsAnswer } from './syndication/doors.ts'
import { createSyndicationRoutes } from './syndication/routes.ts'
import type { Telemetry } from './telemetry/telemetry.ts'
import type { WebhookService } from './webhooks/service.ts'

export interface AnswersOptions extends Data {
  readonly config: Config
  readonly trusted: TrustedDocuments
  readonly telemetry: Telemetry
  readonly points: ClientPoints
  readonly subscriptions: FeedService
  readonly webhooks: WebhookService
  /** Says that mail was promised; without it, no digest is offered. */
  readonly onMailPromised: (() => void) | undefined
  readonly clock: Clock
  readonly log: Logger
}

/** What the HTTP server answers with. */
export interface Answers extends Pick<HttpOptions, 'answerPlain'> {
  readonly engine: HttpOptions['engine']
  readonly routes: ReadonlyMap<string, Route>
  readonly cache: ResponseCache
}

/** The engine of GraphQL, the short way to it, and all that is made of its answers: pages, feeds and mail's forms. */
export function createAnswers(options: AnswersOptions): Answers {
  const { store, viewerOf, feed, config, trusted, telemetry, points, subscriptions, onMailPromised } = options
  const { clock, log } = options
  const { db } = store
  const { http, limits, mail } = config
  const version = versionReader(store.versionDb)
  const cache = new ResponseCache({ maxBytes: http.responseCacheBytes, version })
  const hooks = new PluginHooks()
  const engine = createEngine({
    ...{ schema, db, feed, limits, points, http, trusted, version, log, hooks, onMailPromised },
    webhooks: options.webhooks.door,
    plugins: subscriptions.plugins,
    observer: telemetry.operations(trusted.idOf),
    onWrite: telemetry.onWrite,
  })
  const execute = createExecuteInProcess(engine)
  const shared = { db, feed, execute, cache, points, http, viewerOf, clock }
  const pages = http.page ? createPageRoutes({ ...shared, mailsDigest: mail.digest }) : undefined
  const mailPages = onMailPromised
    ? createDigestRoutes({ ...shared, wake: onMailPromised, senderOf: readSender(viewerOf, http, points) })
    : []
  const routes = new Map<string, Route>([
    ...[...subscriptions.routes, ...createSyndicationRoutes(shared), ...(pages ?? [])],
    ...[...mailPages, ...telemetry.routes],
    ['/', homeRoute(doorsAnswer(http), pages?.get('/'))],
  ])
  return {
    ...{ engine, routes, cache },
    ...(http.shortWay && {
      answerPlain: createPlainRequests({ engine, hooks, trusted, points, cache, http, log }),
    }),
  }
}
