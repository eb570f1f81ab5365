import * as fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { recordPapers } from '../../db/writer/index.ts'
import { plantSeeds } from '../../seeds/plant.ts'
import { query, useTestApp } from '../support/app.ts'
import { exchange } from '../support/exchange.ts'
import { plantLibrary } from '../support/library.ts'
import { aRecord } from '../support/records.ts'

const app = useTestApp({ CLIENT_POINTS: '0' })
beforeAll(async () => {
  await plantSeeds(app.db)
  await plantLibrary(app.db)
})

/** All ids of a feed, by its links to the next page. */
async function entriesOf(target: string): Promise<string[]> {
  const ids: string[] = []
  for (let next: string | undefined = target; next !== undefined; ) {
    const { status, text } = await exchange(app, { target: next })
    if (status !== 200) throw new Error(text)
    const { items, next_url } = JSON.parse(text) as { items: { url: string }[]; next_url?: string }
    ids.push(...items.map(({ url }) => decodeURIComponent(url.slice(url.lastIndexOf('/') + 1))))
    next = next_url?.slice(app.url.length)
  }
  return ids
}

/** The same of the papers of a query. */
async function papersOf(filter: object): Promise<string[]> {
  const { papers } = await query<{ papers: { nodes: { id: string; arxivId: string | null }[] } }>(
    app,
    'query ($filter: PaperFilter) { papers(filter: $filter, first: 100) { nodes { id arxivId } } }',
    { filter },
  )
  return papers.nodes.map(({ id, arxivId }) => arxivId ?? id)
}

const some = <Value>(...values: Value[]) => fc.option(fc.constantFrom(...values), { nil: undefined })
const days = ['2025-12-01', '2026-01-05', '2026-05-31', '2026-06-02', '2026-06-08']
const filters = fc
  .record({
    text: some('sparse', 'attention', '"language model"', 'model -diffusion', 'LLM', 'kv cache or routing'),
    authors: some(['Ada Lovelace'], ['Alan Turing', 'Grace Hopper']),
    organizations: some(['deepseek-ai'], ['hkust', 'nvidia']),
    keywords: some(['KV cache'], ['reinforcement learning', 'sparsity']),
    submitters: some(['akhaliq'], ['taesiri']),
    publishedFrom: some(...days.slice(0, 2)),
    publishedTo: some(...days.slice(2)),
    editionFrom: some(...days.slice(0, 3)),
    editionTo: some(...days.slice(2)),
    minUpvotes: some(0, 1, 10, 40, 100),
    hasCode: some(true, false),
    hasProjectPage: some(true, false),
    hasMedia: some(true, false),
    withdrawn: some(true, false),
  })
  .map((filter) => Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)))
  // A few criteria at once, or nothing is left.
  .chain((filter) =>
    fc.subarray(Object.entries(filter), { maxLength: 3 }).map((kept) => Object.fromEntries(kept)),
  )

test('The entries of a feed, page by page, are the papers that the query of the same filter has', async () => {
  const counts = new Set<number>()
  await fc.assert(
    fc.asyncProperty(filters, fc.integer({ min: 3, max: 20 }), async (filter, n) => {
      const target = `/feeds/papers.json?n=${n}&filter=${encodeURIComponent(JSON.stringify(filter))}`
      const entries = await entriesOf(target)
      expect(entries.toSorted()).toEqual((await papersOf(filter)).toSorted())
      counts.add(entries.length)
    }),
    { numRuns: 25 },
  )
  expect(counts.size).toBeGreaterThan(3)
})

test('What was polled while papers came and changed is what the query has in the end', async () => {
  const filter = { minUpvotes: 30 }
  const polled = new Set<string>()
  const poll = async () => {
    for (const id of await entriesOf('/feeds/papers.json?minUpvotes=30')) polled.add(id)
  }
  await poll()
  for (const round of [1, 2, 3, 4, 5]) {
    const records = Array.from({ length: 8 }, (_, index) =>
      aRecord({
        arxivId: `2606.1000${index}`,
        title: `Late ${index}`,
        observedAt: `2026-06-2${round}T00:00:00.000Z`,
        upvotes: round * (index + 1),
      }),
    )
    await recordPapers(app.db, { source: 'huggingface', records })
    await poll()
  }
  expect([...polled].toSorted()).toEqual((await papersOf(filter)).toSorted())
})
