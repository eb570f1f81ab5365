import { ServerResponse } from 'node:http'
import { queryObjects } from 'node:v8'
import { expect, test, vi } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { exchange } from '../support/exchange.ts'
import { patience } from '../support/patience.ts'

const app = useTestApp()

/** Responses that are held by something, after a garbage collection. */
const held = () => queryObjects(ServerResponse, { format: 'count' })

test.each([
  ['invalid', (number: number) => `{ nothing${number} }`],
  ['no GraphQL', (number: number) => `{ papers(first: ${number}`],
])('documents that are %s keep nothing of the requests that brought them', async (_, document) => {
  const ask = (number: number) =>
    exchange(app, {
      method: 'POST',
      target: '/graphql',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ query: document(number) }),
    })
  await ask(0)
  const before = held()
  for (let number = 1; number <= 30; number++) expect((await ask(number)).status).toBe(200)
  // Counting walks through all of the heap.
  await vi.waitFor(() => expect(held()).toBeLessThan(before + 10), { ...patience, interval: 1_000 })
})
