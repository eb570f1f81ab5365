import fc from 'fast-check'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { PaperFilter } from '../../db/search/filter.ts'
import { query, startTestApp, useTestApp } from '../support/app.ts'
import { addPapers, append, ingested } from '../support/feed.ts'
import { plantLibrary } from '../support/library.ts'
import { startReceiver } from '../support/webhook-receiver.ts'
import { adminToken, createWebhook, webhookSettings } from '../support/webhooks.ts'

const settings = { ...webhookSettings, WEBHOOK_CONCURRENCY: '2' }
const app = useTestApp(settings)
let token = ''
beforeAll(async () => {
  token = await adminToken(app.db)
  await plantLibrary(app.db)
})
afterEach(() => app.db.deleteFrom('webhook').execute())

test('two servers share the endpoints, and each event comes once and in order', async () => {
  const contact = 'mailto:second@example.org'
  await using _second = await startTestApp({
    beside: app,
    settings: { ...settings, UPSTREAM_CONTACT: contact },
  })
  await using receiver = await startReceiver()
  const paths = Array.from({ length: 12 }, (_, index) => `/shared/${index}`)
  for (const path of paths) await createWebhook(app, token, { url: receiver.url + path })
  const ids = await addPapers(
    app.db,
    Array.from({ length: 15 }, (_, index) => `Shared ${index}`),
  )
  for (const id of ids) await append(app.db, [ingested(id)])
  await receiver.accepts(paths.length * ids.length)
  const titles = ids.map((_, index) => `Shared ${index}`)
  for (const path of paths) {
    const of = receiver.accepted.filter((one) => one.path === path)
    expect(of.map(({ json }) => json.data.paper.title)).toEqual(titles)
  }
  const bySecond = receiver.accepted.filter(({ headers }) => headers['user-agent']?.includes(contact))
  expect(bySecond.length).toBeGreaterThan(0)
  expect(bySecond.length).toBeLessThan(receiver.accepted.length)
})

const some = <Value>(values: readonly [Value, ...Value[]]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 }), { nil: undefined })
const maybe = <Value>(...values: Value[]) => fc.option(fc.constantFrom(...values), { nil: undefined })

const filters: fc.Arbitrary<PaperFilter> = fc.record({
  text: maybe(
    'sparse',
    'attention',
    'decoding -sparse',
    '"sparse training"',
    'author:lovelace',
    'cache or routing',
  ),
  keywords: some(['sparse attention', 'KV cache', 'routing', 'survey']),
  authors: some(['Ada Lovelace', 'Alan Turing', '李明']),
  organizations: some(['deepseek-ai', 'hkust']),
  minUpvotes: maybe(10, 40),
  hasCode: maybe(true, false),
  withdrawn: maybe(true, false),
})

test('the papers of all deliveries are those of the query and of the feed, for any filter', async () => {
  await using receiver = await startReceiver()
  let number = 0
  const property = fc.asyncProperty(fc.array(filters, { minLength: 3, maxLength: 6 }), async (wanted) => {
    const endpoints: { path: string; filter: PaperFilter }[] = []
    for (const filter of wanted) {
      const path = `/property/${++number}`
      await createWebhook(app, token, { url: receiver.url + path, filter, after: 'START' })
      endpoints.push({ path, filter })
    }
    await vi.waitFor(
      async () => {
        const { webhookState } = await query<{ webhookState: { lag: number; inDeliveryCount: number } }>(
          ...([app, '{ webhookState { lag inDeliveryCount } }', {}, token] as const),
        )
        expect(webhookState).toEqual({ lag: 0, inDeliveryCount: 0 })
      },
      { timeout: 150_000 },
    )
    for (const { path, filter } of endpoints) {
      const of = receiver.accepted.filter((one) => one.path === path)
      const { papers, feed } = await query<{
        papers: { nodes: { id: string }[] }
        feed: { events: { cursor: string; paper: { id: string } }[] }
      }>(app, both, { filter })
      expect(new Set(of.map(({ json }) => json.data.paper.id))).toEqual(
        new Set(papers.nodes.map(({ id }) => id)),
      )
      expect(of.map(({ json }) => json.data.cursor)).toEqual(feed.events.map(({ cursor }) => cursor))
    }
    await app.db.deleteFrom('webhook').execute()
  })
  await fc.assert(property, { numRuns: 5, endOnFailure: true })
})

const both = `query ($filter: PaperFilter!) {
  papers(filter: $filter, first: 50) { nodes { id } }
  feed(after: "START", first: 500, filter: $filter) { events { cursor ... on PaperEvent { paper { id } } } }
}`
