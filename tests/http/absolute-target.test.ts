import { expect, test } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { exchange, websocketOffer } from '../support/exchange.ts'

const app = useTestApp()
const typename = '/graphql?query=%7B__typename%7D'

test.each(['http://localhost:4000', 'HTTP://papers.example', 'https://user:word@papers.example'])(
  'the request line may have the whole address: %s',
  async (origin) => {
    const asked = await exchange(app, { target: `${origin}${typename}` })
    expect(JSON.parse(asked.text)).toEqual({ data: { __typename: 'Query' } })
    for (const path of ['/health', '/ready']) {
      expect((await exchange(app, { target: `${origin}${path}` })).status).toBe(200)
    }
    const posted = await exchange(app, {
      ...{ method: 'POST', target: `${origin}/graphql`, headers: { 'content-type': 'application/json' } },
      body: '{"query":"{ __typename }"}',
    })
    expect(JSON.parse(posted.text)).toEqual({ data: { __typename: 'Query' } })
  },
)

test('so may that of the feed, whose parameters are read', async () => {
  const feed = (parameters: string) =>
    exchange(app, { method: 'HEAD', target: `http://papers.example/feed${parameters}` })
  expect((await feed('?after=START&kinds=INGESTED')).status).toBe(200)
  expect((await feed('?kinds=DELETED')).status).toBe(400)
})

test.each(['http://papers.example/graphql', 'ws://papers.example/graphql?x=1'])(
  'so may that of a WebSocket: %s',
  async (target) => {
    expect((await exchange(app, { target, headers: websocketOffer })).status).toBe(101)
  },
)

test('an address without a path is that of /', async () => {
  const asked = { target: 'http://papers.example', headers: { accept: 'text/html' } }
  expect(await exchange(app, asked)).toMatchObject({ status: 200 })
  const query = await exchange(app, { ...asked, target: 'http://papers.example?utm_source=x' })
  expect(query.status).toBe(200)
})

test('the host of the address has to be one', async () => {
  const { status, text } = await exchange(app, { target: 'http://[::bad/graphql' })
  expect([status, JSON.parse(text)]).toMatchObject([400, { error: { code: 'BAD_REQUEST' } }])
})

test('a path that only contains an address is a path', async () => {
  expect((await exchange(app, { target: '/http://papers.example/graphql' })).status).toBe(404)
  const url = encodeURIComponent('http://papers.example/')
  expect((await fetch(`${app.url}/health?url=${url}`)).status).toBe(200)
})
