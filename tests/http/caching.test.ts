import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { recordPapers } from '../../db/writer/index.ts'
import { post, startTestApp, type TestApp, useTestApp } from '../support/app.ts'
import { plantLibrary } from '../support/library.ts'
import { plant } from '../support/papers.ts'
import { aRecord } from '../support/records.ts'
import { sentStatements } from '../support/sent.ts'

const app = useTestApp({ WRITE_TOKEN: 'a-token-for-writing' })
beforeAll(() => plantLibrary(app.db))
afterEach(() => vi.restoreAllMocks())

const votes = '{ paper(arxivId: "2606.00001") { upvotes } }'

function get(document: string, headers: Record<string, string> = {}, at: TestApp = app): Promise<Response> {
  return fetch(`${at.endpoint}?${new URLSearchParams({ query: document })}`, { headers })
}

async function etagOf(document: string): Promise<string> {
  const response = await get(document)
  await response.arrayBuffer()
  return response.headers.get('etag') ?? ''
}

describe('Cache-Control and Vary', () => {
  test.each([
    ['paper content', votes, 'public, max-age=60'],
    ['what trends now', '{ papers(order: TRENDING) { nodes { title } } }', 'public, max-age=60'],
    ['the feed position', '{ feedPosition papers { nodes { title } } }', 'public, no-cache'],
    ['the feed', '{ feed(first: 1) { endCursor } }', 'public, no-cache'],
    ['how fresh the sources are', '{ sources { name } }', 'public, no-cache'],
    [
      'the same in a fragment',
      'query { ...Parts } fragment Parts on Query { sources { name } }',
      'public, no-cache',
    ],
    ['a document that cannot be parsed', '{', 'no-store'],
    ['one that is not valid', '{ gone }', 'no-store'],
    ['an answer with an error', '{ paper(arxivId: "?") { title } }', 'no-store'],
    ['one beyond a limit', `{ ${Array.from({ length: 99 }, (_, i) => `a${i}: __typename`)} }`, 'no-store'],
  ])('of %s', async (_what, document, expected) => {
    const response = await get(document)
    expect(response.headers.get('cache-control')).toBe(expected)
    expect(response.headers.has('etag')).toBe(expected !== 'no-store')
    expect(response.headers.get('vary')).toBe('Accept, Accept-Encoding, Origin')
  })

  test('who sends a token has a copy of its own', async () => {
    const response = await get(votes, { authorization: 'Bearer a-token-for-writing' })
    expect(response.headers.get('cache-control')).toBe('private, max-age=60')
  })

  test('POST says the same without a validator, mutations are not kept, pages keep their origin apart', async () => {
    const token = { authorization: 'Bearer a-token-for-writing' }
    const asked = await post(app, { query: votes }, token)
    expect([asked.headers.get('cache-control'), asked.headers.get('etag')]).toEqual([
      'private, max-age=60',
      null,
    ])
    const wrote = await post(app, { query: 'mutation { ingestPapers(papers: []) { newCount } }' }, token)
    expect(wrote.headers.get('cache-control')).toBe('no-store')
    const page = await get(votes, { origin: 'https://papers.example' })
    expect(page.headers.get('access-control-allow-origin')).toBe('https://papers.example')
    expect(page.headers.get('access-control-expose-headers')).toContain('etag')
    expect(page.headers.get('vary')).toBe('Accept, Accept-Encoding, Origin')
  })

  test('a subscription over SSE is not kept', async () => {
    const abort = new AbortController()
    const events = await fetch(
      `${app.endpoint}?${new URLSearchParams({ query: 'subscription { feed { cursor } }' })}`,
      { headers: { accept: 'text/event-stream', 'accept-encoding': 'gzip' }, signal: abort.signal },
    )
    expect(events.headers.get('cache-control')).toBe('no-store, no-transform')
    expect(events.headers.get('etag')).toBeNull()
    abort.abort()
  })

  test('CACHE_SECONDS=0 has every cache ask', async () => {
    await using eager = await startTestApp({
      settings: { CACHE_SECONDS: '0', CORS_ORIGINS: 'none' },
      beside: app,
    })
    const { headers } = await get(votes, {}, eager)
    expect(headers.get('cache-control')).toBe('public, no-cache')
    expect(headers.get('vary')).toBe('Accept, Accept-Encoding')
  })
})

