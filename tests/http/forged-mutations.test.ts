import { describe, expect, test } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { rawExchange } from '../support/exchange.ts'

const app = useTestApp({ WRITE_TOKEN: 'a-token-of-the-tests' })
const authorization = 'Bearer a-token-of-the-tests'
const mutation = 'mutation { ingestPapers(papers: []) { newCount } }'

const send = async (body: string, headers: Record<string, string>) => {
  const response = await fetch(app.endpoint, {
    method: 'POST',
    headers: { authorization, accept: 'application/graphql-response+json', ...headers },
    body,
  })
  const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] }
  return [response.status, errors?.[0]?.extensions.code]
}

describe('mutations in bodies that pages of other sites can have their visitors send', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const graphql = { 'content-type': 'application/graphql' }
  const asForm = (query: string) => String(new URLSearchParams({ query }))

  test.each([
    ['a form', form, asForm(mutation)],
    [
      'a form with a charset',
      { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      asForm(mutation),
    ],
    ['application/graphql', graphql, mutation],
  ])('are refused in %s', async (_name, headers, body) => {
    expect(await send(body, headers)).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
  })

  test.each(['apollo-require-preflight', 'graphql-preflight', 'x-requested-with'])(
    'are executed with the header %s, which proves a preflight',
    async (name) => {
      // It reaches the arguments.
      expect((await send(asForm(mutation), { ...form, [name]: '1' }))[1]).toBe('BAD_USER_INPUT')
    },
  )

  test('are executed as JSON, in any case of letters', async () => {
    const body = JSON.stringify({ query: mutation })
    expect((await send(body, { 'content-type': 'APPLICATION/JSON' }))[1]).toBe('BAD_USER_INPUT')
  })

  test('leave queries as they are', async () => {
    expect(await send(asForm('{ __typename }'), form)).toEqual([200, undefined])
    expect(await send('{ __typename }', graphql)).toEqual([200, undefined])
  })
})

test('two headers Host are refused, since a proxy may have read the other one', async () => {
  const text = await rawExchange(
    app,
    'GET /health HTTP/1.1\r\nHost: one.example\r\nHost: two.example\r\nConnection: close\r\n\r\n',
  )
  expect(text).toMatch(/^HTTP\/1\.1 400 /)
  expect(text).toContain('BAD_REQUEST')
})

test.each(['/health', '/ready', '/feed', '/graphql'])(
  '%s answers DELETE with 405 and what it takes',
  async (path) => {
    const response = await fetch(app.url + path, { method: 'DELETE' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, expect.stringContaining('GET, ')])
  },
)
