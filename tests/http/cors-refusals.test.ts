import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { startTestApp, useTestApp } from '../support/app.ts'
import { type Exchange, type Exchanged, exchange, rawExchange } from '../support/exchange.ts'
import { subscribe } from '../support/subscribe.ts'

const app = useTestApp({ MAX_BODY_BYTES: '2000', MAX_SUBSCRIPTIONS: '1', STATEMENT_TIMEOUT_MS: '200' })
const origin = 'https://papers.example'
const json = { 'content-type': 'application/json' }
const document = (query: string) => JSON.stringify({ query })

function send(asked: Exchange, at = app): Promise<Exchanged> {
  return exchange(at, { ...asked, headers: { ...asked.headers, origin } })
}

function isReadable({ headers }: Exchanged): void {
  expect(headers['access-control-allow-origin']).toBe(origin)
  expect(headers['access-control-expose-headers']).toContain('x-request-id')
  expect(headers['x-request-id']).toMatch(/\w/)
  expect(headers.vary).toMatch(/origin/i)
}

const post = { method: 'POST', target: '/graphql', headers: json }
const large = document(`{ __typename } # ${'x'.repeat(3000)}`)

describe('a page of an allowed origin can read', () => {
  test.each<[number, string, Exchange]>([
    [413, 'a body that is too large', { ...post, body: large }],
    [413, 'one in chunks', { ...post, headers: { ...json, 'transfer-encoding': 'chunked' }, body: large }],
    [415, 'another media type', { ...post, headers: { 'content-type': 'text/plain' }, body: '{}' }],
    [415, 'another encoding', { ...post, headers: { ...json, 'content-encoding': 'zstd' }, body: '{}' }],
    [400, 'what is not JSON', { ...post, body: '{' }],
    [200, 'a document with an error', { ...post, body: document('{') }],
    [400, 'another Host', { target: '/graphql', headers: { host: '[::bad' } }],
    [400, 'bytes that are not UTF-8', { target: '/graphql?query=%E9' }],
    [405, 'another method', { method: 'PUT', target: '/graphql', headers: json, body: '{}' }],
    [405, 'a mutation with GET', { target: '/graphql?query=mutation%7Bx:__typename%7D' }],
    [406, 'another answer', { target: '/graphql?query={__typename}', headers: { accept: 'image/png' } }],
    [404, 'another path', { target: '/grapql' }],
    [404, 'a body for another path', { method: 'POST', target: '/grapql', body: '{}' }],
    [400, 'a cursor that is none', { target: '/feed?after=x' }],
    [405, 'another method of the feed', { method: 'DELETE', target: '/feed' }],
    [200, 'health', { target: '/health' }],
    [200, 'readiness', { target: '/ready' }],
  ])('%i: %s', async (status, _name, asked) => {
    const answer = await send(asked)
    expect([answer.status, answer.text]).toEqual([status, answer.text])
    isReadable(answer)
  })

  test('429: too many subscriptions', async () => {
    await using open = subscribe(app, 'subscription { feed(heartbeat: 1) { cursor } }')
    await open.next()
    const answer = await send({ target: '/feed' })
    expect(answer).toMatchObject({ status: 429, headers: { 'retry-after': '5' } })
    isReadable(answer)
  })

  test('503: a statement that took too long', async () => {
    await app.database.database.db.transaction().execute(async (other) => {
      await sql`lock table paper`.execute(other)
      const asked = { ...post, headers: { ...json, accept: 'application/graphql-response+json' } }
      const answer = await send({ ...asked, body: document('{ papers(first: 1) { nodes { id } } }') })
      expect(answer.text).toContain('QUERY_TIMEOUT')
      isReadable(answer)
    })
  })

  test('503: a database that is away', async () => {
    await using bereft = await startTestApp()
    await bereft.database.drop()
    for (const asked of [{ target: '/ready' }, { target: '/feed?after=START' }]) {
      const answer = await send(asked, bereft)
      expect(answer.status).toBe(503)
      isReadable(answer)
    }
  })

  test('400: a body that ends in the middle of a chunk', async () => {
    const broken = [
      'POST /graphql HTTP/1.1',
      `host: x\r\norigin: ${origin}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked`,
      '\r\nnonsense\r\n',
    ]
    const text = await rawExchange(app, broken.join('\r\n'))
    expect(text).toMatch(/^HTTP\/1\.1 400/)
    expect(text).toContain(`access-control-allow-origin: ${origin}`)
  })
})

describe('before a request, a page may ask of each path what it may send', () => {
  test.each(['/graphql', '/feed', '/health', '/grapql'])('%s', async (target) => {
    const wanted = 'traceparent, cache-control, authorization, last-event-id'
    const asked = {
      ...{ 'access-control-request-method': 'GET', 'access-control-request-headers': wanted },
    }
    const { status, headers, text } = await send({ method: 'OPTIONS', target, headers: asked })
    expect([status, text]).toEqual([204, ''])
    expect(headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-headers': wanted,
      'access-control-allow-methods': expect.stringMatching(/GET.*POST/),
      'access-control-max-age': '86400',
    })
    expect(headers.vary).toMatch(/access-control-request-headers/i)
  })

  test('an answer for one path is that for the other', async () => {
    const preflight = {
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'traceparent',
    }
    const [graphql, feed] = await Promise.all(
      ['/graphql', '/feed'].map((target) => send({ method: 'OPTIONS', target, headers: preflight })),
    )
    const cors = (answer?: Exchanged) =>
      Object.entries(answer?.headers ?? {}).filter(([name]) => name.startsWith('access-control-'))
    expect(cors(feed)).toEqual(cors(graphql))
    expect(cors(feed)).not.toEqual([])
  })
})
