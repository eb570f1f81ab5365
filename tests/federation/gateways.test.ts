import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { recordPapers } from '../../db/writer/index.ts'
import type { Gateway } from '../../src/examples/gateway/process.ts'
import { startReviews } from '../../src/examples/gateway/reviews-subgraph.ts'
import { compose, papersService, reviewsService } from '../../src/examples/gateway/supergraph.ts'
import { ask, type Federation, startFederation } from '../support/federation.ts'
import { type GatewayKind, startGateway } from '../support/gateways.ts'
import { arxivId, plant } from '../support/papers.ts'
import { aRecord } from '../support/records.ts'

const writeToken = 'a-token-of-sixteen-characters'
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'

let federation: Federation
const arrived: IncomingMessage[] = []
const note = (message: unknown) => arrived.push((message as { request: IncomingMessage }).request)

beforeAll(async () => {
  federation = await startFederation({ settings: { WRITE_TOKEN: writeToken } })
  await plant(
    federation.app.db,
    Array.from({ length: 25 }, (_, index) => ({
      publishedAt: `2026-06-${String(25 - index).padStart(2, '0')}T00:00:00.000Z`,
    })),
  )
  const unknown = aRecord({ title: 'Without an id', publishedAt: '2020-01-01T00:00:00.000Z' })
  delete unknown.arxivId
  await recordPapers(federation.app.db, { source: 'page', records: [unknown] })
  subscribe('http.server.request.start', note)
})
afterAll(async () => {
  unsubscribe('http.server.request.start', note)
  await federation?.[Symbol.asyncDispose]()
})

/** Requests that our server got since the last look. */
function requestsToUs(): IncomingMessage[] {
  const port = Number(new URL(federation.app.url).port)
  return arrived.splice(0).filter(({ socket }) => socket.localPort === port)
}

interface Papers {
  papers: {
    nodes: {
      title: string
      arxivId: string
      bookmarkCount: number | null
      reviews: { text: string }[] | null
    }[]
  }
}
interface Reviews {
  reviews: { stars: number; paper: { arxivId: string; title: string; authors: unknown } | null }[]
}

