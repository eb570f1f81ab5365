import { once } from 'node:events'
import { request } from 'node:http'
import { describe, expect, test } from 'vitest'
import { post, useTestApp } from '../support/app.ts'

const app = useTestApp({ MAX_BODY_BYTES: '2000' })

describe('health', () => {
  test('/health and /ready answer without a word about the inside', async () => {
    const [health, ready] = await Promise.all([fetch(`${app.url}/health`), fetch(`${app.url}/ready`)])
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }])
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ready', feedAgeMs: expect.any(Number) },
    ])
  })

  test('a path that is none points to the API', async () => {
    const response = await fetch(`${app.url}/grapql?x=1`)
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({
      error: { code: 'NOT_FOUND', message: 'Not found. The GraphQL API is at /graphql.' },
    })
  })

  test('the address of the API may end with a slash', async () => {
    const asked = await fetch(`${app.url}/graphql/?query=${encodeURIComponent('{ __typename }')}`)
    expect([asked.status, await asked.json()]).toEqual([200, { data: { __typename: 'Query' } }])
    const posted = await fetch(`${app.url}/graphql/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ __typename }' }),
    })
    expect(await posted.json()).toEqual({ data: { __typename: 'Query' } })
    const socket = new WebSocket(`${app.wsEndpoint}/`, 'graphql-transport-ws')
    await once(socket, 'open')
    socket.close()
    expect((await fetch(`${app.url}/graphql/more`)).status).toBe(404)
  })

  test('a browser at the bare address gets the page for readers', async () => {
    const { status, headers } = await fetch(app.url, { headers: { accept: 'text/html' } })
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  })
})

describe('headers', () => {
  test('a request id is made, or kept where a proxy sent a decent one', async () => {
    const own = (await post(app, { query: '{ __typename }' })).headers.get('x-request-id')
    expect(own).toMatch(/^[0-9a-f-]{36}$/)
    const kept = await post(app, { query: '{ __typename }' }, { 'x-request-id': 'edge-1.2:3' })
    expect(kept.headers.get('x-request-id')).toBe('edge-1.2:3')
    const replaced = await post(app, { query: '{ __typename }' }, { 'x-request-id': '<script>' })
    expect(replaced.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(replaced.headers.get('x-request-id')).not.toBe(own)
  })

  test('nothing is sniffed and no referrer leaks', async () => {
    const { headers } = await post(app, { query: '{ __typename }' })
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  })

  test('any origin may read, none with credentials', async () => {
    const { headers } = await post(app, { query: '{ __typename }' }, { origin: 'https://example.org' })
    expect(headers.get('access-control-allow-origin')).toBe('https://example.org')
    expect(headers.get('access-control-allow-credentials')).toBeNull()
  })
})

describe('what cannot be read', () => {
  test.each(['[::bad:99999', 'a b/c?d#e', 'x:99999'])('the Host %s', async (host) => {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; text: string }>()
    request(`${app.endpoint}?query={__typename}`, { headers: { host } }, async (response) => {
      resolve({ status: response.statusCode, text: (await response.toArray()).join('') })
    })
      .on('error', reject)
      .end()
    const { status, text } = await promise
    expect(status).toBe(400)
    expect(JSON.parse(text)).toEqual({
      error: {
        code: 'BAD_REQUEST',
        message: 'Send one header Host, with a host name and, if need be, a port.',
      },
    })
  })

  test.each(['variables', 'extensions'])('%s in an address that are no JSON', async (name) => {
    const response = await fetch(`${app.endpoint}?query={__typename}&${name}={`, {
      headers: { accept: 'application/graphql-response+json' },
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({
      errors: [
        {
          message: 'variables and extensions must be JSON, percent-encoded.',
          extensions: { code: 'BAD_REQUEST' },
        },
      ],
    })
  })

  test('variables in a form that are no JSON', async () => {
    const body = new URLSearchParams({ query: '{ __typename }', variables: '{' })
    const response = await fetch(app.endpoint, { method: 'POST', body })
    expect(response.status).toBe(400)
  })
})

describe('bodies', () => {
  const large = JSON.stringify({ query: `{ __typename } #${'x'.repeat(3000)}` })

  test('one beyond the limit is refused with its size told', async () => {
    const response = await post(app, large)
    expect(response.status).toBe(413)
    expect(await response.json()).toEqual({
      errors: [
        {
          message:
            'The request body is larger than 2000 bytes, which is the limit for its sender. Split it into several requests, or send a token that allows more.',
          extensions: { code: 'BODY_TOO_LARGE' },
        },
      ],
    })
  })

  test('one that comes in chunks of unknown number, too', async () => {
    const chunked = (text: string) =>
      fetch(app.endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: new Blob([text]).stream(),
        duplex: 'half',
      } as RequestInit)
    expect((await chunked(large)).status).toBe(413)
    const small = await chunked(JSON.stringify({ query: '{ __typename }' }))
    expect(await small.json()).toEqual({ data: { __typename: 'Query' } })
  })

  test.each(['', '{', 'null', '[]', '"x"', '\0\0', '{"query":1}', '{"query":"{"}'])(
    'the body %j is the client’s fault, and says so',
    async (body) => {
      const response = await post(app, body, { accept: 'application/graphql-response+json' })
      expect(response.status).toBe(400)
      const { errors } = (await response.json()) as { errors: { message: string }[] }
      expect(errors[0]?.message).toMatch(/\w/)
      expect(app.logged.join('\n')).not.toContain('failed')
    },
  )
})
