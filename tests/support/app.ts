import { GraphQLClient, type Variables } from 'graphql-request'
import { type App, startApp } from '../../src/app.ts'
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
}

/** Starts the whole server in this process; `await using` (or `close()`) ends it and drops its database. */
export async function startTestApp({ settings = {}, beside }: TestAppOptions = {}): Promise<TestApp> {
  const database = beside?.database ?? (await createTestDatabase())
  const config = readConfig({
    PORT: '0',
    DATABASE_URL: database.url,
    PLANT_SEEDS: 'off',
    POOL_SIZE: '4',
    SHUTDOWN_MS: '2000',
    ...settings,
  })
  const logged: string[] = []
  const log: Logger = createLogger({ level: 'debug', format: 'text', write: (line) => logged.push(line) })
  const drop = async () => {
    if (!beside) await database.drop()
  }
  try {
    const app = await startApp(config, log)
    const close = async () => {
      await app.close()
      await drop()
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
    await drop()
    throw error
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
