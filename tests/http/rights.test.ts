import { beforeAll, describe, expect, test } from 'vitest'
import { revokeAccessToken } from '../../db/access-tokens.ts'
import { answerTo, post, startTestApp, useTestApp } from '../support/app.ts'
import { rawExchange } from '../support/exchange.ts'
import { subscribe } from '../support/subscribe.ts'
import { bearer, createToken } from '../support/tokens.ts'

const app = useTestApp({ WRITE_TOKEN: 'a-token-of-the-tests' })
const guarded = useTestApp({ REQUIRE_READ_TOKEN: 'on', WRITE_TOKEN: 'a-token-of-the-tests' })

const mutation =
  'mutation ($papers: [PaperInput!]!) { ingestPapers(papers: $papers) { newCount rejectedCount } }'
const paper = { title: 'A paper', publishedAt: '2026-06-15', arxivId: '2606.00001' }
const strict = { accept: 'application/graphql-response+json' }

const send = async (body: object, headers: Record<string, string> = {}, to = app) => {
  const response = await post(to, body, headers)
  const { errors, data } = (await response.json()) as {
    data?: unknown
    errors?: { message: string; extensions: { code: string } }[]
  }
  const [error] = errors ?? []
  return { response, data, code: error?.extensions.code, message: error?.message }
}

describe('a mutation without the right to it', () => {
  test('is refused before its variables are coerced, with a challenge', async () => {
    const { response, code, data } = await send({ query: mutation, variables: { papers: 'no list' } }, strict)
    expect([response.status, code, data]).toEqual([401, 'UNAUTHENTICATED', undefined])
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
  })

  test('has its code in a 200 for clients that accept application/json alone', async () => {
    const { response, code } = await send(
      { query: mutation, variables: { papers: [paper] } },
      { accept: 'application/json' },
    )
    expect([response.status, code]).toEqual([200, 'UNAUTHENTICATED'])
  })

  test.each([
    [
      'behind a fragment',
      'mutation { ...F } fragment F on Mutation { ingestPapers(papers: []) { newCount } }',
    ],
    ['beside an alias', 'mutation { a: __typename b: ingestPapers(papers: []) { newCount } }'],
    [
      'behind a condition that only the default of a variable fulfils',
      'mutation ($on: Boolean = true) { ingestPapers(papers: []) @include(if: $on) { newCount } }',
    ],
    [
      'as one of several operations',
      'query A { __typename } mutation M { ingestPapers(papers: []) { newCount } }',
    ],
  ])('is found %s', async (_place, query) => {
    const operationName = query.includes(' M ') ? { operationName: 'M' } : {}
    expect(await send({ query, ...operationName }, strict)).toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  const invalid = 'mutation { ingestPapers(papers: 1) { newCount nothing } }'

  test('is refused before its document is judged, and only then', async () => {
    // Twice each: what is wrong with a document is kept for those who send it again.
    for (const _ of [1, 2]) {
      const { response, code } = await send({ query: invalid }, strict)
      expect([response.status, code]).toEqual([401, 'UNAUTHENTICATED'])
      expect(await send({ query: invalid }, bearer('a-token-of-the-tests'))).toMatchObject({
        code: 'GRAPHQL_VALIDATION_FAILED',
      })
    }
    const cyclic = 'mutation { ...F } fragment F on Mutation { ingestPapers(papers: []) { newCount } ...F }'
    const several = `query A { nothing } ${invalid.replace('mutation', 'mutation M')}`
    expect(await send({ query: cyclic })).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(await send({ query: several, operationName: 'M' })).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(await send({ query: several, operationName: 'A' })).toMatchObject({
      code: 'GRAPHQL_VALIDATION_FAILED',
    })
    expect(await send({ query: 'mutation { constructor }' })).toMatchObject({
      code: 'GRAPHQL_VALIDATION_FAILED',
    })
  })

  test('is refused so over WebSocket and SSE too', async () => {
    await using refused = subscribe(app, invalid)
    await expect(refused.nextResult()).rejects.toMatchObject({
      cause: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    })
    const response = await post(app, { query: invalid }, { accept: 'text/event-stream' })
    const text = await response.text()
    expect(text).toContain('"code":"UNAUTHENTICATED"')
    expect(text).not.toContain('VALIDATION')
  })

  test('is refused before its body is read, where that is large', async () => {
    const body = JSON.stringify({ query: mutation, variables: { papers: Array(2_000).fill(paper) } })
    const head = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n'
    const sizes = [`content-length: ${body.length}\r\n\r\n`, 'transfer-encoding: chunked\r\n\r\n40000\r\n']
    for (const size of sizes) {
      const answer = await rawExchange(app, `${head}${size}${body}`)
      expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]+"code":"BODY_TOO_LARGE"/)
    }
    const withToken = await send(
      { query: mutation, variables: { papers: Array(2_000).fill(paper) } },
      bearer('a-token-of-the-tests'),
    )
    expect(withToken.code).not.toBe('BODY_TOO_LARGE')
  })

  test('is refused over WebSocket', async () => {
    await using refused = subscribe(app, mutation, { papers: 'no list' })
    expect((await refused.nextResult()).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
  })

  test('is refused over SSE', async () => {
    const response = await post(
      app,
      { query: mutation, variables: { papers: [paper] } },
      { accept: 'text/event-stream' },
    )
    expect(await response.text()).toContain('"code":"UNAUTHENTICATED"')
  })
})

describe('tokens of the database', () => {
  test('work at once, each with its role, several at a time', async () => {
    const [one, other, reader] = [
      await createToken(app, 'one', 'ingest'),
      await createToken(app, 'other', 'admin'),
      await createToken(app, 'reader', 'read'),
    ]
    const body = { query: mutation, variables: { papers: [paper] } }
    for (const token of [one, other, 'a-token-of-the-tests'])
      expect(await send(body, bearer(token))).toMatchObject({ data: { ingestPapers: { rejectedCount: 0 } } })
    const { response, code, message } = await send(body, { ...strict, ...bearer(reader) })
    expect([response.status, code]).toEqual([403, 'FORBIDDEN'])
    expect(message).toContain('has the role "read", and this requires "ingest"')
    await using socket = subscribe(app, mutation, { papers: [paper] }, bearer(one))
    expect(await socket.next()).toEqual({ ingestPapers: { newCount: 0, rejectedCount: 0 } })
  })

  test('a token that the server does not know, has seen revoked or that has expired is told apart', async () => {
    const body = { query: mutation, variables: { papers: [paper] } }
    const unknown = `dp_${'x'.repeat(43)}`
    expect(await send(body, bearer(unknown))).toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining('the one that was sent is not of this server'),
    })
    const revoked = await createToken(app, 'revoked', 'ingest')
    await revokeAccessToken(app.db, 'revoked')
    expect(await send(body, bearer(revoked))).toMatchObject({ code: 'TOKEN_REVOKED' })
    const expired = await createToken(app, 'expired', 'ingest', new Date('2026-01-01T00:00:00Z'))
    expect(await send(body, bearer(expired))).toMatchObject({ code: 'TOKEN_EXPIRED' })
    // Reading requires none here, so that they keep nobody from it.
    expect(await send({ query: '{ feedPosition }' }, bearer(expired))).toMatchObject({ code: undefined })
  })
})

