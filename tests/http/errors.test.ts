import { sql } from 'kysely'
import { beforeEach, expect, test, vi } from 'vitest'
import { anonymous } from '../../schema/core/context.ts'
import { schema } from '../../schema/index.ts'
import { isUnavailable } from '../../src/faults.ts'
import { createEngine } from '../../src/graphql/engine.ts'
import { drain, listen } from '../../src/http/listen.ts'
import { createHttpServer } from '../../src/http/server.ts'
import { createLogger } from '../../src/log.ts'
import { type Answer, post, startTestApp, type TestApp, useTestApp } from '../support/app.ts'
import { patience } from '../support/patience.ts'
import { subscribe } from '../support/subscribe.ts'

const newest = '{ papers(first: 1) { nodes { title } } }'

const app = useTestApp()
beforeEach(() => {
  app.logged.length = 0
})

async function ask(at: TestApp, query: string, variables?: Record<string, unknown>) {
  const response = await post(at, { query, variables }, { 'x-request-id': 'asked-1' })
  const text = await response.text()
  return { status: response.status, body: JSON.parse(text) as Partial<Answer>, text }
}

test('a fault of ours is masked for the client, and logged once with its cause under the same request id', async () => {
  await sql`alter table paper rename column title to title_away`.execute(app.db)
  const { body, text } = await ask(app, newest)
  await sql`alter table paper rename column title_away to title`.execute(app.db)
  expect(body.errors).toEqual([
    {
      message: 'Something went wrong on our side.',
      locations: [{ line: 1, column: 3 }],
      path: ['papers'],
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'asked-1' },
    },
  ])
  expect(text).not.toMatch(/title_away|select|does not exist|\.ts/)
  const lines = app.logged.filter((line) => line.includes('asked-1'))
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('A request failed. requestId=asked-1 path=papers')
  expect(lines[0]).toMatch(/column .*title.* does not exist/)
  expect(lines[0]).toMatch(/db\/[\w/]+\.ts:\d+/)
})

test('a fault of the client is told as it stands, and not logged', async () => {
  const { body } = await ask(app, '{ papers(first: -1) { nodes { title } } }')
  expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  expect(app.logged.filter((line) => line.includes('failed'))).toEqual([])
})

test('variables of a wrong type, and missing ones, are faults of the client by their code too', async () => {
  const document =
    'query ($first: Int, $order: PaperOrder! = NEWEST, $filter: PaperFilter) { papers(first: $first, order: $order, filter: $filter) { nodes { title } } }'
  for (const [variables, message] of [
    [{ first: 2_147_483_648 }, 'Int cannot represent non 32-bit'],
    [{ first: '5' }, 'Int cannot represent non-integer value'],
    [{ order: 'newest' }, 'Did you mean the enum value "NEWEST"?'],
    [{ order: null }, 'must not be null'],
    [{ filter: { authors: [null] } }, 'at "filter.authors[0]"'],
    [{ filter: { autors: ['x'] } }, 'Did you mean "authors"?'],
  ] as const) {
    const { status, body } = await ask(app, document, variables)
    expect(status).toBe(400)
    expect(body).toEqual({
      errors: [
        {
          message: expect.stringContaining(message),
          locations: [expect.anything()],
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    })
  }
})

test('a statement that takes too long is ended, and says so', async () => {
  await using hasty = await startTestApp({ settings: { STATEMENT_TIMEOUT_MS: '200' }, beside: app })
  await app.database.database.db.transaction().execute(async (other) => {
    await sql`lock table paper`.execute(other)
    const { body } = await ask(hasty, newest)
    expect(body.errors).toMatchObject([{ extensions: { code: 'QUERY_TIMEOUT' } }])
  })
  expect((await ask(hasty, newest)).body).toEqual({ data: { papers: { nodes: [] } } })
})

test('a connection that is cut between two statements fails the second one, and not the process', async () => {
  const cut = app.db.transaction().execute(async (db) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
    const { pool } = app.database.database
    await pool.query('select pg_terminate_backend($1)', [rows[0]?.pid])
    // Postgres says goodbye before the connection ends, and both have to be lived through.
    await vi.waitFor(async () => {
      const { rowCount } = await pool.query('select from pg_stat_activity where pid = $1', [rows[0]?.pid])
      expect(rowCount).toBe(0)
    }, patience)
    await sql`select 1`.execute(db)
  })
  const error = await cut.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(isUnavailable(error)).toBe(true)
  expect((await ask(app, newest)).body).toEqual({ data: { papers: { nodes: [] } } })
})

test('without its database the server stays up, says that it is not ready, and reads fail with a code', async () => {
  await using bereft = await startTestApp()
  await bereft.database.drop()
  const { body, text } = await ask(bereft, newest)
  expect(body.errors).toMatchObject([
    {
      message: 'The database is unavailable. Try again soon.',
      extensions: { code: 'DATABASE_UNAVAILABLE' },
    },
  ])
  expect(text).not.toContain('test_')
  const [health, ready] = await Promise.all([fetch(`${bereft.url}/health`), fetch(`${bereft.url}/ready`)])
  const reason = 'The database does not answer.'
  expect([health.status, ready.status, await ready.json()]).toEqual([
    ...[200, 503],
    { status: 'not ready', reason, feedAgeMs: expect.any(Number) },
  ])
})

test('over WebSocket errors are what they are over HTTP: a code, and nothing that only the server reads', async () => {
  await using broken = await startTestApp({ settings: { MAX_QUERY_DEPTH: '2' } })
  await sql`alter table paper rename column title to title_away`.execute(broken.db)
  for (const [document, code] of [
    ['{', 'GRAPHQL_PARSE_FAILED'],
    ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['query One { __typename } query Two { __typename }', 'OPERATION_RESOLUTION_FAILURE'],
    ['{ papers { nodes { title } } }', 'QUERY_TOO_LARGE'],
    ['subscription { feed(after: "x") { cursor } }', 'CURSOR_MALFORMED'],
    ['{ paper(arxivId: "2601.00001") { title } }', 'INTERNAL_SERVER_ERROR'],
  ] as const) {
    await using asked = subscribe(broken, document)
    const errors = await asked.nextResult().then(
      (result) => result.errors,
      (error: Error) => error.cause,
    )
    const extensions = code === 'INTERNAL_SERVER_ERROR' ? { code, requestId: expect.any(String) } : { code }
    expect(errors).toEqual([expect.objectContaining({ extensions })])
  }
})

test.each(['onRequest', 'onRequestParse', 'onResultProcess', 'onResponse'] as const)(
  'what a hook of the engine throws in %s is masked and logged',
  async (hook) => {
    const { db, feed, config } = app
    const logged: string[] = []
    const log = createLogger({ level: 'error', format: 'text', write: (line) => logged.push(line) })
    const plugin = {
      [hook]() {
        throw new Error('A secret of the server.')
      },
    }
    const { limits, http } = config
    const engine = createEngine({ schema, db, feed, limits, http, log, plugins: [plugin] })
    const readiness = async () => ({ reason: null, feedAgeMs: 0 })
    const server = createHttpServer({ engine, config, viewerOf: () => anonymous, readiness, log })
    const url = await listen(server, { host: '127.0.0.1', port: 0 })
    const response = await post({ endpoint: `${url}/graphql` }, { query: newest })
    expect([response.status, await response.json()]).toEqual([
      500,
      {
        errors: [
          {
            message: 'Something went wrong on our side.',
            extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: expect.any(String) },
          },
        ],
      },
    ])
    expect(logged.join()).toContain('A secret of the server.')
    await drain(server, 0, async () => {})
  },
)
