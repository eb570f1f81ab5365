import type { ServerResponse } from 'node:http'
import { useDeferStream } from '@graphql-yoga/plugin-defer-stream'
import { GraphQLError, type GraphQLSchema } from 'graphql'
import { createYoga, type Plugin, type YogaLogger, type YogaServerInstance } from 'graphql-yoga'
import type { Db } from '../../db/database.ts'
import type { Feed } from '../../db/feed/feed.ts'
import { versionReader } from '../../db/version.ts'
import type { Context, Viewer } from '../../schema/core/context.ts'
import { withIncrementalDelivery } from '../../schema/core/incremental.ts'
import type { WebhookDoor } from '../../schema/core/webhook-door.ts'
import { clientError } from '../client-errors.ts'
import { ClientPoints } from '../client-points.ts'
import type { Config } from '../config.ts'
import { judgeRecord } from '../ingest/intake.ts'
import type { Logger } from '../log.ts'
import { logFailure } from '../log-failure.ts'
import { negotiate } from './accept.ts'
import { boundExecution } from './bounded-execution.ts'
import { compileOperations } from './compiled.ts'
import { allowConditionalSubscriptions, limitQueries, writeStacks } from './document-checks.ts'
import { deferParts } from './executors.ts'
import { hideSchema } from './hidden-schema.ts'
import type { QueryLimits } from './limits.ts'
import { type OperationObserver, observeOperations } from './observe-operations.ts'
import type { PluginHooks } from './plugin-hooks.ts'
import { readRequests } from './requests.ts'
import { finishAnswers } from './responses/finish.ts'
import { hideFaults, requireRights } from './rights.ts'
import { createTrustedDocuments, type TrustedDocuments, trustDocuments } from './trusted.ts'

/** What a transport knows of an operation's sender. */
export interface Transport extends Record<string, unknown> {
  readonly viewer: Viewer
  /** Who pays for it; see `payerOf`. */
  readonly client: string
  /** Whether the answer is to tell the cost of the operation. */
  readonly asksCost?: boolean
  /** Calls back when the client leaves; returns what takes it back. */
  readonly onLeave?: (listener: () => void) => () => void
  /** Whether only the status and the headers are sent. */
  readonly headOnly?: boolean
}

/** What calls back when the connection closes before the response was sent. */
export function leaving(response: ServerResponse): NonNullable<Transport['onLeave']> {
  return (listener) => {
    response.once('close', listener)
    return () => response.off('close', listener)
  }
}

/** Parses, checks, executes and masks, for every transport alike: `getEnveloped` gives it without HTTP. */
export type Engine = YogaServerInstance<Transport, Context & Record<string, unknown>>

export interface EngineOptions {
  readonly schema: GraphQLSchema
  readonly db: Db
  readonly feed: Feed
  readonly limits: QueryLimits
  /** The default limits nobody. */
  readonly points?: ClientPoints
  readonly http: Pick<
    Config['http'],
    'corsOrigins' | 'maxBodyBytes' | 'maxMessageBytes' | 'cacheSeconds' | 'compression' | 'introspection'
  >
  /** Documents that are known by an id. The default is none. */
  readonly trusted?: TrustedDocuments
  /** The version of all that answers are made from; see db/version.ts. */
  readonly version?: () => Promise<string>
  /** For the operations on webhooks. */
  readonly webhooks?: WebhookDoor
  readonly log: Logger
  readonly observer?: OperationObserver | undefined
  readonly onWrite?: Context['onWrite']
  readonly plugins?: readonly Plugin[]
  /** Says that mail was promised; without it, no digest is offered. */
  readonly onMailPromised?: (() => void) | undefined
  /** Gets to know the plugins, to run operations without the orchestration of Yoga. */
  readonly hooks?: PluginHooks
}

export function createEngine(options: EngineOptions): Engine {
  const { schema, db, feed, limits, http, webhooks, log, plugins = [], onWrite, onMailPromised } = options
  const { trusted = createTrustedDocuments({ only: false }) } = options
  const { points = new ClientPoints({ burst: 0, perSecond: 1 }), version = versionReader(db) } = options
  const [first, last] = options.observer ? observeOperations(options.observer) : []
  return createYoga<Transport, Context & Record<string, unknown>>({
    schema: withIncrementalDelivery(schema),
    context: ({ viewer }) => ({ db, feed, viewer, intake: judgeRecord, webhooks, onWrite, onMailPromised }),
    plugins: [
      ...(first ? [first] : []),
      negotiate(),
      readRequests(http),
      trustDocuments(trusted),
      requireRights(),
      ...(http.introspection ? [] : [hideSchema()]),
      limitQueries(limits),
      compileOperations(),
      useDeferStream(),
      allowConditionalSubscriptions(),
      writeStacks(),
      deferParts((error) => maskedAndLogged(error, log)),
      ...plugins,
      boundExecution(limits, points, log),
      hideFaults(),
      finishAnswers({ ...http, version, varyByOrigin: http.corsOrigins.length > 0 }),
      ...(last ? [last] : []),
      ...(options.hooks ? [options.hooks.plugin] : []),
    ],
    maskedErrors: { maskError: clientError, isDev: false },
    logging: engineLog(log),
    // Done in src/http: the page is made once, CORS is the same on all paths, bodies that are too large are refused early.
    cors: false,
    graphiql: false,
    landingPage: false,
    maxRequestBodySize: false,
    multipart: false,
  })
}

/** As the engine does it for the errors of a whole result. */
function maskedAndLogged(error: unknown, log: Logger): GraphQLError {
  engineLog(log).error(error)
  return clientError(error)
}

/** Yoga hands over the errors that are not sent as they are; its messages about its own work would be noise. */
function engineLog(log: Logger): YogaLogger {
  return {
    debug() {},
    info() {},
    warn: (...said: unknown[]) => log.warn(said.map(String).join(' ')),
    error(error: unknown) {
      const path = error instanceof GraphQLError ? error.path?.join('.') : undefined
      logFailure(log, 'A request failed.', { ...(path && { path }), error })
    },
  }
}
