import { beforeAll, expect, test } from 'vitest'
import { query, useTestApp } from '../support/app.ts'
import { arxivId, plant } from '../support/papers.ts'

const published = '2026-03-02T00:00:00.000Z'
const longBefore = '2026-02-01T00:00:00.000Z'

const app = useTestApp()
beforeAll(async () => {
  await plant(app.db, [
    seen(1, '2026-03-04T12:00:00.000Z', { upvotes: 30, listing: { date: '2026-03-03' } }),
    seen(2, '2026-03-04T12:00:00.000Z', { upvotes: 20 }),
    seen(3, '2026-03-04T12:00:00.000Z', { upvotes: 10, publishedAt: longBefore }),
  ])
})

function seen(number: number, observedAt: string, more: object) {
  return { arxivId: arxivId(number), title: `Paper ${number}`, publishedAt: published, observedAt, ...more }
}

const trending = () =>
  query(
    app,
    `{ papers(order: TRENDING, asOf: "2026-03-05T00:00:00Z") {
      totalCount nodes { title trending(asOf: "2026-03-05T00:00:00Z") { score upvotes gainedLastDay ageHours } } } }`,
  )

const answer = {
  papers: {
    totalCount: 2,
    nodes: [
      { title: 'Paper 1', trending: { score: 30 / 4, upvotes: 30, gainedLastDay: 0, ageHours: 48 } },
      { title: 'Paper 2', trending: { score: 20 / 8, upvotes: 20, gainedLastDay: 0, ageHours: 72 } },
    ],
  },
}

test('what was trending at a past instant', async () => {
  expect(await trending()).toEqual(answer)
})

test.each<[string, ReturnType<typeof seen>]>([
  ['votes that are counted later', seen(1, '2026-03-06T00:00:00.000Z', { upvotes: 300 })],
  ['a paper of before that is found later', seen(4, '2026-03-06T00:00:00.000Z', { upvotes: 500 })],
  [
    'an edition before the first that lists a paper',
    seen(1, '2026-03-06T00:00:00.000Z', { upvotes: 300, listing: { date: '2026-03-02' } }),
  ],
  [
    'a paper put on an edition of before',
    seen(2, '2026-03-06T00:00:00.000Z', { upvotes: 300, listing: { date: '2026-03-04' } }),
  ],
  [
    'an old paper put on an edition of before',
    seen(3, '2026-03-06T00:00:00.000Z', { publishedAt: longBefore, listing: { date: '2026-03-04' } }),
  ],
  [
    'a listed paper whose publication is moved',
    seen(1, '2026-03-07T00:00:00.000Z', { publishedAt: '2026-03-04T20:00:00.000Z' }),
  ],
])('stays the same after %s', async (_what, paper) => {
  await plant(app.db, [paper])
  expect(await trending()).toEqual(answer)
})

test('knows of a listing since the first observation of it, whichever comes first', async () => {
  const relisted = seen(2, '2026-03-04T13:00:00.000Z', { upvotes: 20, listing: { date: '2026-03-04' } })
  await plant(app.db, [relisted])
  const second = { score: 20 / 2, upvotes: 20, gainedLastDay: 0, ageHours: 24 }
  expect(await trending()).toEqual({
    papers: { totalCount: 2, nodes: [{ title: 'Paper 2', trending: second }, answer.papers.nodes[0]] },
  })
})
