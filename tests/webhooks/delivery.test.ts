import { sql } from 'kysely'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { NewFeedEvent } from '../../db/feed/events.ts'
import { query, useTestApp } from '../support/app.ts'
import { addPapers, append, ingested, ingestPaper } from '../support/feed.ts'
import { plant } from '../support/papers.ts'
import {
  type Answer,
  answerWith,
  type Receiver,
  startReceiver,
  verifySignature,
} from '../support/webhook-receiver.ts'
import { adminToken, createWebhook, repeatUntil, webhookSettings } from '../support/webhooks.ts'

const app = useTestApp({ ...webhookSettings, WEBHOOK_TIMEOUT_MS: '1000' })
let token = ''
beforeAll(async () => {
  token = await adminToken(app.db)
})

// The endpoints of one test are not those of the next.
afterEach(() => app.db.deleteFrom('webhook').execute())

let number = 0
/** A path of a receiver that is an endpoint of its own. */
const path = () => `/${++number}`

const titles = (received: readonly { json: { data: { paper: { title: string } } } }[]) =>
  received.map(({ json }) => json.data.paper.title)

async function listenTo(receiver: Receiver, variables: Record<string, unknown> = {}) {
  return createWebhook(app, token, { url: receiver.url + path(), ...variables })
}

test('a challenge comes first, then each event once, in order, signed, as /feed sends it', async () => {
  await using receiver = await startReceiver()
  const before = (await query<{ feedPosition: string }>(app, '{ feedPosition }')).feedPosition
  const { webhook, secret, verification } = await listenTo(receiver)
  expect([webhook.status, verification]).toEqual(['ACTIVE', { succeeded: true, status: 200, error: null }])
  for (const title of ['One', 'Two', 'Three']) await ingestPaper(app.db, title)
  const accepted = await receiver.accepts(3)
  expect(titles(accepted)).toEqual(['One', 'Two', 'Three'])
  for (const one of receiver.received) verifySignature(one, secret)
  expect(receiver.received[0]?.json).toMatchObject({
    type: 'webhook.verify',
    data: { name: expect.any(String) },
  })
  // Each says where the one before it ended, so that a receiver can tell that it has all.
  const pairs = accepted.map(({ json }) => [json.data.previousCursor, json.data.cursor])
  expect(pairs.map(([previous]) => previous)).toEqual([before, pairs[0]?.[1], pairs[1]?.[1]])
  const page = await fetch(`${app.url}/feed?after=${before}`, { signal: AbortSignal.timeout(20_000) })
  const reader = page.body?.pipeThrough(new TextDecoderStream()).getReader()
  let said = ''
  while (!/data: .*"Three".*\n/.test(said)) said += (await reader?.read())?.value ?? ''
  await reader?.cancel()
  const events = [...said.matchAll(/^data: (.*"recordedAt".*)$/gm)].map(([, data = '']) => JSON.parse(data))
  expect(accepted.map(({ json }) => json.data)).toEqual(events)
  expect(accepted.map(({ id, json }) => [id, json.type, json.timestamp])).toEqual(
    events.map(({ cursor, recordedAt }) => [`evt_${cursor}`, 'paper.ingested', recordedAt]),
  )
})

test('kinds and filters choose, and what is not wanted is passed over', async () => {
  await using receiver = await startReceiver()
  await listenTo(receiver, { kinds: ['INGESTED'], filter: { keywords: ['sparsity'] } })
  const keywords = ['sparsity']
  const papers = [
    ...[{ title: 'Dense' }, { title: 'Sparse 1', keywords, withdrawnAt: '2026-06-20T00:00:00.000Z' }],
    ...[{ title: 'Dense 2' }, { title: 'Sparse 2', keywords }, { title: 'Dense 3' }],
  ]
  await plant(app.db, papers)
  expect(titles(await receiver.accepts(2))).toEqual(['Sparse 1', 'Sparse 2'])
  // It has been told of everything, though the last event was not for it.
  await vi.waitFor(
    async () => {
      const state = '{ webhookState { lag dueCount inDeliveryCount oldestDueSeconds } }'
      expect(await query(app, state, {}, token)).toEqual({
        webhookState: { lag: 0, dueCount: 0, inDeliveryCount: 0, oldestDueSeconds: null },
      })
    },
    { timeout: 150_000 },
  )
  expect(receiver.accepted).toHaveLength(2)
})

