import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { ClientPoints } from '../../src/client-points.ts'
import { keptCost } from '../../src/graphql/bounded-execution.ts'
import { answerTo, post, query, useTestApp } from '../support/app.ts'
import { plant } from '../support/papers.ts'
import { awaiting, once } from '../support/patience.ts'
import { subscribe } from '../support/subscribe.ts'

const writeToken = 'a-token-of-this-test'
/** A point comes back in a thousand seconds. */
const app = useTestApp({
  CLIENT_POINTS: '100',
  CLIENT_POINTS_PER_SECOND: '1',
  // Each asks the same, and is to be executed.
  RESPONSE_CACHE_BYTES: '0',
  WRITE_TOKEN: writeToken,
  TRUST_PROXY: '1',
})
const unlimited = useTestApp({ CLIENT_POINTS: '0' })
beforeAll(() =>
  plant(
    app.db,
    Array.from({ length: 30 }, () => ({})),
  ),
)

const cheap = '{ paper(arxivId: "2606.00001") { title } }'
const search = '{ search(text: "paper") { nodes { title } } }'
const from = (address: string) => ({ 'x-forwarded-for': address })

/** A client of its own. */
let clients = 0
const somebody = () => from(`203.0.113.${++clients}`)

/**
 * What a client gets for a second search while its first one, which may need most of its points, is not answered yet.
 */
async function secondSearch(
  first: Record<string, string>,
  second: Record<string, string> = first,
): Promise<Response> {
  const release = Promise.withResolvers<void>()
  const taken = Promise.withResolvers<void>()
  const transaction = app.db.transaction().execute(async (trx) => {
    await sql`lock table paper in access exclusive mode`.execute(trx)
    taken.resolve()
    await release.promise
  })
  await awaiting(() => 'the table to be locked', taken.promise)
  const both = [post(app, { query: search }, first), post(app, { query: search }, second)]
  const refused = await Promise.race(both)
  release.resolve()
  await Promise.all([transaction, ...both])
  return refused
}

describe('an operation beyond the points of its client', () => {
  test('is refused with 429, and says when to come back', async () => {
    const refused = await secondSearch(somebody())
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toEqual({
      errors: [
        {
          message: expect.stringMatching(
            /^The operation costs 71 points, and you have \d+ left\. Repeat it after \d+ ms/,
          ),
          extensions: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) },
        },
      ],
    })
  })

  test('is refused over WebSocket', async () => {
    const socket = new WebSocket(app.wsEndpoint, 'graphql-transport-ws', { headers: somebody() })
    await once(socket, 'open')
    const said: string[] = []
    socket.on('message', (message) => said.push(String(message)))
    socket.send('{"type":"connection_init"}')
    await once(socket, 'message')
    for (const id of ['1', '2'])
      socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query: search } }))
    while (!said.some((message) => message.includes('RATE_LIMITED'))) await once(socket, 'message')
    socket.close()
  })

  test('leaves other clients alone: other addresses, other networks of IPv6, and tokens', async () => {
    const address = somebody()
    const refused = await secondSearch(address)
    expect(refused.status).toBe(429)
    expect((await post(app, { query: cheap }, somebody())).status).toBe(200)
    const token = { authorization: `Bearer ${writeToken}` }
    expect((await post(app, { query: search }, { ...address, ...token })).status).toBe(200)
    const network = from('2001:db8:1:2::1')
    expect((await secondSearch(network)).status).toBe(429)
    expect((await post(app, { query: search }, from('2001:db8:1:3::1'))).status).toBe(200)
  })

  test('counts for all addresses of one network of IPv6', async () => {
    const refused = await secondSearch(from('2001:db8:9:9::1'), from('2001:db8:9:9:ffff::2'))
    expect(refused.status).toBe(429)
  })
})

