import { useDeferStream } from '@graphql-yoga/plugin-defer-stream'
import { GraphQLError, type GraphQLSchema, getOperationAST, parse } from 'graphql'
import { createYoga, type Plugin, type YogaLogger, type YogaServerInstance } from 'graphql-yoga'
import { singleFlight } from '../../db/connection/single-flight.ts'
import type { Db } from '../../db/database.ts'
import type { Feed } from '../../db/feed/feed.ts'
import { readVersion } from '../../db/version.ts'
import { type Context, createContext, type Viewer } from '../../schema/core/context.ts'
import { withIncrementalDelivery } from '../../schema/core/incremental.ts'
import { rootFields } from '../../schema/core/plan.ts'
import type { Config } from '../config.ts'
import { clientError } from '../faults.ts'
import { judgeRecord } from '../ingest/intake.ts'
import type { Logger } from '../log.ts'
import { corsFor } from '../origins.ts'
import { negotiate } from './accept.ts'
import { deferParts } from './defer.ts'
import { tooManyEntities } from './entity-limit.ts'
import { measure, overLimit, type QueryLimits, tooDeepToRead, withDefaults } from './limits.ts'
import { finishAnswers } from './responses/finish.ts'
import { createTrustedDocuments, type TrustedDocuments, trustDocuments } from './trusted.ts'

/** What a transport knows of an operation's sender. */
export interface Transport extends Record<string, unknown> {
  readonly viewer: Viewer
}

/** Parses, checks, executes and masks, for every transport alike: `getEnveloped` gives it without HTTP. */
export type Engine = YogaServerInstance<Transport, Context & Record<string, unknown>>

export interface EngineOptions {
  readonly schema: GraphQLSchema
  readonly db: Db
  readonly feed: Feed
  readonly limits: QueryLimits
  readonly http: Pick<Config['http'], 'corsOrigins' | 'maxBodyBytes' | 'cacheSeconds' | 'compression'>
  /** Documents that are known by an id. The default is none. */
  readonly trusted?: TrustedDocuments
  readonly log: Logger
  readonly plugins?: readonly Plugin[]
}

export function createEngine(options: EngineOptions): Engine {
  const { schema, db, feed, limits, http, log, plugins = [] } = options
  const { trusted = createTrustedDocuments({ only: false }) } = options
  const version = singleFlight(() => readVersion(db))
  return createYoga<Transport, Context & Record<string, unknown>>({
    schema: withIncrementalDelivery(schema),
    context: ({ viewer }) => ({ ...createContext({ db, feed, viewer, intake: judgeRecord }) }),
    plugins: [
      negotiate(),
      trustDocuments(trusted),
      limitQueries(limits),
      limitUnsizedBodies(http.maxBodyBytes),
      refuseBrokenParameters(),
      useDeferStream(),
      deferParts((error) => maskedAndLogged(error, log)),
      ...plugins,
      finishAnswers({ ...http, version, varyByOrigin: http.corsOrigins.length > 0 }),
    ],
    maskedErrors: { maskError: clientError, isDev: false },
    logging: engineLog(log),
    cors: corsFor(http.corsOrigins),
    // Done in http.ts: the page is made once, and bodies of a told size are refused before Yoga sees them.
    graphiql: false,
    landingPage: false,
    maxRequestBodySize: false,
    multipart: false,
  })
}

/** Refuses documents beyond the limits on each transport, before anything of them is executed. */
function limitQueries(limits: QueryLimits): Plugin<Transport> {
  const limitedParse: typeof parse = (source, options) => {
    try {
      return parse(source, { ...options, maxTokens: limits.tokens })
    } catch (error) {
      // The parser calls itself for each level, and the stack is at its end long before the tokens are.
      throw error instanceof RangeError ? tooDeepToRead() : error
    }
  }
  const faultOf = ({ schema, document, operationName, variableValues }: ExecutionArguments) => {
    const operation = getOperationAST(document, operationName)
    if (!operation) return undefined // the executor tells what is wrong
    const variables = withDefaults(operation, variableValues ?? {})
    if (operation.operation === 'subscription' && rootFields(document, operation, variables).size === 0)
      return nothingSelected()
    return (
      tooManyEntities(document, operation, variables, limits.entities) ??
      overLimit(measure(schema, document, operation, variables), limits)
    )
  }
  return {
    onParse: ({ setParseFn }) => setParseFn(limitedParse),
    onExecute({ args, setResultAndStopExecution }) {
      const fault = faultOf(args)
      if (fault) setResultAndStopExecution({ errors: [fault] })
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const fault = faultOf(args)
      if (fault) setResultAndStopExecution({ errors: [fault] })
    },
  }
}

/** graphql-js takes for granted that there is a field to subscribe to. */
function nothingSelected(): GraphQLError {
  return new GraphQLError('The subscription selects no field: `@skip` or `@include` leaves all of it out.', {
    extensions: { code: 'BAD_USER_INPUT', http: { spec: true, status: 400 } },
  })
}

type ExecutionArguments = Pick<
  Parameters<NonNullable<Plugin['onExecute']>>[0]['args'],
  'schema' | 'document' | 'operationName' | 'variableValues'
>

/** A body that comes in chunks tells its size only as it comes: read here, and no further than the limit. */
function limitUnsizedBodies(maxBytes: number): Plugin<Transport> {
  return {
    onRequestParse({ request, requestParser, setRequestParser, fetchAPI }) {
      if (!requestParser || !request.body || request.headers.has('content-length')) return
      setRequestParser(async ({ url, method, headers, body }) => {
        const text = await readText(body, maxBytes)
        return requestParser(new fetchAPI.Request(url, { method, headers, body: text }))
      })
    },
  }
}

/** Yoga takes JSON in an address or a form for readable. */
function refuseBrokenParameters(): Plugin<Transport> {
  return {
    onRequestParse({ requestParser, setRequestParser }) {
      if (!requestParser) return
      setRequestParser(async (request) => {
        try {
          return await requestParser(request)
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error
          throw new GraphQLError('variables and extensions have to be JSON, percent-encoded.', {
            extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
          })
        }
      })
    },
  }
}

async function readText(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<string> {
  // Not `for await`: leaving that early would cut the connection before the refusal is sent.
  const reader = body?.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    size += part.value.byteLength
    if (size > maxBytes) throw bodyTooLarge(maxBytes)
    chunks.push(part.value)
  }
  return Buffer.concat(chunks).toString()
}

export function bodyTooLarge(maxBytes: number): GraphQLError {
  return new GraphQLError(`The request body is larger than ${maxBytes} bytes. Send less at once.`, {
    extensions: { code: 'BODY_TOO_LARGE', http: { status: 413, headers: { connection: 'close' } } },
  })
}

/** As the engine does it for the errors of a whole result. */
function maskedAndLogged(error: unknown, log: Logger): Error {
  const told = clientError(error)
  if (told !== error) engineLog(log).error(error)
  return told
}

/** Yoga hands over the errors that it masked; what it says of its own work would be noise. */
function engineLog(log: Logger): YogaLogger {
  return {
    debug() {},
    info() {},
    warn: (...said: unknown[]) => log.warn(said.map(String).join(' ')),
    error(error: unknown) {
      if (!(error instanceof GraphQLError)) return log.error('A request failed.', { error })
      log.error('A request failed.', { path: error.path?.join('.'), error: error.originalError ?? error })
    },
  }
}
