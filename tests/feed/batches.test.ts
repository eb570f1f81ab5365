import { sql } from 'kysely'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { query, useTestApp } from '../support/app.ts'
import { plant } from '../support/papers.ts'
import { sentStatements } from '../support/sent.ts'
import { subscribe, subscribeSse, type TestSubscription } from '../support/subscribe.ts'

const app = useTestApp()

const events = `... on PaperEvent { __typename cursor previousCursor source
  paper { id title upvotes aiKeywords keywords { key } authors(first: 3) { nodes { name } } organization { name fullName } } }`
const subscription = `subscription { feed(after: START, heartbeat: 3600) { ${events} } }`

interface Followed {
  readonly feed: { readonly cursor?: string; readonly paper?: { readonly organization: unknown } }
}

/** Two events for each paper: its first one, and one for its upvotes. */
beforeAll(async () => {
  const papers = Array.from({ length: 8 }, (_, index) => ({
    arxivId: `2611.0000${index + 1}`,
    title: `Number ${index + 1}`,
    authors: [{ name: `Author ${index}` }, { name: 'Somebody Else' }],
    keywords: ['batches'],
    ...(index % 4 > 0 && { organization: { name: `lab-${index % 4}`, fullName: `Lab ${index % 4}` } }),
  }))
  for (const upvotes of [3, 7])
    await plant(
      app.db,
      papers.map((paper) => ({ ...paper, upvotes })),
    )
  await app.feed.refresh()
})

afterEach(() => vi.restoreAllMocks())

async function nextOf(followed: TestSubscription<Followed>, count: number): Promise<unknown[]> {
  const results: unknown[] = []
  while (results.length < count) results.push((await followed.next()).feed)
  return results
}

test('the papers of a batch of events are read together, and each event has what the query answers', async () => {
  const { feed } = await query<{ feed: { events: unknown[] } }>(
    app,
    `{ feed(after: START, first: 100) { events { ${events} } } }`,
  )
  const expected = feed.events
  expect(expected).toHaveLength(16)
  const sent = sentStatements()
  await using socket = subscribe<Followed>(app, subscription)
  expect(await nextOf(socket, 16)).toEqual(expected)
  expect(sent.filter((text) => /from paper\b/.test(text))).toHaveLength(1)
  expect(sent.filter((text) => /from "organization"/.test(text))).toHaveLength(1)
  await using stream = await subscribeSse<Followed>(app, subscription)
  expect(await nextOf(stream, 16)).toEqual(expected)
})

test('a field that fails is told with each event of its paper, and with no other', async () => {
  await sql`alter table organization rename to organization_away`.execute(app.db)
  await using socket = subscribe<Followed>(app, subscription.replace('source', 'source recordedAt'))
  const results = []
  for (let count = 0; count < 16; count++) results.push(await socket.nextResult())
  await sql`alter table organization_away rename to organization`.execute(app.db)
  const failed = results.map(({ errors, data }) => [errors?.[0]?.path, data?.feed.paper?.organization])
  const papers = Array.from({ length: 8 }, (_, index) => index % 4 > 0)
  expect(failed).toEqual(
    [...papers, ...papers].map((has) => [has ? ['feed', 'paper', 'organization'] : undefined, null]),
  )
})
