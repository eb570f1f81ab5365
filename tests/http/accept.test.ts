import { beforeAll, describe, expect, test } from 'vitest'
import { post, useTestApp } from '../support/app.ts'
import { plant } from '../support/papers.ts'

const token = 'a-token-for-writing'
const app = useTestApp({ WRITE_TOKEN: token })
beforeAll(() => plant(app.db, [{ arxivId: '2606.00001', title: 'One' }]))

function send(query: string, accept: string): Promise<Response> {
  return post(app, { query }, { authorization: `Bearer ${token}`, accept })
}

async function refusalIn(response: Response): Promise<unknown> {
  expect(response.headers.get('content-type')).toMatch(/json/)
  expect(response.headers.get('cache-control')).toBe('no-store')
  const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] }
  return [response.status, errors[0]?.extensions.code]
}

describe('a subscription', () => {
  const events = 'subscription { paperIngested { cursor } }'

  test.each([
    'application/json',
    'application/graphql-response+json, application/json;q=0.9',
    'multipart/mixed',
    'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9',
    'application/json, text/event-stream;q=0',
    '*/*, text/event-stream;q=0',
    'text/event-stream;charset=latin1, application/json',
  ])('for a client that accepts %s is refused in words, and nothing stays open', async (accept) => {
    expect(await refusalIn(await send(events, accept))).toEqual([406, 'NOT_ACCEPTABLE'])
    expect(app.hub.held.subscriptions).toBe(0)
  })

  test.each(['text/event-stream', '*/*', 'text/*, application/json', 'TEXT/EVENT-STREAM; charset=utf-8'])(
    'for a client that accepts %s is open',
    async (accept) => {
      const response = await send(events, accept)
      expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
      // What a proxy holds back until its buffer is full comes too late.
      expect(response.headers.get('x-accel-buffering')).toBe('no')
      await response.body?.cancel()
    },
  )
})

describe('what no answer of ours would fit', () => {
  test.each(['image/png', 'application/json;q=0', 'application/json;charset=utf-16'])(
    'a mutation that accepts %s is refused in words, and writes nothing',
    async (accept) => {
      const ingest = `mutation { ingestPapers(papers: [{ title: "Not Wanted", publishedAt: "2026-06-01" }]) { newCount } }`
      expect(await refusalIn(await send(ingest, accept))).toEqual([406, 'NOT_ACCEPTABLE'])
      const papers = await app.db.selectFrom('paper').select('title').execute()
      expect(papers).toEqual([{ title: 'One' }])
    },
  )

  test.each(['', '*/*', 'application/*', 'image/png, */*;q=0.1'])(
    'a query that accepts %j is answered',
    async (accept) => {
      expect(await (await send('{ __typename }', accept)).json()).toEqual({ data: { __typename: 'Query' } })
    },
  )
})

test.each(['text/plain', 'application/xml'])('a body of %s is refused in words', async (type) => {
  const response = await post(app, { query: '{ __typename }' }, { 'content-type': type })
  expect(await refusalIn(response)).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
})