describe('with REQUIRE_READ_TOKEN', () => {
  let token: string
  beforeAll(async () => {
    token = await createToken(guarded, 'reader', 'read')
  })

  test.each([
    '{ feedPosition }',
    '{ __schema { queryType { name } } }',
    '{ _service { sdl } }',
    '{ _entities(representations: [{ __typename: "Paper", arxivId: "2606.00001" }]) { __typename } }',
    '{ __typename }',
  ])('the query %s requires a token', async (query) => {
    expect(await answerTo(guarded, { query })).toMatchObject({
      status: 401,
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    })
    expect(await send({ query }, bearer(token), guarded)).toMatchObject({ code: undefined })
  })

  test('subscriptions over WebSocket and SSE require one', async () => {
    const document = 'subscription { feed(after: "NOW", heartbeat: 30) { cursor } }'
    await using refused = subscribe(guarded, document)
    expect((await refused.nextResult()).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
    await using taken = subscribe<object>(guarded, document, {}, bearer(token))
    expect(await taken.next()).toEqual({ feed: { cursor: expect.any(String) } })
    const stream = await post(guarded, { query: document }, { accept: 'text/event-stream' })
    expect(await stream.text()).toContain('"code":"UNAUTHENTICATED"')
  })

  test('/feed requires one', async () => {
    const refused = await fetch(`${guarded.url}/feed`, { headers: { accept: 'text/event-stream' } })
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(await refused.json()).toMatchObject({ error: { code: 'UNAUTHENTICATED' } })
    const taken = await fetch(`${guarded.url}/feed`, { method: 'HEAD', headers: bearer(token) })
    expect(taken.status).toBe(200)
  })

  test('health checks and the page of GraphiQL require none, and WRITE_TOKEN reads', async () => {
    expect((await fetch(`${guarded.url}/ready`)).status).toBe(200)
    expect((await fetch(guarded.endpoint, { headers: { accept: 'text/html' } })).status).toBe(200)
    const read = await send({ query: '{ feedPosition }' }, bearer('a-token-of-the-tests'), guarded)
    expect(read.code).toBeUndefined()
  })
})

test('without the database, tokens that are known go on working and others cannot be checked', async () => {
  await using lost = await startTestApp({ settings: { REQUIRE_READ_TOKEN: 'on' } })
  const token = await createToken(lost, 'known', 'read')
  expect(await send({ query: '{ __typename }' }, bearer(token), lost)).toMatchObject({ code: undefined })
  await lost.database.drop()
  expect(await send({ query: '{ __typename }' }, bearer(token), lost)).toMatchObject({ code: undefined })
  const unknown = await send(
    { query: '{ __typename }' },
    { ...strict, ...bearer(`dp_${'y'.repeat(43)}`) },
    lost,
  )
  expect([unknown.response.status, unknown.code]).toEqual([503, 'DATABASE_UNAVAILABLE'])
  expect(unknown.message).toContain('The token cannot be checked')
})
