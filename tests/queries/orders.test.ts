import { beforeAll, describe, expect, test } from 'vitest'
import { query, useTestApp } from '../support/app.ts'
import { arxivId, plant } from '../support/papers.ts'

const app = useTestApp()
beforeAll(async () => {
  await plant(
    app.db,
    Array.from({ length: 23 }, (_, index) => ({
      publishedAt: `2026-06-${10 + (index % 4)}T00:00:00.000Z`,
      upvotes: (index * 7) % 5,
      commentCount: (index * 3) % 4,
      ...(index % 3 ? { githubRepo: 'https://github.com/a/b', githubStars: (index * 11) % 6 } : {}),
      ...(index % 2 ? { listing: { date: `2026-06-${14 + (index % 3)}` } } : {}),
    })),
  )
})

interface Shown {
  title: string
  publishedAt: string
  lastListedOn: string | null
  upvotes: number
  commentCount: number
  githubStars: number | null
}
interface Papers {
  papers: {
    nodes: Shown[]
    pageInfo: { endCursor: string; startCursor: string; hasNextPage: boolean; hasPreviousPage: boolean }
  }
}

const document = `query ($order: PaperOrder!, $first: Int, $after: String, $last: Int, $before: String, $asOf: DateTime) {
  papers(order: $order, first: $first, after: $after, last: $last, before: $before, asOf: $asOf) {
    nodes { title publishedAt lastListedOn upvotes commentCount githubStars }
    pageInfo { endCursor startCursor hasNextPage hasPreviousPage }
  }
}`
const page = async (variables: Record<string, unknown>) =>
  (await query<Papers>(app, document, variables)).papers

const keys: Record<string, (paper: Shown) => (string | number)[]> = {
  NEWEST: (paper) => [paper.publishedAt],
  EDITION: (paper) => [paper.lastListedOn ?? '', paper.upvotes],
  UPVOTES: (paper) => [paper.upvotes],
  COMMENTS: (paper) => [paper.commentCount],
  STARS: (paper) => [paper.githubStars ?? -1],
}

describe.each(Object.keys(keys))('%s', (order) => {
  test('comes downwards, the same forward and back, each paper once', async () => {
    const all = (await page({ order, first: 100 })).nodes
    expect(all).toHaveLength(23)
    const number = (paper: Shown) => Number(paper.title.slice('Paper '.length))
    const key = (paper: Shown) => [...(keys[order]?.(paper) ?? []), number(paper)]
    expect(all).toEqual([...all].sort((a, b) => compare(key(b), key(a))))

    const forward: Shown[] = []
    for (let after: string | null = null; ; ) {
      const { nodes, pageInfo }: Papers['papers'] = await page({ order, first: 5, after })
      forward.push(...nodes)
      if (!pageInfo.hasNextPage) break
      after = pageInfo.endCursor
    }
    expect(forward).toEqual(all)

    const back: Shown[] = []
    for (let before: string | null = null; ; ) {
      const { nodes, pageInfo }: Papers['papers'] = await page({ order, last: 5, before })
      back.unshift(...nodes)
      if (!pageInfo.hasPreviousPage) break
      before = pageInfo.startCursor
    }
    expect(back).toEqual(all)
  })
})

function compare(a: (string | number)[], b: (string | number)[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0
    if (value !== other) return value < other ? -1 : 1
  }
  return 0
}

