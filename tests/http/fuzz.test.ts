import { beforeAll, expect, test, vi } from 'vitest'
import { schema } from '../../schema/index.ts'
import { Documents, printed, wordsOf } from '../bench/cost-documents.ts'
import { random } from '../bench/random.ts'
import { post, useTestApp } from '../support/app.ts'
import { faultOf, sendMangledMessages, sendMangledRequest } from '../support/fuzz.ts'
import { hostileCalls } from '../support/hostile-calls.ts'
import { plant } from '../support/papers.ts'
import { bearer, createToken } from '../support/tokens.ts'

const app = useTestApp({ CLIENT_POINTS: '0' })
beforeAll(() => plant(app.db, [{}, {}, {}]))

/** The faults of so many attempts, some at a time. */
async function faultsOf<Item>(
  items: Iterable<Item>,
  attempt: (item: Item) => Promise<string | undefined>,
): Promise<string[]> {
  const faults: string[] = []
  const iterator = items[Symbol.iterator]()
  const work = async () => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) {
      const fault = await attempt(next.value)
      if (fault !== undefined) faults.push(fault)
    }
  }
  await Promise.all([work(), work(), work()])
  return faults
}

const seeds = (amount: number) => Array.from({ length: amount }, (_, seed) => seed)

async function ask(body: object, token?: string): Promise<string | undefined> {
  const response = await post(app, body, {
    accept: 'application/graphql-response+json',
    ...(token !== undefined && bearer(token)),
  })
  return faultOf(response.status, await response.text())
}

test('documents drawn from the schema are answered, or refused with a code', async () => {
  const words = { ...(await wordsOf(app.db)), latest: '2026-06-16' }
  const faults = await faultsOf(seeds(120), async (seed) => {
    const documents = new Documents(schema, words, random(seed))
    const query = printed(documents.changed(documents.random()))
    const fault = await ask({ query })
    return fault && `${fault}: ${query}`
  })
  expect(faults).toEqual([])
})

test('hostile values in each argument are answered, or refused with a code', {
  timeout: 300_000,
}, async () => {
  const token = await createToken(app, 'fuzz', 'admin')
  const faults = await faultsOf(hostileCalls(schema, random(1), 2), async ({ place, query, variables }) => {
    const fault = await ask({ query, variables }, token)
    return fault && `${place} ${fault}: ${JSON.stringify(variables).slice(0, 300)}`
  })
  expect(faults).toEqual([])
})

test('bytes that are no request, and messages that are none, end where they came from', async () => {
  const requests = await faultsOf(seeds(200), async (seed) => {
    const fault = await sendMangledRequest(app.url, random(seed))
    return fault && `request ${seed} ${fault}`
  })
  const messages = await faultsOf(seeds(60), async (seed) => {
    const fault = await sendMangledMessages(app.wsEndpoint, random(seed))
    return fault && `messages ${seed} ${fault}`
  })
  expect([...requests, ...messages]).toEqual([])
})

test('afterwards the server answers, holds nothing, and has logged no fault of its own', async () => {
  expect(await ask({ query: '{ papers(first: 1) { totalCount } }' })).toBeUndefined()
  await vi.waitFor(
    () => expect(app.hub.held).toMatchObject({ topics: 0, subscriptions: 0, clients: 0, contexts: 0 }),
    { timeout: 150_000 },
  )
  await vi.waitFor(() => expect(app.sockets.size).toBe(0), { timeout: 150_000 })
  expect(app.connections.unsentBytes).toBe(0)
  expect(app.logged.filter((line) => /^\d\d:\d\d:\d\d error:/.test(line))).toEqual([])
})
