import { expect, test, vi } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { exchange } from '../support/exchange.ts'
import { patience } from '../support/patience.ts'

const app = useTestApp()
const query = (text: string) => `/graphql?query=${encodeURIComponent(text)}`
const events = { accept: 'text/event-stream' }

/** Differ from request to request. */
const own = ['date', 'x-request-id', 'keep-alive', 'connection', 'transfer-encoding', 'ratelimit']

test.each<[string, Record<string, string>, number]>([
  [query('{ __typename }'), {}, 200],
  [query('{ __typename }'), { accept: 'application/graphql-response+json' }, 200],
  [query('{ papers(first: 50) { nodes { title abstract } } }'), { 'accept-encoding': 'br' }, 200],
  [query('{'), { accept: 'application/graphql-response+json' }, 400],
  [query('mutation { ingestPapers(papers: []) { newCount } }'), {}, 405],
  ['/graphql', { accept: 'text/html' }, 200],
  ['/graphql', { accept: 'image/png' }, 406],
  ['/', { accept: 'text/html' }, 200],
  ['/health', {}, 200],
  ['/ready', {}, 200],
  ['/feed?after=x', {}, 400],
  ['/nowhere', {}, 404],
])('HEAD %s %j gives the status and the headers of GET', async (target, headers, status) => {
  const head = await exchange(app, { method: 'HEAD', target, headers })
  const get = await exchange(app, { target, headers })
  expect([head.status, get.status, head.text]).toEqual([status, status, ''])
  // The age of the feed, which /ready tells, has not always as many digits.
  if (target === '/ready') get.headers['content-length'] = head.headers['content-length']
  for (const name of own) {
    delete head.headers[name]
    delete get.headers[name]
  }
  expect(head.headers).toEqual(get.headers)
})

test.each<[string, Record<string, string>]>([
  ['/feed', {}],
  ['/feed?after=START&kinds=INGESTED', {}],
  [query('subscription { feed { cursor } }'), events],
  [query('{ __typename }'), events],
])('HEAD of the stream %s has its headers, and leaves nothing open', async (target, headers) => {
  const answer = await exchange(app, { method: 'HEAD', target, headers })
  expect([answer.status, answer.text]).toEqual([200, ''])
  expect(answer.headers).toMatchObject({
    'content-type': expect.stringMatching(/^text\/event-stream/),
    'cache-control': 'no-store, no-transform',
  })
  await vi.waitFor(() => expect(app.hub.held.subscriptions).toBe(0), patience)
})

test.each([
  ['PUT', '/graphql', 'GET, POST, HEAD, OPTIONS'],
  ['DELETE', '/graphql', 'GET, POST, HEAD, OPTIONS'],
  ['POST', '/feed', 'GET, HEAD, OPTIONS'],
  ['PATCH', '/health', 'GET, HEAD, OPTIONS'],
])('%s %s is refused with the methods that are accepted', async (method, target, allow) => {
  const { status, headers, text } = await exchange(app, { method, target })
  expect([status, headers.allow]).toEqual([405, allow])
  const { error, errors } = JSON.parse(text)
  const code = target === '/graphql' ? errors[0].extensions.code : error.code
  expect(code).toBe('METHOD_NOT_ALLOWED')
  expect((await exchange(app, { method: 'OPTIONS', target })).headers.allow).toBe(allow)
})
