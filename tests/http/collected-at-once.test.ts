import { Agent } from 'node:http'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, expect, test } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { exchange } from '../support/exchange.ts'
import { arxivId, plant } from '../support/papers.ts'

const app = useTestApp({ RESPONSE_CACHE_BYTES: '0' })
beforeAll(() =>
  plant(
    app.db,
    Array.from({ length: 30 }, (_, index) => ({
      arxivId: arxivId(index + 1),
      title: `Sparse Models of Speech ${index}`,
      abstract: 'We train sparse models. '.repeat(40),
    })),
  ),
)

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (options: { type: 'major' | 'minor' }) => void

/** Bytes of objects that only a full collection frees. */
const oldBytes = () =>
  getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space')?.space_used_size ?? 0

const agent = new Agent({ keepAlive: true, maxSockets: 1 })
/** Requests that are asked one after the other, and the bytes that each may leave. Its answer alone makes more. */
const times = 100
const keptAtMost = 8_000
const rows = 'abstract authors { nodes { name } }'

// Some objects stay until a full collection although nothing needs them, e.g. values of a WeakMap, and are moved meanwhile.
test.each([
  ['a paper', `query ($id: String!) { paper(arxivId: $id) { ${rows} } }`, { id: arxivId(1) }],
  ['a list', `{ papers(first: 20) { nodes { ${rows} } } }`, {}],
  [
    'a search',
    `query ($text: String!) { search(text: $text, first: 20) { nodes { ${rows} } } }`,
    { text: 'sparse speech' },
  ],
])('what a request for %s has made is freed by small collections', async (_what, document, variables) => {
  const body = JSON.stringify({ query: document, variables })
  const ask = () =>
    exchange(app, {
      method: 'POST',
      target: '/graphql',
      headers: { 'content-type': 'application/json' },
      agent,
      body,
    })
  const askOften = async () => {
    for (let time = 0; time < times; time++) {
      expect((await ask()).status).toBe(200)
      if (time % 10 === 0) collect({ type: 'minor' })
    }
  }
  await askOften()
  collect({ type: 'major' })
  const before = oldBytes()
  await askOften()
  expect((oldBytes() - before) / times).toBeLessThan(keptAtMost)
})
