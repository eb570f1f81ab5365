import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { post, startTestApp, type TestApp } from '../support/app.ts'
import { manualClock } from '../support/clock.ts'
import { once } from '../support/patience.ts'
import { subscribe, subscribeSse } from '../support/subscribe.ts'
import { bearer } from '../support/tokens.ts'

type Pair = Awaited<ReturnType<typeof generateKeyPair>>

const audience = 'papers'
const clock = manualClock()
const nowSeconds = () => Math.floor(clock.now().getTime() / 1000)
/** By their ids: what the issuer publishes at the moment. */
const published = new Map<string, Pair>()
let isDown = false
const provider = createServer(async (request, response) => {
  if (isDown) return void response.writeHead(500).end()
  const keys = [...published].map(async ([kid, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid }))
  const metadata = { issuer, jwks_uri: `${issuer}/keys` }
  response.end(JSON.stringify(request.url === '/keys' ? { keys: await Promise.all(keys) } : metadata))
})
let issuer: string
let app: TestApp
beforeAll(async () => {
  published.set('1', await generateKeyPair('ES256'))
  await once(provider.listen(0, '127.0.0.1'), 'listening')
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
  app = await startTestApp({ clock, settings: settings() })
})
afterAll(async () => {
  await app.close()
  provider.close()
})

const settings = () => ({
  ...{ REQUIRE_READ_TOKEN: 'on', JWT_ISSUER: issuer, JWT_AUDIENCE: audience },
  ...{ JWT_ROLE_CLAIM: 'realm_access.roles', JWT_ROLES: 'papers-bot=ingest,papers-reader=read' },
})

interface Claims extends JWTPayload {
  readonly roles?: readonly string[]
  /** Null for no end. */
  readonly ends?: null
}

function signed(
  { roles = [], ends, ...claims }: Claims = {},
  kid = '1',
  pair = published.get(kid),
): Promise<string> {
  const end = ends === null ? {} : { exp: nowSeconds() + 60 }
  const payload = { iss: issuer, aud: audience, sub: 'ada', ...end, ...claims }
  return new SignJWT({ ...payload, realm_access: { roles } })
    .setProtectedHeader({ alg: 'ES256', kid })
    .sign((pair as Pair).privateKey)
}

const mutation = 'mutation { ingestPapers(papers: [{ title: "A", publishedAt: "2026-06-15" }]) { newCount } }'

/** The status, and the code of the error or the data. */
async function ask(token: string, query = '{ __typename }', to = app) {
  const headers = { ...bearer(token), accept: 'application/graphql-response+json' }
  const response = await post(to, { query }, headers)
  const { data, errors } = (await response.json()) as {
    data?: unknown
    errors?: { extensions: { code: string } }[]
  }
  return [response.status, errors?.[0]?.extensions.code ?? data]
}

describe('a token of the issuer', () => {
  test('has the role that its claim says, and may read without one', async () => {
    const bot = await signed({ roles: ['other', 'papers-bot'] })
    expect(await ask(bot, mutation)).toEqual([200, { ingestPapers: { newCount: 1 } }])
    const reader = await signed()
    expect(await ask(reader)).toEqual([200, { __typename: 'Query' }])
    expect(await ask(reader, mutation)).toEqual([403, 'FORBIDDEN'])
  })

  test.each<[string, () => Promise<string>, string]>([
    ['for another audience', () => signed({ aud: 'mail' }), 'UNAUTHENTICATED'],
    ['of another issuer', () => signed({ iss: 'https://evil.example' }), 'UNAUTHENTICATED'],
    ['that never expires', () => signed({ ends: null }), 'UNAUTHENTICATED'],
    ['that is not valid yet', () => signed({ nbf: nowSeconds() + 600 }), 'UNAUTHENTICATED'],
    ['that has expired', () => signed({ exp: nowSeconds() - 60 }), 'TOKEN_EXPIRED'],
    [
      'signed with another key of the same name',
      async () => signed({}, '1', await generateKeyPair('ES256')),
      'UNAUTHENTICATED',
    ],
    [
      'signed with the published key as a secret',
      async () => {
        const secret = new TextEncoder().encode(await exportSPKI((published.get('1') as Pair).publicKey))
        return new SignJWT({ iss: issuer, aud: audience, exp: nowSeconds() + 60 })
          .setProtectedHeader({ alg: 'HS256', kid: '1' })
          .sign(secret)
      },
      'UNAUTHENTICATED',
    ],
    [
      'without a signature',
      async () => {
        const [, payload] = (await signed()).split('.')
        return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.AA`
      },
      'UNAUTHENTICATED',
    ],
  ])('%s is refused', async (_what, make, code) => {
    expect(await ask(await make())).toEqual([401, code])
  })

  test('may be ahead by what clocks differ', async () => {
    expect(await ask(await signed({ nbf: nowSeconds() + 5 }))).toEqual([200, { __typename: 'Query' }])
  })

  test('with a new key works as soon as the issuer publishes it', async () => {
    published.set('2', await generateKeyPair('ES256'))
    const token = await signed({}, '2')
    await vi.waitFor(async () => expect((await ask(token))[0]).toBe(200), { timeout: 150_000, interval: 200 })
  })

  test('gives its rights over each transport, and ends subscriptions with their cursor when it expires', async () => {
    const document = 'subscription ($after: FeedCursor!) { feed(after: $after, heartbeat: 30) { cursor } }'
    const headers = bearer(await signed({ sub: 'grace' }))
    const socket = subscribe<{ feed: { cursor: string } }>(app, document, { after: 'NOW' }, headers)
    const sse = await subscribeSse<{ feed: { cursor: string } }>(app, document, { after: 'NOW' }, headers)
    const { cursor } = (await socket.next()).feed
    await sse.next()
    const feed = await fetch(`${app.url}/feed`, { headers })
    expect(feed.status).toBe(200)
    let isEnded = false
    const ended = Promise.all([socket.ended(), feed.text()]).finally(() => {
      isEnded = true
    })
    await vi.waitFor(
      () => {
        clock.advance(1_000)
        expect(isEnded).toBe(true)
      },
      { timeout: 150_000 },
    )
    const [bySocket, byFeed] = await ended
    expect(bySocket).toEqual([
      { message: expect.stringContaining(cursor), extensions: { code: 'TOKEN_EXPIRED', cursor } },
    ])
    expect(byFeed).toContain('event: fault\ndata: {"code":"TOKEN_EXPIRED"')
    expect(await ask(headers.authorization.slice(7))).toEqual([401, 'TOKEN_EXPIRED'])
    await socket.close()
    await sse.close()
  })
})

test('while the keys cannot be read, known ones work, and others are refused with a code and no stack', async () => {
  const known = await signed({ sub: 'known' })
  expect((await ask(known))[0]).toBe(200)
  isDown = true
  await using fresh = await startTestApp({ beside: app, clock, settings: settings() })
  expect(await ask(known)).toEqual([200, { __typename: 'Query' }])
  expect(await ask(await signed({ sub: 'another' }))).toEqual([200, { __typename: 'Query' }])
  expect(await ask(known, undefined, fresh)).toEqual([503, 'ISSUER_UNAVAILABLE'])
  expect(await ask(known, mutation, fresh)).toEqual([503, 'ISSUER_UNAVAILABLE'])
  expect(fresh.logged.filter((line) => /error:|\n {4}at /.test(line))).toEqual([])
  isDown = false
  await vi.waitFor(async () => expect((await ask(known, undefined, fresh))[0]).toBe(200), {
    timeout: 150_000,
    interval: 200,
  })
})