describe('points', () => {
  test('that an operation did not use are given back', async () => {
    // Introspection asks no statement, which would take what it takes.
    const types = Array.from({ length: 8 }, (_, at) => `a${at}: __schema { types { fields { name } } }`)
    // Who asks it first pays for its check.
    await post(app, { query: `{ ${types.join(' ')} }` }, somebody())
    const client = { ...somebody(), 'x-cost': '1' }
    for (let time = 0; time < 4; time += 1) {
      const { extensions } = (await (
        await post(app, { query: `{ ${types.join(' ')} }` }, client)
      ).json()) as {
        extensions: { cost: { asked: number; used: number } }
      }
      expect(extensions.cost.asked).toBeGreaterThan(50)
      expect(extensions.cost.used).toBeLessThan(1)
    }
  })

  test('are told with every answer', async () => {
    const { headers } = await post(app, { query: cheap }, somebody())
    expect(headers.get('ratelimit-policy')).toBe('"points";q=100;w=100')
    expect(headers.get('ratelimit')).toMatch(/^"points";r=(9\d|100);t=\d$/)
  })

  test('are told in the answer on request, by a header or an extension', async () => {
    const cost = { asked: expect.any(Number), used: expect.any(Number), left: expect.any(Number) }
    const byHeader = await post(app, { query: search }, { ...somebody(), 'x-cost': '1' })
    expect(await byHeader.json()).toMatchObject({ data: {}, extensions: { cost } })
    const body = { query: search, extensions: { cost: true } }
    expect(await (await post(app, body, somebody())).json()).toMatchObject({ extensions: { cost } })
    expect(await (await post(app, { query: search }, somebody())).json()).not.toHaveProperty('extensions')
    const left = await answerTo(unlimited, body)
    expect(left).toMatchObject({ extensions: { cost: { left: null } } })
  })

  test('are not counted where the operator turned them off', async () => {
    const { headers } = await post(unlimited, { query: cheap })
    expect(headers.get('ratelimit')).toBeNull()
  })
})

test('a subscription that resumes from far back pays, waits for points, and loses nothing', async () => {
  const heavy = 'subscription { paperIngested(after: "START") { cursor paper { title related { score } } } }'
  await using events = subscribe<{ paperIngested: { paper: { title: string } } }>(unlimited, heavy)
  await plant(
    unlimited.db,
    Array.from({ length: 5 }, () => ({})),
  )
  const titles = new Set<string>()
  while (titles.size < 5) titles.add((await events.next()).paperIngested.paper.title)

  await using charged = subscribe<{ paperIngested: { paper: { title: string } } }>(app, heavy)
  for (let event = 0; event < 30; event += 1) await charged.next()
  // Thirty at fifteen points each are in debt; queries of the same address are refused until that is paid.
  await expect(query(app, cheap)).rejects.toThrow('points')
})

describe('a bucket', () => {
  test('lets an operation pass that is dearer than all that fits, when it is full', () => {
    const points = new ClientPoints({ burst: 10, perSecond: 1 })
    expect(points.take('a', 15)).toBeUndefined()
    expect(points.take('a', 1)).toMatchObject({ extensions: { code: 'RATE_LIMITED' } })
    points.giveBack('a', 15)
    expect(points.left('a')).toBe(10)
  })

  test('charges what is spent already, and says how long the debt lasts', () => {
    const points = new ClientPoints({ burst: 10, perSecond: 2 })
    expect(points.charge('a', 10)).toBe(0)
    const waitMs = points.charge('a', 4)
    expect(waitMs).toBeGreaterThan(1_900)
    expect(waitMs).toBeLessThanOrEqual(2_000)
  })
})

describe('a client without points', () => {
  test('is refused before its document is read, on each transport, until it has paid', async () => {
    const client = somebody()
    const points = { ...client, 'x-cost': '1' }
    // Each document is new, and pays for its check.
    const unknown = (round: number) =>
      `{ ${Array.from({ length: 60 }, (_, at) => `a${round}x${at}: __typename`).join(' ')} }`
    let refused: Response
    let round = 0
    do {
      round += 1
      refused = await post(app, { query: unknown(round) }, points)
    } while (refused.status === 200)
    expect(refused.status).toBe(429)
    // Not even looked at: it would be refused for what it says.
    const broken = await post(app, { query: '{{{' }, client)
    expect(broken.status).toBe(429)
    expect(Number(broken.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await broken.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] })
    const page = await fetch(`${app.url}/trending`, { headers: client })
    expect(page.status).toBe(429)
    const socket = new WebSocket(app.wsEndpoint, 'graphql-transport-ws', { headers: client })
    await once(socket, 'open')
    socket.send('{"type":"connection_init"}')
    await once(socket, 'message')
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{{{' } }))
    const [message] = await once(socket, 'message')
    expect(String(message)).toContain('RATE_LIMITED')
    socket.close()
  })

  test('has paid for large answers that are kept, too', () => {
    expect(keptCost(5 * 1024 ** 2)).toBeGreaterThan(10)
    expect(keptCost(1_000)).toBeLessThan(0.03)
  })
})
