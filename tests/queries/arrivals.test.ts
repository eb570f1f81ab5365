import { beforeEach, expect, test } from 'vitest'
import { query, refusal, useTestApp } from '../support/app.ts'
import { arxivId, plant } from '../support/papers.ts'
import { emptyStore } from '../support/records.ts'

const app = useTestApp()
beforeEach(() => emptyStore(app.db))

interface Arrivals {
  feedPosition: string
  papers: {
    totalCount: number
    nodes: { title: string; textChangedAt: string; ingestedAt: string }[]
    pageInfo: { endCursor: string | null; hasNextPage: boolean }
  }
}

const ask = (variables: object = {}) =>
  query<Arrivals>(
    app,
    `query ($filter: PaperFilter, $arrivedAfter: FeedCursor, $first: Int, $after: String) {
      feedPosition
      papers(order: ARRIVAL, filter: $filter, arrivedAfter: $arrivedAfter, first: $first, after: $after) {
        totalCount
        nodes { title textChangedAt ingestedAt }
        pageInfo { endCursor hasNextPage }
      } }`,
    { ...variables },
  )
const titles = ({ papers }: Arrivals) => papers.nodes.map(({ title }) => title)

const later = { observedAt: '2026-06-17T12:00:00.000Z' }

test('Papers come by when they were stored, whenever they were published and whatever their upvotes', async () => {
  await plant(app.db, [{ title: 'First', publishedAt: '2026-06-15T00:00:00.000Z', upvotes: 100 }])
  await plant(app.db, [{ arxivId: arxivId(2), title: 'Second', publishedAt: '2020-01-01T00:00:00.000Z' }])
  expect(titles(await ask())).toEqual(['Second', 'First'])
  await plant(app.db, [{ title: 'First', upvotes: 200, ...later }])
  expect(titles(await ask())).toEqual(['Second', 'First'])
})

test('A paper that comes to match a filter late is on top from then on', async () => {
  await plant(app.db, [{ title: 'Old' }, { title: 'Known', upvotes: 50 }, { title: 'Newer', upvotes: 70 }])
  const filter = { minUpvotes: 50 }
  expect(titles(await ask({ filter }))).toEqual(['Newer', 'Known'])
  await plant(app.db, [{ title: 'Old', upvotes: 51, ...later }])
  expect(titles(await ask({ filter }))).toEqual(['Old', 'Newer', 'Known'])
  await plant(app.db, [{ arxivId: arxivId(2), title: 'Known', upvotes: 60, ...later }])
  expect(titles(await ask({ filter }))).toEqual(['Old', 'Newer', 'Known'])
  await plant(app.db, [
    { arxivId: arxivId(3), title: 'Newer', listing: { date: '2026-06-17' }, ...later },
    { arxivId: arxivId(1), title: 'Old', githubRepo: 'https://github.com/a/b', ...later },
  ])
  expect(titles(await ask({ filter: { hasCode: true } }))).toEqual(['Old'])
  expect(titles(await ask({ filter: { editionFrom: '2026-06-17' } }))).toEqual(['Newer'])
  expect(titles(await ask())).toEqual(['Newer', 'Known', 'Old'])
})

test('A word that the abstract has only now makes a paper arrive in searches for it', async () => {
  await plant(app.db, [
    { title: 'Bare', abstract: 'Of the sea.' },
    { title: 'Sparse', abstract: 'We find sparsity.' },
  ])
  await plant(app.db, [{ title: 'Bare', abstract: 'Of sparse seas.', ...later }])
  expect(titles(await ask({ filter: { text: 'sparse' } }))).toEqual(['Bare', 'Sparse'])
})

test('Only what arrived after a position of the feed, in pages', async () => {
  await plant(app.db, [{ title: 'Before' }])
  const { feedPosition: arrivedAfter } = await ask()
  expect(titles(await ask({ arrivedAfter }))).toEqual([])
  await plant(app.db, [
    { arxivId: arxivId(2), title: 'One' },
    { arxivId: arxivId(3), title: 'Two' },
    { arxivId: arxivId(4), title: 'Three' },
  ])
  const page = await ask({ arrivedAfter, first: 2 })
  expect([titles(page), page.papers.totalCount]).toEqual([['Three', 'Two'], 3])
  const rest = await ask({ arrivedAfter, first: 2, after: page.papers.pageInfo.endCursor })
  expect([titles(rest), rest.papers.pageInfo.hasNextPage]).toEqual([['One'], false])
})

test('Papers whose events were pruned come last, in the same order', async () => {
  await plant(app.db, [{ title: 'One' }, { title: 'Two' }])
  await app.db
    .updateTable('feed')
    .set((eb) => ({ pruned: eb.ref('head') }))
    .execute()
  await app.db.deleteFrom('feed_event').execute()
  await plant(app.db, [{ arxivId: arxivId(3), title: 'Three' }])
  expect(titles(await ask())).toEqual(['Three', 'Two', 'One'])
})

test('textChangedAt moves with the title, the abstract and the withdrawal, and with nothing else', async () => {
  await plant(app.db, [{ title: 'A Title' }])
  const textChangedAt = async () => (await ask()).papers.nodes[0]?.textChangedAt
  const { ingestedAt } = (await ask()).papers.nodes[0] ?? {}
  expect(await textChangedAt()).toBe(ingestedAt)
  await plant(app.db, [{ title: 'A Title', upvotes: 90, keywords: ['sea'], ...later }])
  expect(await textChangedAt()).toBe(ingestedAt)
  let before = ingestedAt
  for (const change of [
    { title: 'Another Title' },
    { title: 'Another Title', abstract: 'Another abstract.' },
    { title: 'Another Title', withdrawnAt: '2026-06-18T00:00:00.000Z' },
  ]) {
    await plant(app.db, [{ abstract: 'Another abstract.', ...later, ...change }])
    const after = await textChangedAt()
    expect(new Date(after ?? 0).getTime()).toBeGreaterThanOrEqual(new Date(before ?? 0).getTime())
    expect(after).not.toBe(ingestedAt)
    before = after
  }
})

test('arrivedAfter belongs to the order ARRIVAL', async () => {
  const { message, extensions } = await refusal(app, '{ papers(arrivedAfter: "NOW") { totalCount } }')
  expect([extensions.code, message]).toEqual([
    'BAD_USER_INPUT',
    'arrivedAfter: only available with the order ARRIVAL; omit it.',
  ])
})