describe('TRENDING', () => {
  // Paper 50 gained its votes early, 51 late; 52 was listed long before.
  beforeAll(async () => {
    const seen = (observedAt: string, votes: [number, number, number]) =>
      plant(
        app.db,
        [
          {
            arxivId: arxivId(50),
            title: 'Early',
            publishedAt: '2026-03-01T00:00:00.000Z',
            upvotes: votes[0],
            listing: { date: '2026-03-02' },
          },
          {
            arxivId: arxivId(51),
            title: 'Late',
            publishedAt: '2026-03-01T00:00:00.000Z',
            upvotes: votes[1],
            listing: { date: '2026-03-02' },
          },
          {
            arxivId: arxivId(52),
            title: 'Old',
            publishedAt: '2025-01-01T00:00:00.000Z',
            upvotes: votes[2],
            listing: { date: '2025-01-02' },
          },
        ].map((paper) => ({ ...paper, observedAt })),
      )
    await seen('2026-03-02T06:00:00.000Z', [32, 0, 500])
    await seen('2026-03-03T00:00:00.000Z', [40, 16, 600])
    await seen('2026-03-04T00:00:00.000Z', [40, 40, 700])
  })

  const asOf = '2026-03-04T00:00:00Z'
  const trend = async (number: number, at: string) => {
    const { paper } = await query<{ paper: { trending: Record<string, unknown> } }>(
      app,
      `query ($asOf: DateTime) { paper(arxivId: "${arxivId(number)}") { trending(asOf: $asOf) { asOf score upvotes gainedLastDay upvotesPerHour ageHours halfLifeHours } } }`,
      { asOf: at },
    )
    return paper.trending
  }

  test('each gain counts half for each day of its age', async () => {
    // 32 votes from the day it was listed (2 days ago), 8 of a day ago.
    expect(await trend(50, asOf)).toEqual({
      asOf: '2026-03-04T00:00:00.000Z',
      score: 32 / 4 + 8 / 2,
      upvotes: 40,
      gainedLastDay: 0,
      upvotesPerHour: 0,
      ageHours: 48,
      halfLifeHours: 24,
    })
    expect(await trend(51, asOf)).toMatchObject({
      score: 16 / 2 + 24,
      upvotes: 40,
      gainedLastDay: 24,
      upvotesPerHour: 1,
    })
  })

  test('a past instant knows only what was observed by then', async () => {
    expect(await trend(51, '2026-03-03T00:00:00Z')).toMatchObject({ score: 16, upvotes: 16 })
    expect(await trend(51, '2026-03-01T00:00:00Z')).toMatchObject({ score: 0, upvotes: 0 })
  })

  test('the list is in that order, of recent papers, and pages stay at their moment', async () => {
    const { nodes } = await page({ order: 'TRENDING', asOf })
    expect(nodes.map(({ title }) => title)).toEqual(['Late', 'Early'])
    const before = await page({ order: 'TRENDING', asOf: '2026-03-02T12:00:00Z' })
    expect(before.nodes.map(({ title }) => title)).toEqual(['Early', 'Late'])
    const first = await page({ order: 'TRENDING', asOf, first: 1 })
    const second = await page({ order: 'TRENDING', asOf, first: 1, after: first.pageInfo.endCursor })
    expect([...first.nodes, ...second.nodes]).toEqual(nodes)
  })

  test('without an instant the next page is of the moment of the first', async () => {
    const now = Date.now()
    await plant(
      app.db,
      [3, 2, 1].map((votes, index) => ({
        arxivId: arxivId(60 + index),
        title: `Today ${votes}`,
        publishedAt: new Date(now - 3_600_000).toISOString(),
        observedAt: new Date(now - 1000).toISOString(),
        upvotes: votes,
      })),
    )
    const first = await page({ order: 'TRENDING', first: 1 })
    const second = await page({ order: 'TRENDING', first: 2, after: first.pageInfo.endCursor })
    const shown = [...first.nodes, ...second.nodes].map(({ title }) => title)
    expect(shown).toEqual(['Today 3', 'Today 2', 'Today 1'])
    const moment = (cursor: string) => JSON.parse(Buffer.from(cursor, 'base64url').toString())[2]
    expect(moment(first.pageInfo.endCursor)).toMatch(/^\d{4}-.*Z$/)
    expect(moment(second.pageInfo.endCursor)).toBe(moment(first.pageInfo.endCursor))
  })
})
