import { beforeAll, describe, expect, test } from 'vitest'
import { query, startTestApp, useTestApp } from '../support/app.ts'
import { arxivId, plant } from '../support/papers.ts'

interface Page {
  papers: {
    pageInfo: { endCursor: string }
    nodes: { title: string; trending: { asOf: string; score: number; upvotes: number } }[]
  }
}
const document = `query ($first: Int, $after: String, $asOf: DateTime, $filter: PaperFilter) {
  papers(order: TRENDING, first: $first, after: $after, asOf: $asOf, filter: $filter) {
    pageInfo { endCursor } nodes { title trending { asOf score upvotes } } } }`

const token = 'a-token-that-writes'

describe('a library whose newest papers are old', () => {
  const app = useTestApp({ WRITE_TOKEN: token })
  const read = async (variables: object = {}) => (await query<Page>(app, document, { ...variables })).papers
  const dayEnd = '2026-03-05T00:00:00.000Z'
  beforeAll(() =>
    plant(
      app.db,
      [
        { upvotes: 10, listing: { date: '2026-03-04' } },
        { upvotes: 30, listing: { date: '2026-03-03' } },
        { upvotes: 99, listing: { date: '2026-02-01' } },
      ].map((more, index) => ({
        ...{ arxivId: arxivId(index), title: `Paper ${index}`, publishedAt: '2026-01-30T00:00:00.000Z' },
        // Everything was read from files long after the days of the editions.
        ...{ observedAt: '2026-06-01T00:00:00.000Z', ...more },
      })),
    ),
  )

  test('the newest day that has papers is ranked, and the papers say so', async () => {
    expect((await read()).nodes).toEqual([
      { title: 'Paper 1', trending: { asOf: dayEnd, score: 30 / 4, upvotes: 30 } },
      { title: 'Paper 0', trending: { asOf: dayEnd, score: 10 / 2, upvotes: 10 } },
    ])
  })

  test('the next page is of the same ranking', async () => {
    const first = await read({ first: 1 })
    const second = await read({ first: 1, after: first.pageInfo.endCursor })
    expect([...first.nodes, ...second.nodes]).toEqual((await read()).nodes)
  })

  test('a recent paper whose votes nobody has looked at does not move the moment', async () => {
    const recent = { arxivId: arxivId(9), title: 'Of nobody', publishedAt: new Date().toISOString() }
    const document = 'mutation ($papers: [PaperInput!]!) { ingestPapers(papers: $papers) { newCount } }'
    await query(app, document, { papers: [recent] }, token)
    const { nodes } = await read()
    expect(nodes.map(({ title }) => title)).toEqual(['Paper 1', 'Paper 0'])
    expect(nodes[0]?.trending.asOf).toBe(dayEnd)
  })

  test('a filter that nothing fulfils does not move the moment', async () => {
    expect((await read({ filter: { text: 'nowhere' } })).nodes).toEqual([])
  })

  test('an instant that is asked for is not replaced, and uses what was known then', async () => {
    expect((await read({ asOf: dayEnd })).nodes).toEqual([])
  })
})

test('inside a list, the values of a paper are of the moment of the list, unless another one is asked for', async () => {
  await using app = await startWith()
  const asOf = '2026-03-05T00:00:00.000Z'
  const { papers } = await query<{ papers: { nodes: unknown[]; edges: unknown[] } }>(
    app,
    `query ($asOf: DateTime) { papers(order: TRENDING, asOf: $asOf) {
      nodes { trending { asOf score } other: trending(asOf: "2026-03-06T00:00:00Z") { asOf score } }
      edges { node { trending { asOf } } } } }`,
    { asOf },
  )
  expect(papers).toEqual({
    nodes: [{ trending: { asOf, score: 8 }, other: { asOf: '2026-03-06T00:00:00.000Z', score: 4 } }],
    edges: [{ node: { trending: { asOf } } }],
  })
})

test('a library with new papers is ranked as of now', async () => {
  await using app = await startTestApp()
  const now = new Date()
  await plant(app.db, [{ publishedAt: now.toISOString(), observedAt: now.toISOString(), upvotes: 5 }])
  const { papers } = await query<Page>(app, document)
  expect(papers.nodes).toHaveLength(1)
  expect(Date.parse(papers.nodes[0]?.trending.asOf ?? '')).toBeGreaterThanOrEqual(now.getTime())
})

async function startWith() {
  const app = await startTestApp()
  const paper = {
    publishedAt: '2026-03-02T00:00:00.000Z',
    observedAt: '2026-03-04T00:00:00.000Z',
    upvotes: 16,
  }
  await plant(app.db, [{ ...paper, listing: { date: '2026-03-04' } }])
  return app
}

describe('a paper of long ago', () => {
  const app = useTestApp()

  test('has a score of almost nothing, however old its votes are', async () => {
    const listing = { date: '2010-06-01' }
    await plant(app.db, [
      { arxivId: '1006.00001', publishedAt: '2010-06-01T00:00:00.000Z', upvotes: 5, listing },
    ])
    const { paper } = await query<{ paper: { trending: { score: number; upvotes: number } } }>(
      app,
      '{ paper(arxivId: "1006.00001") { trending { score upvotes } } }',
    )
    expect(paper.trending.upvotes).toBe(5)
    expect(paper.trending.score).toBeCloseTo(0)
  })
})
