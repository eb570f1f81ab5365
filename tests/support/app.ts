import { ClientError, GraphQLClient, type Variables } from 'graphql-request'
import { afterAll, beforeAll, expect } from 'vitest'
import { type App, startApp } from '../../src/app.ts'
import type { Clock } from '../../src/clock.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { createLogger, type Logger } from '../../src/log.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'

/** A server on a free port over a fresh, migrated, empty database. */
export interface TestApp extends App, AsyncDisposable {
  readonly config: Config
  readonly database: TestDatabase
  /** What it logged so far, a line an entry. */
  readonly logged: string[]
  /** `http://127.0.0.1:…/graphql` */
  readonly endpoint: string
  /** The same for WebSockets. */
  readonly wsEndpoint: string
}

export interface TestAppOptions {
  /** Variables as the environment would hold them: `{ WRITE_TOKEN: '…' }`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Another server on the database of this one, which stays there when it closes. */
  readonly beside?: TestApp
  readonly clock?: Clock
  /** News and silent links are noticed in a second or two, not in some more. */
  readonly isAlert?: boolean
}

const alertTiming = { pollIntervalMs: 500, checkIntervalMs: 1_000, timeoutMs: 2_000 }

/** One server for the tests of a file or of a block: it starts before the first of them and ends after the last. */
export function useTestApp(settings: TestAppOptions['settings'] = {}, beside?: TestApp): TestApp {
  // Filled before the first test; whoever looks into it while tests are collected finds nothing.
  const app = {} as TestApp
  beforeAll(async () => {
    Object.assign(app, await startTestApp({ settings, ...(beside && { beside }) }))
  })
  afterAll(() => app.close?.())
  return app
}

/** Starts the whole server in this process; `await using` (or `close()`) ends it. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { settings = {}, beside, clock, isAlert = false } = options
  const database = beside?.database ?? (await createTestDatabase())
  const given = readConfig({
    PORT: '0',
    DATABASE_URL: database.url,
    PLANT_SEEDS: 'off',
    POOL_SIZE: '4',
    SHUTDOWN_MS: '2000',
    // A busy machine is no news.
    SLOW_MS: '0',
    // Statements take long on a busy machine, are charged by their time, and let others wait.
    CLIENT_POINTS: '10000000',
    POOL_WAIT_MS: '30000',
    ...settings,
  })
  const config = isAlert ? alert(given) : given
  const logged: string[] = []
  const log: Logger = createLogger({ level: 'debug', format: 'text', write: (line) => logged.push(line) })
  const closeDatabase = async () => {
    if (!beside) await database.close()
  }
  try {
    const app = await startApp(config, log, { clock })
    const close = async () => {
      await app.close()
      await closeDatabase()
    }
    return {
      ...app,
      config,
      database,
      logged,
      endpoint: `${app.url}/graphql`,
      wsEndpoint: `${app.url.replace('http', 'ws')}/graphql`,
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await closeDatabase()
    throw error
  }
}

function alert({ database, feed, ...others }: Config): Config {
  return {
    ...others,
    database: { ...database, headTimeoutMs: 1_000 },
    feed: { ...feed, timing: alertTiming },
  }
}

/**
 * Asks over HTTP and returns `data`; an answer with `errors` throws graphql-request's ClientError, whose
 * `response.errors` a test can look at. `token` is sent as a bearer token.
 */
export function query<Data>(
  app: Pick<TestApp, 'endpoint'>,
  document: string,
  variables: Variables = {},
  token?: string,
): Promise<Data> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return new GraphQLClient(app.endpoint, { headers }).request<Data>(document, variables)
}

type Endpoint = Pick<TestApp, 'endpoint'>

/** Posts a request as clients do. A body that is text goes out as it is. */
export function post(
  app: Endpoint,
  body: object | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(app.endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

/** An answer as it came, with the HTTP status. */
export interface Answer {
  readonly status: number
  readonly data?: unknown
  readonly errors?: readonly Refusal[]
}

/** An error of an answer. */
export interface Refusal {
  readonly message: string
  readonly path?: readonly unknown[]
  readonly extensions: {
    readonly code: string
    readonly argument?: string
    readonly argumentPath?: readonly unknown[]
    readonly [other: string]: unknown
  }
}

/** Posts a request as a client that takes `application/graphql-response+json`, and reads the answer. */
export async function answerTo(app: Endpoint, body: object): Promise<Answer> {
  const response = await post(app, body, { accept: 'application/graphql-response+json' })
  return { status: response.status, ...((await response.json()) as object) }
}

/** The first error of a request that has to be refused. */
export async function refusal(
  app: Endpoint,
  document: string,
  variables: Variables = {},
  token?: string,
): Promise<Refusal> {
  const error = await query(app, document, variables, token).then(
    (data) => expect.fail(`answered ${JSON.stringify(data)}`),
    (reason: unknown) => reason,
  )
  if (!(error instanceof ClientError)) throw error
  const [first] = error.response.errors ?? []
  return first as unknown as Refusal
}
