import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { paperOrders } from '../../db/lists/orders.ts'
import { query, useTestApp } from '../support/app.ts'
import { plant } from '../support/papers.ts'

/** Of so many papers Postgres sorts an owner's own up to some 15, and meets those of others on its way. */
const amount = 60

const app = useTestApp()
beforeAll(async () => {
  await plant(
    app.db,
    Array.from({ length: amount }, (_, index) => ({
      publishedAt: new Date(Date.UTC(2026, 0, 1 + ((index * 37) % amount))).toISOString(),
      upvotes: (index * 23) % 17,
      commentCount: (index * 7) % 5,
      githubRepo: 'https://github.com/a/b',
      githubStars: (index * 11) % 13,
      authors: [{ name: 'Everywhere' }, { name: `Group ${index % 3}` }, { name: `Pair ${index % 30}` }],
      keywords: ['everywhere', `group ${index % 3}`, `pair ${index % 30}`],
      organization: { name: index % 4 === 0 ? 'seldom' : 'often' },
      listing: { date: `2026-03-${String(1 + (index % 9)).padStart(2, '0')}` },
    })),
  )
  await sql`analyze paper`.execute(app.db)
})

interface Owners {
  papers: { nodes: Record<'keywords' | 'authors' | 'organization', unknown>[] }
}
type Owned = { papers: { totalCount: number; nodes: { title: string }[] } }

const list = (order: string, size: string) =>
  `papers(order: ${order}, ${size}) { totalCount nodes { title } pageInfo { hasNextPage hasPreviousPage } }`

test.each(
  Object.keys(paperOrders).flatMap((order) =>
    ['first: 3', 'last: 3', 'first: 30'].map((size) => [order, size]),
  ),
)('the lists of many owners are those of each alone: %s, %s', async (order = '', size = '') => {
  const papers = list(order, size)
  const all = await query<Owners>(
    app,
    `{ papers(first: 6) { nodes {
      keywords { key ${papers} } authors(first: 3) { nodes { name ${papers} } } organization { name ${papers} } } } }`,
  )
  const found = new Map<string, Owned>()
  for (const { keywords, authors, organization } of all.papers.nodes) {
    for (const owner of keywords as ({ key: string } & Owned)[])
      found.set(`keyword(key: "${owner.key}")`, owner)
    for (const owner of (authors as { nodes: ({ name: string } & Owned)[] }).nodes)
      found.set(`author(name: "${owner.name}")`, owner)
    const { name, ...rest } = organization as { name: string } & Owned
    found.set(`organization(name: "${name}")`, rest)
  }
  expect(found.size).toBeGreaterThan(20)
  const alone = await query<Record<string, Owned>>(
    app,
    `{ ${[...found.keys()].map((owner, index) => `alias${index}: ${owner} { ${papers} }`).join(' ')} }`,
  )
  const asked = [...found.values()].map((owner) => owner.papers)
  expect(asked).toEqual(Object.values(alone).map((owner) => owner.papers))
})