test('an endpoint that fails gets the same event again, before any later one, and others do not wait for it', async () => {
  await using receiver = await startReceiver()
  await using other = await startReceiver()
  await listenTo(receiver)
  await listenTo(other)
  const bad: [string, Answer][] = [
    ['status 500', answerWith(500)],
    ['a redirect', answerWith(302, { location: other.url })],
    ['nothing in time', () => {}],
    ['a cut', (_received, _response, request) => request.socket.destroy()],
  ]
  for (const [title, answer] of bad) {
    receiver.answer = answer
    await ingestPaper(app.db, title)
    await ingestPaper(app.db, `after ${title}`)
    await receiver.receives(({ json }) => json.data.paper?.title === title)
    await other.receives(({ json }) => json.data.paper?.title === `after ${title}`)
    await vi.waitFor(async () => expect((await failing())?.attempts[0]?.succeeded).toBe(false), {
      timeout: 150_000,
    })
    receiver.answer = undefined
    await repeatUntil(
      app,
      receiver.receives(({ json }) => json.data.paper?.title === `after ${title}`),
    )
  }
  const both = (title: string) => [title, `after ${title}`]
  const expected = bad.flatMap(([title]) => both(title))
  expect(titles(await receiver.accepts(8))).toEqual(expected)
  expect(titles(other.accepted)).toEqual(expected)
  // A redirect is not followed: what is refused has the same id when it comes again.
  const redirected = receiver.received.filter(({ json }) => json.data.paper?.title === 'a redirect')
  expect(new Set(redirected.map(({ id }) => id)).size).toBe(1)
  expect(redirected.length).toBeGreaterThan(1)
  // Once for each time, however many events it takes then.
  const again = app.logged.filter((line) => line.includes('works again') && line.includes(receiver.url))
  expect(again).toHaveLength(bad.length)
})

interface Failing {
  readonly status: string
  readonly failureCount: number
  readonly nextAttemptAt: string | null
  readonly disabledReason: string | null
  readonly attempts: {
    readonly succeeded: boolean
    readonly status: number | null
    readonly error: string | null
  }[]
}

async function failing(): Promise<Failing | undefined> {
  const fields =
    'status failureCount nextAttemptAt disabledReason attempts(first: 3) { succeeded status error }'
  const { webhooks } = await query<{ webhooks: Failing[] }>(app, `{ webhooks { ${fields} } }`, {}, token)
  return webhooks.find(({ status }) => status !== 'ACTIVE')
}

test('Retry-After is kept, 410 disables at once, five days of failure too, and enabling continues without a hole', async () => {
  await using receiver = await startReceiver()
  const { webhook } = await listenTo(receiver)
  receiver.answer = answerWith(429, { 'retry-after': '7200' })
  await ingestPaper(app.db, 'Throttled')
  await vi.waitFor(async () => expect((await failing())?.failureCount).toBeGreaterThan(0), {
    timeout: 150_000,
  })
  const next = Date.parse((await failing())?.nextAttemptAt ?? '')
  expect(next - Date.now()).toBeGreaterThan(7_000_000)
  receiver.answer = answerWith(410)
  await repeatUntil(
    app,
    vi.waitFor(async () => expect((await failing())?.status).toBe('DISABLED'), { timeout: 150_000 }),
  )
  expect((await failing())?.disabledReason).toContain('410')
  await ingestPaper(app.db, 'Meanwhile')
  receiver.answer = undefined
  await enable(webhook.id)
  expect(titles(await receiver.accepts(2))).toEqual(['Throttled', 'Meanwhile'])
  receiver.answer = answerWith(503)
  await ingestPaper(app.db, 'Long down')
  await vi.waitFor(async () => expect((await failing())?.failureCount).toBeGreaterThan(0), {
    timeout: 150_000,
  })
  await sql`update webhook set failing_since = now() - interval '5 days' where failing_since is not null`.execute(
    app.db,
  )
  await repeatUntil(
    app,
    vi.waitFor(async () => expect((await failing())?.status).toBe('DISABLED'), { timeout: 150_000 }),
  )
  expect((await failing())?.disabledReason).toContain('five days')
  receiver.answer = undefined
  await enable(webhook.id)
  expect(titles(await receiver.accepts(3)).at(-1)).toBe('Long down')
})

const enable = (id: string) =>
  query(app, 'mutation ($id: ID!) { enableWebhook(id: $id) { webhook { status } } }', { id }, token)

test('the last hundred attempts are kept, and an answer is read and kept in part', async () => {
  await using receiver = await startReceiver()
  const { webhook } = await listenTo(receiver)
  receiver.answer = (_received, response) => {
    response.writeHead(200)
    // More than is read: the connection is closed on it, and the delivery counts.
    for (let part = 0; part < 40; part++) response.write('0123456789'.repeat(500))
    response.end()
  }
  for (let index = 0; index < 3; index++) await append(app.db, await events(40))
  const count = `query ($id: ID!) { webhook(id: $id) { deliveredCount attempts(first: 100) { eventId answer } } }`
  const shown = () =>
    query<{ webhook: { deliveredCount: number; attempts: { eventId: string; answer: string }[] } }>(
      ...([app, count, { id: webhook.id }, token] as const),
    )
  await vi.waitFor(async () => expect((await shown()).webhook.deliveredCount).toBe(120), { timeout: 150_000 })
  const { attempts } = (await shown()).webhook
  expect(attempts).toHaveLength(100)
  const ids = receiver.received.map(({ id }) => id)
  expect(attempts.map(({ eventId }) => eventId)).toEqual(ids.slice(-100).reverse())
  expect(attempts[0]?.answer).toBe('0123456789'.repeat(100))
})

async function events(count: number): Promise<NewFeedEvent[]> {
  const ids = await addPapers(
    app.db,
    Array.from({ length: count }, (_, index) => `Paper ${number++} ${index}`),
  )
  return ids.map((id) => ingested(id))
}