describe.each<GatewayKind>(['apollo', 'hive'])('behind the gateway %s', { timeout: 180_000 }, (kind) => {
  let gateway: Gateway
  beforeAll(async () => {
    gateway = await startGateway(kind, federation.supergraph, { timeoutMs: 5_000, checkHealth: true })
  })
  afterAll(() => gateway?.close())
  afterEach(() => federation.reviews.behave('well'))

  test('our papers carry the fields of the other subgraph, which is asked once for all of them', async () => {
    federation.reviews.seen.length = 0
    requestsToUs()
    const { data, errors } = await ask<Papers>(
      gateway,
      '{ papers(first: 25) { nodes { title arxivId bookmarkCount reviews { text } } } }',
    )
    expect(errors).toBeUndefined()
    expect(data?.papers.nodes).toHaveLength(25)
    expect(data?.papers.nodes[6]).toEqual({
      title: 'Paper 7',
      arxivId: arxivId(7),
      bookmarkCount: 7,
      reviews: [{ text: `On ${arxivId(7)}` }],
    })
    expect(requestsToUs()).toHaveLength(1)
    expect(federation.reviews.seen).toHaveLength(1)
    expect(federation.reviews.seen[0]?.variables.representations).toHaveLength(25)
  })

  test('its own lists lead to our papers, and we are asked once for 25 of them', async () => {
    requestsToUs()
    const { data, errors } = await ask<Reviews>(
      gateway,
      '{ reviews(first: 25) { stars paper { arxivId title authors(first: 1) { nodes { name } } } } }',
    )
    expect(errors).toBeUndefined()
    expect(data?.reviews.map(({ paper }) => paper?.title)).toEqual(
      Array.from({ length: 25 }, (_, index) => `Paper ${index + 1}`),
    )
    expect(data?.reviews[0]?.paper?.authors).toEqual({ nodes: [{ name: 'Ada Lovelace' }] })
    expect(requestsToUs()).toHaveLength(1)
  })

  test('a paper without an arXiv id is none to those who know papers by it: null, and no error', async () => {
    const { data, errors } = await ask<Papers>(
      gateway,
      '{ papers(filter: { publishedTo: "2020-12-31" }) { nodes { title arxivId bookmarkCount reviews { text } } } }',
    )
    expect(errors).toBeUndefined()
    expect(data?.papers.nodes).toEqual([
      { title: 'Without an id', arxivId: null, bookmarkCount: null, reviews: null },
    ])
  })

  test('a subgraph that knows papers by their global id reaches that one too', async () => {
    const { app } = federation
    await using reviews = await startReviews({ key: 'id' })
    const supergraph = compose([papersService(app.endpoint), reviewsService(reviews.url, 'id')])
    await using other = await startGateway(kind, supergraph)
    const { data } = await ask<{ papers: { nodes: { id: string; reviews: unknown }[] } }>(
      other,
      '{ papers(filter: { publishedTo: "2020-12-31" }) { nodes { id reviews { text paper { title } } } } }',
    )
    const [paper] = data?.papers.nodes ?? []
    expect(paper?.reviews).toEqual([{ text: `On ${paper?.id}`, paper: { title: 'Without an id' } }])
  })

  test('both roots and both subgraphs in one query, with variables and fragments', async () => {
    const { data, errors } = await ask<Record<string, unknown>>(
      gateway,
      `query ($id: String!, $best: Int!) {
         paper(arxivId: $id) { ...Card }
         reviews(first: $best) { paper { ...Card } }
       }
       fragment Card on Paper { title bookmarkCount }`,
      { id: `https://arxiv.org/abs/${arxivId(3)}v2`, best: 1 },
    )
    expect(errors).toBeUndefined()
    expect(data).toEqual({
      paper: { title: 'Paper 3', bookmarkCount: 3 },
      reviews: [{ paper: { title: 'Paper 1', bookmarkCount: 1 } }],
    })
  })

  test('an error of ours keeps its code and its sentence', async () => {
    const { errors } = await ask(gateway, '{ papers(first: 101) { nodes { title } } }')
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('pass a whole number from 1 to 100'),
        extensions: expect.objectContaining({ code: 'BAD_USER_INPUT', argument: 'first' }),
      }),
    ])
  })

  test('a query beyond our limits keeps its code too', async () => {
    const nested =
      '{ papers(first: 100) { nodes { authors(first: 100) { nodes { papers(first: 100) { nodes { title } } } } } } }'
    const { errors } = await ask(gateway, nested)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'QUERY_TOO_EXPENSIVE' })
  })

  test('an error in the other subgraph leaves our part of the answer', async () => {
    federation.reviews.behave('fail')
    const { data, errors } = await ask<Papers>(
      gateway,
      '{ papers(first: 2) { nodes { title bookmarkCount reviews { text } } } }',
    )
    expect(data?.papers.nodes).toEqual([
      { title: 'Paper 1', bookmarkCount: null, reviews: [{ text: `On ${arxivId(1)}` }] },
      { title: 'Paper 2', bookmarkCount: null, reviews: [{ text: `On ${arxivId(2)}` }] },
    ])
    expect(errors).toHaveLength(2)
    expect(errors?.[0]).toMatchObject({
      message: 'The bookmarks are unavailable.',
      // Hive Gateway leaves out which one of the list it was.
      path: ['papers', 'nodes', ...(kind === 'apollo' ? [0] : []), 'bookmarkCount'],
      extensions: { code: 'BOOKMARKS_AWAY', shelf: 7 },
    })
  })

  test('a subgraph that hangs is given up after the time limit', async () => {
    federation.reviews.behave('hang')
    const { data, errors } = await ask<Papers>(
      gateway,
      '{ papers(first: 2) { nodes { title bookmarkCount } } }',
    )
    expect(data?.papers.nodes).toMatchObject([
      { title: 'Paper 1', bookmarkCount: null },
      { title: 'Paper 2' },
    ])
    expect(errors?.[0]?.message).toMatch(/abort|time/i)
  })

  test('tokens, request ids and trace ids of the client reach us', async () => {
    requestsToUs()
    await ask(
      gateway,
      '{ reviews(first: 1) { paper { title } } }',
      {},
      {
        authorization: `Bearer ${writeToken}`,
        traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
        'x-request-id': 'asked-by-a-client',
      },
    )
    const [request] = requestsToUs()
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${writeToken}`,
      'x-request-id': 'asked-by-a-client',
    })
    expect(request?.headers.traceparent).toContain(traceId)
    expect(federation.reviews.seen.at(-1)?.headers).toMatchObject({ 'x-request-id': 'asked-by-a-client' })
  })

  test('a fault of ours is told with the trace under which our log has its cause', async () => {
    const { app } = federation
    await sql`alter table keyword rename to away`.execute(app.db)
    try {
      const { errors } = await ask(
        gateway,
        '{ keyword(key: "sparsity") { key } }',
        {},
        { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
      )
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', traceId })
      expect(app.logged.find((line) => line.includes(`traceId=${traceId}`))).toContain(
        '"keyword" does not exist',
      )
    } finally {
      await sql`alter table away rename to keyword`.execute(app.db)
    }
  })
})

test.each<GatewayKind>(['apollo', 'hive'])(
  '%s starts from SDL files alone, without a word to us',
  async (kind) => {
    requestsToUs()
    await using gateway = await startGateway(kind, federation.supergraph)
    expect(requestsToUs()).toEqual([])
    expect(await ask(gateway, '{ __typename }')).toEqual({ data: { __typename: 'Query' } })
  },
)

test('the health check of Apollo Gateway passes with us, and tells when we are away', async () => {
  requestsToUs()
  await using gateway = await startGateway('apollo', federation.supergraph, { checkHealth: true })
  expect(requestsToUs()).toHaveLength(1)
  expect(gateway.stderr).toBe('')
  const away = federation.supergraph.replaceAll(federation.app.endpoint, 'http://127.0.0.1:1/graphql')
  await expect(startGateway('apollo', away, { checkHealth: true })).rejects.toThrow(/health/i)
})
