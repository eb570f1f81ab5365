import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Gateway } from '../../src/examples/gateway/process.ts'
import { compose, papersService, reviewsService } from '../../src/examples/gateway/supergraph.ts'
import { startTestApp } from '../support/app.ts'
import { startCli } from '../support/cli.ts'
import { ask, type Federation, startFederation } from '../support/federation.ts'
import { startGateway } from '../support/gateways.ts'
import { arxivId, plant } from '../support/papers.ts'
import { freePort } from '../support/ports.ts'
import { subscribe, subscribeSse, type TestSubscription } from '../support/subscribe.ts'

const document = `subscription ($after: FeedCursor!) {
  paperIngested(after: $after) {
    cursor previousCursor
    paper { arxivId title bookmarkCount reviews { text } }
  }
}`

interface Ingested {
  paperIngested: {
    cursor: string
    previousCursor: string
    paper: { arxivId: string; title: string; bookmarkCount: number; reviews: { text: string }[] }
  }
}

type Transport = 'ws' | 'sse'

/** Each test starts several processes. */
const patience = { timeout: 300_000 }

let federation: Federation
let papers = 0
beforeAll(async () => {
  federation = await startFederation()
})
afterAll(() => federation?.[Symbol.asyncDispose]())

/** Stores so many more papers. Returns their arXiv ids. */
async function ingest(amount: number): Promise<string[]> {
  const ids = Array.from({ length: amount }, (_, index) => arxivId(papers + index + 1))
  papers += amount
  await plant(
    federation.app.db,
    ids.map((id) => ({ arxivId: id, title: `Paper ${id}` })),
  )
  return ids
}

async function listen(
  gateway: Gateway,
  transport: Transport,
  after: string,
): Promise<TestSubscription<Ingested>> {
  return transport === 'ws'
    ? subscribe<Ingested>(gateway, document, { after })
    : await subscribeSse<Ingested>(gateway, document, { after })
}

async function position(gateway: Gateway): Promise<string> {
  const { data } = await ask<{ feedPosition: string }>(gateway, '{ feedPosition }')
  return data?.feedPosition ?? ''
}