describe('If-None-Match', () => {
  test('while nothing changes: 304 before anything is executed', async () => {
    await plant(app.db, [{ upvotes: 1 }])
    const etag = await etagOf(votes)
    const seen = sentStatements()
    // Other databases of this cluster may write between two requests, which costs an execution.
    for (let tries = 0; tries < 300; tries++) {
      seen.length = 0
      const response = await get(votes, { 'if-none-match': etag, origin: 'https://papers.example' })
      expect([response.status, await response.text()]).toEqual([304, ''])
      expect(response.headers.get('etag')).toBe(etag)
      expect(response.headers.get('cache-control')).toBe('public, max-age=60')
      expect(response.headers.get('access-control-allow-origin')).toBe('https://papers.example')
      if (!seen.some((text) => text.includes('paper'))) break
    }
    expect(seen.filter((text) => text.includes('paper'))).toEqual([])
    expect(seen.some((text) => text.includes('pg_current_snapshot'))).toBe(true)
  })

  test('a list of tags, a strong one, a foreign one', async () => {
    const etag = await etagOf(votes)
    const status = async (tags: string) => (await get(votes, { 'if-none-match': tags })).status
    expect(await status(`"x", ${etag}`)).toBe(304)
    expect(await status(etag.replace('W/', ''))).toBe(304)
    expect(await status('W/"x"')).toBe(200)
    expect(await status('nonsense')).toBe(200)
  })

  test('a tag is for one question, one media type', async () => {
    const etag = await etagOf(votes)
    const other = await get(votes, {
      'if-none-match': etag,
      accept: 'application/graphql-response+json',
    })
    expect(other.status).toBe(200)
    expect(other.headers.get('etag')).not.toBe(etag)
    expect((await get('{ paper(arxivId: "2606.00001") { title } }', { 'if-none-match': etag })).status).toBe(
      200,
    )
  })

  test('after a change: 200 with what is new; after a change elsewhere: still 304', async () => {
    await plant(app.db, [{ upvotes: 10, observedAt: '2026-06-17T00:00:00.000Z' }])
    const etag = await etagOf(votes)
    expect((await get(votes, { 'if-none-match': etag })).status).toBe(304)
    await plant(app.db, [{ upvotes: 11, observedAt: '2026-06-18T00:00:00.000Z' }])
    const changed = await get(votes, { 'if-none-match': etag })
    expect([changed.status, await changed.json()]).toEqual([200, { data: { paper: { upvotes: 11 } } }])
    const next = changed.headers.get('etag') ?? ''
    await plant(app.db, [{ arxivId: '2606.00077', title: 'Another' }])
    expect((await get(votes, { 'if-none-match': next })).status).toBe(304)
  })

  test('what changes without an event of the feed is seen too', async () => {
    const document = '{ account(name: "ak") { fullName } }'
    const describe = (fullName: string, observedAt: string) =>
      recordPapers(app.db, {
        source: 'huggingface',
        records: [
          aRecord({
            arxivId: '2606.00500',
            title: 'By AK',
            observedAt,
            listing: { date: '2026-06-16', submitter: { name: 'ak', fullName } },
          }),
        ],
      })
    await describe('AK', '2026-06-16T12:00:00.000Z')
    const etag = await etagOf(document)
    expect((await get(document, { 'if-none-match': etag })).status).toBe(304)
    const { events } = await describe('A. K.', '2026-06-17T12:00:00.000Z')
    expect(events).toBe(0)
    const changed = await get(document, { 'if-none-match': etag })
    expect([changed.status, await changed.json()]).toEqual([
      200,
      { data: { account: { fullName: 'A. K.' } } },
    ])
  })

  test('never a stale 304, whatever is asked while a writer writes', async () => {
    let etag = await etagOf(votes)
    let over = false
    // They have answers remembered at every moment, those between two statements of the writer included.
    const askers = Array.from({ length: 3 }, async () => {
      while (!over) {
        const response = await get(votes, { 'if-none-match': etag })
        await response.arrayBuffer()
      }
    })
    for (let upvotes = 100; upvotes < 130; upvotes++) {
      await plant(app.db, [{ upvotes, observedAt: new Date(Date.UTC(2026, 6, 1, upvotes)).toISOString() }])
      const response = await get(votes, { 'if-none-match': etag })
      expect([response.status, await response.json()]).toEqual([200, { data: { paper: { upvotes } } }])
      etag = response.headers.get('etag') ?? ''
      expect((await get(votes, { 'if-none-match': etag })).status).toBe(304)
    }
    over = true
    await Promise.all(askers)
  })

  test('an answer with the clock in it is made anew each time', async () => {
    const document = '{ papers(order: TRENDING, first: 1) { nodes { trending { asOf } } } }'
    const publishedAt = new Date(Date.now() - 3_600_000).toISOString()
    await plant(app.db, [{ arxivId: '2606.00099', title: 'New', publishedAt }])
    const first = await get(document)
    const { data } = (await first.json()) as { data: object }
    const again = await get(document, { 'if-none-match': first.headers.get('etag') ?? '' })
    expect(again.status).toBe(200)
    expect(((await again.json()) as { data: object }).data).not.toEqual(data)
  })
})
