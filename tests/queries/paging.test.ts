import { beforeAll, describe, expect, test } from 'vitest'
import { query, useTestApp } from '../support/app.ts'
import { arxivId, plant } from '../support/papers.ts'

interface Page {
  papers: {
    edges: { cursor: string; node: { title: string } }[]
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string }
  }
}

const document = `query ($first: Int, $after: String, $last: Int, $before: String) {
  papers(first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { title } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`

const app = useTestApp()
beforeAll(async () => {
  // Five papers share each instant, so that the id has to break ties.
  const papers = Array.from({ length: 25 }, (_, index) => ({
    publishedAt: `2026-06-${String(10 + Math.floor(index / 5)).padStart(2, '0')}T00:00:00.000Z`,
  }))
  await plant(app.db, papers)
})

const page = async (variables: Record<string, unknown>) =>
  (await query<Page>(app, document, variables)).papers
const titles = (papers: Page['papers']) => papers.edges.map(({ node }) => node.title)
const expected = Array.from({ length: 25 }, (_, index) => `Paper ${25 - index}`)

describe('pages', () => {
  test('forward, each paper once and in order', async () => {
    const seen: string[] = []
    for (let after: string | null = null; ; ) {
      const papers: Page['papers'] = await page({ first: 4, after })
      seen.push(...titles(papers))
      expect(papers.pageInfo.hasPreviousPage).toBe(after !== null)
      if (!papers.pageInfo.hasNextPage) break
      after = papers.pageInfo.endCursor
    }
    expect(seen).toEqual(expected)
  })

  test('backward, in the same order on each page', async () => {
    const seen: string[] = []
    for (let before: string | null = null; ; ) {
      const papers: Page['papers'] = await page({ last: 4, before })
      seen.unshift(...titles(papers))
      expect(papers.pageInfo.hasNextPage).toBe(before !== null)
      if (!papers.pageInfo.hasPreviousPage) break
      before = papers.pageInfo.startCursor
    }
    expect(seen).toEqual(expected)
  })

  test('between two cursors', async () => {
    const { edges } = await page({ first: 10 })
    const between = await page({ first: 5, after: edges[2]?.cursor, before: edges[6]?.cursor })
    expect(titles(between)).toEqual(expected.slice(3, 6))
  })

  test('20 where no size is given, none of an empty rest', async () => {
    const papers = await page({})
    expect(titles(papers)).toEqual(expected.slice(0, 20))
    const { endCursor } = (await page({ last: 1 })).pageInfo
    expect(await page({ after: endCursor })).toEqual({
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
    })
  })

  test('papers that come meanwhile neither double nor hide the ones that were there', async () => {
    const seen = titles(await page({ first: 10 }))
    const { endCursor } = (await page({ first: 10 })).pageInfo
    await plant(app.db, [
      { arxivId: arxivId(900), title: 'Newest', publishedAt: '2026-07-01T00:00:00.000Z' },
      { arxivId: arxivId(901), title: 'Oldest', publishedAt: '2026-01-01T00:00:00.000Z' },
    ])
    const rest = await page({ first: 100, after: endCursor })
    expect([...seen, ...titles(rest)]).toEqual([...expected, 'Oldest'])
  })
})

test('the authors of one paper are paged by position', async () => {
  const names = Array.from({ length: 45 }, (_, index) => `Author ${index + 1}`)
  await plant(app.db, [{ arxivId: arxivId(950), authors: names.map((name) => ({ name })) }])
  const authors = async (paging: string) => {
    const { paper } = await query<{ paper: { authors: { nodes: { name: string }[]; pageInfo: object } } }>(
      app,
      `{ paper(arxivId: "${arxivId(950)}") { authors(${paging}) { nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`,
    )
    return paper.authors as typeof paper.authors & { pageInfo: Record<string, string> }
  }
  const first = await authors('first: 20')
  const second = await authors(`first: 20, after: "${first.pageInfo.endCursor}"`)
  const last = await authors(`last: 5`)
  const beforeLast = await authors(`last: 10, before: "${last.pageInfo.startCursor}"`)
  const shown = (page: typeof first) => page.nodes.map(({ name }) => name)
  expect(shown(first)).toEqual(names.slice(0, 20))
  expect(shown(second)).toEqual(names.slice(20, 40))
  expect(shown(last)).toEqual(names.slice(40))
  expect(shown(beforeLast)).toEqual(names.slice(30, 40))
  expect(beforeLast.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true })
})
