import { beforeAll, expect, test } from 'vitest'
import { query, useTestApp } from '../support/app.ts'
import { plant } from '../support/papers.ts'

const app = useTestApp()
beforeAll(async () => {
  const by = (...names: string[]) => ({ authors: names.map((name) => ({ name })) })
  await plant(app.db, [
    {
      title: 'Sparse Attention Kernels',
      keywords: ['sparsity', 'attention'],
      publishedAt: '2024-05-01T00:00:00.000Z',
      ...by('Ada', 'Ben', 'Cleo'),
    },
    {
      title: 'Dense Retrieval',
      keywords: ['sparsity', 'Attention'],
      publishedAt: '2025-05-01T00:00:00.000Z',
      ...by('Dora'),
    },
    {
      title: 'Graph Methods',
      abstract: 'x',
      keywords: [],
      publishedAt: '2025-06-01T00:00:00.000Z',
      ...by('Ben', 'Ada'),
    },
    {
      title: 'Kernels for Attention',
      abstract: 'x',
      keywords: [],
      publishedAt: '2025-07-01T00:00:00.000Z',
      ...by('Eve'),
    },
    {
      title: 'Unrelated Things',
      abstract: 'x',
      keywords: ['other'],
      publishedAt: '2025-08-01T00:00:00.000Z',
      ...by('Ada', 'Zoe'),
    },
    {
      title: 'Nothing in Common',
      abstract: 'x',
      keywords: ['more'],
      publishedAt: '2025-08-01T00:00:00.000Z',
      ...by('Zoe'),
    },
  ])
})

test('counts per year, co-authors, orders of own lists', async () => {
  const data = await query(
    app,
    `{ author(name: "Ada") { papersPerYear { year papers } coAuthors(first: 2) { author { name } papers } papers(order: UPVOTES, first: 1) { nodes { title } } }
       keyword(key: "SPARSITY") { papersPerYear { year papers } } }`,
  )
  expect(data).toEqual({
    author: {
      papersPerYear: [
        { year: 2025, papers: 2 },
        { year: 2024, papers: 1 },
      ],
      coAuthors: [
        { author: { name: 'Ben' }, papers: 2 },
        { author: { name: 'Cleo' }, papers: 1 },
      ],
      papers: { nodes: [{ title: 'Unrelated Things' }] },
    },
    keyword: {
      papersPerYear: [
        { year: 2025, papers: 1 },
        { year: 2024, papers: 1 },
      ],
    },
  })
})