describe.each<Transport>(['ws', 'sse'])('through Hive Gateway, %s to us', patience, (toUs) => {
  const start = (supergraph: string, options: { port?: number; timeoutMs?: number } = {}) =>
    startGateway('hive', supergraph, { ...options, subscriptions: toUs })

  let gateway: Gateway
  /** A gateway in front of a server of ours that a test ends. */
  let mortal: { gateway: Gateway; port: number }
  beforeAll(async () => {
    const port = await freePort()
    const endpoint = `http://127.0.0.1:${port}/graphql`
    const supergraph = compose([papersService(endpoint), reviewsService(federation.reviews.url)])
    gateway = await start(federation.supergraph)
    mortal = { gateway: await start(supergraph), port }
  })
  afterAll(() => Promise.all([gateway?.kill(), mortal?.gateway.kill()]))

  test('papers come with the fields of the other subgraph, and nothing is lost when the gateway dies', async () => {
    const held: string[] = []
    let port: number
    {
      await using dying = await start(federation.supergraph)
      const begin = await position(dying)
      await using socket = await listen(dying, 'ws', begin)
      await using stream = await listen(dying, 'sse', begin)
      const ids = await ingest(2)
      for (const events of [socket, stream]) {
        const first = (await events.next()).paperIngested
        expect(first).toMatchObject({
          previousCursor: begin,
          paper: {
            arxivId: ids[0],
            title: `Paper ${ids[0]}`,
            bookmarkCount: Number(ids[0]?.slice(-2)),
            reviews: [{ text: `On ${ids[0]}` }],
          },
        })
        const second = (await events.next()).paperIngested
        expect(second).toMatchObject({ previousCursor: first.cursor, paper: { arxivId: ids[1] } })
        held.push(second.cursor)
      }
      port = dying.port
      await dying.kill()
      await Promise.all([socket.ended(), stream.ended()])
    }
    const missed = await ingest(2)
    await using again = await start(federation.supergraph, { port })
    await using socket = await listen(again, 'ws', held[0] ?? '')
    await using stream = await listen(again, 'sse', held[1] ?? '')
    const later = await ingest(1)
    for (const [index, events] of [socket, stream].entries()) {
      let previousCursor = held[index] ?? ''
      for (const id of [...missed, ...later]) {
        const { paperIngested } = await events.next()
        expect(paperIngested).toMatchObject({
          previousCursor,
          paper: { arxivId: id, bookmarkCount: Number(id.slice(-2)) },
        })
        previousCursor = paperIngested.cursor
      }
      expect(events.waiting).toBe(0)
    }
  })

  test('events of any kind, narrowed by their types', async () => {
    await using events = subscribe<{ feed: Record<string, unknown> }>(
      gateway,
      `subscription ($after: FeedCursor!) { feed(after: $after, kinds: [LISTED]) {
        __typename cursor
        ... on PaperListed { editionDate submitterName paper { title bookmarkCount } }
        ... on FeedHeartbeat { caughtUpAt }
      } }`,
      { after: await position(gateway) },
    )
    papers += 1
    await plant(federation.app.db, [
      {
        arxivId: arxivId(papers),
        title: 'Listed',
        listing: { date: '2026-06-12', submitter: { name: 'akhaliq' } },
      },
    ])
    let event: Record<string, unknown>
    do event = (await events.next()).feed
    while (event.__typename === 'FeedHeartbeat')
    expect(event).toEqual({
      __typename: 'PaperListed',
      cursor: expect.any(String),
      editionDate: '2026-06-12',
      submitterName: 'akhaliq',
      paper: { title: 'Listed', bookmarkCount: papers },
    })
  })

  test('a subscription outlives the time limit of requests', async () => {
    await using impatient = await start(federation.supergraph, { timeoutMs: 500 })
    await using events = subscribe<{ feed: { __typename: string } }>(
      impatient,
      'subscription { feed(heartbeat: 1) { __typename } }',
    )
    for (let beat = 0; beat < 3; beat++)
      expect(await events.next()).toEqual({ feed: { __typename: 'FeedHeartbeat' } })
  })

  test('a cursor that cannot be used is told with its code', async () => {
    await using events = subscribe<Ingested>(gateway, document, { after: 'nonsense' })
    const { errors } = await events.nextResult()
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'CURSOR_MALFORMED' } })
  })

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'our end by %s ends the subscription, and a cursor resumes it',
    async (signal) => {
      const { gateway, port } = mortal
      const env = { DATABASE_URL: federation.app.database.url, PORT: String(port), PLANT_SEEDS: 'off' }
      await using served = startCli(['serve'], { cwd: process.cwd(), env })
      await served.said(/is ready/)
      await using events = subscribe<Ingested>(gateway, document, { after: await position(gateway) })
      await ingest(1)
      const { cursor } = (await events.next()).paperIngested
      served.kill(signal)
      const { errors } = await events.nextResult()
      // Only over SSE does the gateway hand on what we say at the end.
      if (toUs === 'sse' && signal === 'SIGTERM')
        expect(errors?.[0]?.extensions).toMatchObject({ code: 'SHUTTING_DOWN', cursor })
      else expect(errors).toHaveLength(1)
      await events.ended()

      await served.ended
      const [missed] = await ingest(1)
      await using again = await startTestApp({ beside: federation.app, settings: { PORT: String(port) } })
      expect(new URL(again.endpoint).port).toBe(String(port))
      await using resumed = subscribe<Ingested>(gateway, document, { after: cursor })
      const { paperIngested } = await resumed.next()
      expect(paperIngested).toMatchObject({ previousCursor: cursor, paper: { arxivId: missed } })
    },
  )
})
