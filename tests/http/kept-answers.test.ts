import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { post, type TestApp, useTestApp } from '../support/app.ts'
import { arxivId, plant } from '../support/papers.ts'
import { sentStatements } from '../support/sent.ts'

const token = 'a-token-for-writing'
const app = useTestApp({ WRITE_TOKEN: token })
const beside = useTestApp({ WRITE_TOKEN: token }, app)
const uncached = useTestApp({ RESPONSE_CACHE_BYTES: '0' }, app)
const papers = 20
const observedAt = (upvotes: number) => new Date(Date.UTC(2026, 6, 1) + upvotes * 60_000).toISOString()

/** Gives each paper that many upvotes, in one transaction. */
function vote(upvotes: number): Promise<void> {
  return plant(
    app.db,
    Array.from({ length: papers }, () => ({ upvotes, observedAt: observedAt(upvotes) })),
  )
}

beforeAll(() => vote(1))
afterEach(() => vi.restoreAllMocks())

/** Asks again until nothing was read to answer it: other databases of the cluster may write, and end what is kept. */
async function keptAnswer(ask: () => Promise<Response>): Promise<Response> {
  vi.restoreAllMocks()
  const seen = sentStatements()
  for (let tries = 0; tries < 300; tries++) {
    seen.length = 0
    const response = await ask()
    if (!seen.some((text) => text.includes('paper'))) return response
    await response.arrayBuffer()
  }
  throw new Error('No answer was kept.')
}

const list = '{ papers(first: 20) { nodes { title abstract upvotes } } }'

describe('a kept answer', () => {
  test('is the same as that of an execution, to the byte and the header', async () => {
    const own = ['date', 'x-request-id', 'ratelimit']
    const shown = async (response: Response) => ({
      status: response.status,
      headers: [...response.headers].filter(([name]) => !own.includes(name)),
      body: await response.text(),
    })
    for (const headers of [
      {},
      { accept: 'application/graphql-response+json' },
      { authorization: `Bearer ${token}` },
      { 'accept-encoding': 'br' },
      { 'accept-encoding': 'gzip' },
      { 'accept-encoding': 'identity' },
    ] satisfies Record<string, string>[]) {
      const ask = (at: TestApp) => post(at, { query: list }, headers)
      expect(await shown(await keptAnswer(() => ask(app)))).toEqual(await shown(await ask(uncached)))
      const get = (at: TestApp) =>
        fetch(`${at.endpoint}?${new URLSearchParams({ query: list })}`, { headers })
      expect(await shown(await keptAnswer(() => get(app)))).toEqual(await shown(await get(uncached)))
    }
  })

  test('is for one question: document, variables, operation, rights and media type', async () => {
    const document = 'query A($id: String!) { paper(arxivId: $id) { title } } query B { __typename }'
    const ask = async (body: object, headers = {}) =>
      JSON.stringify(await (await post(app, body, headers)).json())
    for (let round = 0; round < 3; round++) {
      const asked = await Promise.all([
        ask({ query: document, operationName: 'A', variables: { id: arxivId(1) } }),
        ask({ query: document, operationName: 'A', variables: { id: arxivId(2) } }),
        ask({ query: document, operationName: 'B' }),
      ])
      expect(asked).toEqual([
        '{"data":{"paper":{"title":"Paper 1"}}}',
        '{"data":{"paper":{"title":"Paper 2"}}}',
        '{"data":{"__typename":"Query"}}',
      ])
    }
  })

  test('costs the least that there is; who asks for the cost is told that of an execution', async () => {
    const cost = async () => {
      const response = await post(app, { query: list }, { 'x-cost': '1' })
      return ((await response.json()) as { extensions: { cost: { used: number } } }).extensions.cost
    }
    await keptAnswer(() => post(app, { query: list }))
    expect((await cost()).used).toBeGreaterThan(0.02)
  })

  test('is 304 to who has it', async () => {
    const address = `${app.endpoint}?${new URLSearchParams({ query: list })}`
    const etag = (await fetch(address)).headers.get('etag') ?? ''
    const response = await keptAnswer(() => fetch(address, { headers: { 'if-none-match': etag } }))
    expect([response.status, await response.text()]).toEqual([304, ''])
    expect(response.headers.get('etag')).toBe(etag)
  })

  test('is not made of what the clock is in, nor of an error', async () => {
    const seen = sentStatements()
    for (const document of [
      '{ sources { lagSeconds } }',
      '{ paper(arxivId: "?") { title } papers { totalCount } }',
    ]) {
      await (await post(app, { query: document })).text()
      seen.length = 0
      await (await post(app, { query: document })).text()
      expect(seen.filter((text) => !text.includes('pg_current_snapshot'))).not.toEqual([])
    }
  })
})

interface Seen {
  readonly feedPosition: string
  readonly papers: { readonly nodes: readonly { readonly upvotes: number }[] }
}

test('what is read beside writers is never older than the last write, whole, and that of its position', async () => {
  const positioned = '{ feedPosition papers(first: 20) { nodes { title upvotes } } }'
  const plain = '{ papers(first: 20) { nodes { title upvotes } } }'
  /** What the database without a cache has said at each position. */
  const known = new Map<string, string>()
  let written = 1
  let over = false
  let compared = 0
  let stale = 0
  const votesIn = ({ papers: { nodes } }: Seen) => [...new Set(nodes.map(({ upvotes }) => upvotes))]
  const encodings = ['br', 'gzip', 'identity']

  async function read(at: TestApp, document: string, turn: number): Promise<Seen> {
    const encoding = encodings[turn % 3] ?? 'br'
    const response = await fetch(at.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-encoding': encoding },
      body: JSON.stringify({ query: document }),
    })
    return ((await response.json()) as { data: Seen }).data
  }

  async function reader(at: TestApp, document: string): Promise<void> {
    for (let turn = 0; !over; turn++) {
      const before = written
      const seen = await read(at, document, turn)
      const votes = votesIn(seen)
      // One transaction gave all of them the same.
      if (votes.length !== 1 || (votes[0] ?? 0) < before) stale += 1
      compared += 1
      if (document !== positioned) continue
      const text = JSON.stringify(seen.papers)
      if ((known.get(seen.feedPosition) ?? text) !== text) stale += 1
      known.set(seen.feedPosition, text)
    }
  }

  const readers = [
    ...[app, app, beside, beside].flatMap((at) => [reader(at, plain), reader(at, positioned)]),
    reader(uncached, positioned),
  ]
  for (let upvotes = 2; compared < 3_000; upvotes++) {
    const before = compared
    await vote(upvotes)
    written = upvotes
    // The writer's own next question.
    expect(votesIn(await read(upvotes % 2 ? app : beside, plain, upvotes))).toEqual([upvotes])
    // Let answers be kept and given before the next write.
    while (compared < before + 60) await read(app, plain, upvotes)
  }
  over = true
  await Promise.all(readers)
  expect(stale).toBe(0)
  expect(known.size).toBeGreaterThan(20)
}, 300_000)
