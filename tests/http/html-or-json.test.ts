import { describe, expect, test } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { exchange } from '../support/exchange.ts'

const app = useTestApp()

const typeFor = async (headers: Record<string, string | string[]>) => {
  const answer = await exchange(app, { target: '/graphql?query=%7B__typename%7D', headers })
  return answer.headers['content-type']?.split(';', 1)[0]
}

describe('the playground is sent to a client that accepts', () => {
  test.each([
    'text/html',
    'Text/HTML',
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
    'text/html, application/json',
    'application/json, text/html',
    'application/json;q=0.5, text/html;q=0.5',
    'application/json;q=0.1, text/html;q=0.2',
    'text/html;level=1, application/json;q=0.9',
    'text/html, */*',
    '*/*;q=0.1, text/html;q=0.2',
  ])('%s', async (accept) => expect(await typeFor({ accept })).toBe('text/html'))

  test('it in one of two headers', async () => {
    expect(await typeFor({ accept: ['application/json;q=0.5', 'text/html'] })).toBe('text/html')
  })
})

describe('JSON is sent to a client that accepts', () => {
  test.each([
    'application/json, text/html;q=0',
    'application/json;q=0.9, text/html;q=0.1',
    'text/html;q=0.9, application/graphql-response+json',
    'text/html;q=0.5, */*',
    'text/html; q=0, */*',
    'text/htmlx, application/json',
    'application/json;profile="text/html"',
    'application/json;profile="a, text/html"',
    '*/*',
    '',
  ])('%s', async (accept) =>
    expect(await typeFor({ accept })).toMatch(/^application\/(graphql-response\+)?json$/),
  )

  test('anything', async () => expect(await typeFor({})).toMatch(/json$/))
})

test('a stream is sent to a client that would rather have events than HTML', async () => {
  const { headers } = await exchange(app, {
    ...{ method: 'HEAD', target: `/graphql?query=${encodeURIComponent('subscription { feed { cursor } }')}` },
    headers: { accept: 'text/event-stream, text/html;q=0.5' },
  })
  expect(headers['content-type']).toMatch(/^text\/event-stream/)
})

test('the bare address shows the page only to those who want HTML', async () => {
  const home = (accept: string) => exchange(app, { target: '/', headers: { accept } })
  expect((await home('Text/HTML')).headers['content-type']).toMatch(/^text\/html/)
  for (const accept of ['application/json, text/html;q=0.5', 'text/html;q=0', '*/*'])
    expect((await home(accept)).headers['content-type']).toMatch(/^application\/json/)
})

test.each([
  ['gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['br, gzip;q=0.5', 'br'],
  ['*', 'br'],
  ['gzip;q=0, identity', undefined],
  ['br;q=0, gzip;q=0, *', undefined],
  ['gzip;q=0.5, identity', undefined],
  ['identity', undefined],
  ['', undefined],
])('the page is encoded for a client that accepts %j as %s', async (encodings, expected) => {
  const { headers } = await exchange(app, {
    ...{ method: 'HEAD', target: '/graphql' },
    headers: { accept: 'text/html', 'accept-encoding': encodings },
  })
  expect(headers['content-encoding']).toBe(expected)
  expect(headers.vary?.toLowerCase()).toContain('accept-encoding')
})
