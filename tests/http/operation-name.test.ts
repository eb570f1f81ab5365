import { createClient } from 'graphql-ws'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { answerTo, useTestApp } from '../support/app.ts'

const app = useTestApp()
const one = '{ __typename }'
const two = 'query A { __typename } query B { __typename }'
const answered = { data: { __typename: 'Query' } }

async function overHttp(search: string, init: RequestInit = {}): Promise<unknown> {
  const accept = { accept: 'application/graphql-response+json' }
  const response = await fetch(`${app.endpoint}${search}`, {
    ...init,
    headers: { ...accept, ...init.headers },
  })
  return await response.json()
}

async function overWebSocket(query: string, operationName: string): Promise<unknown> {
  const client = createClient({ url: app.wsEndpoint, webSocketImpl: WebSocket, retryAttempts: 0 })
  try {
    const { value } = await client.iterate({ query, operationName }).next()
    return value
  } catch (errors) {
    return { errors }
  } finally {
    await client.dispose()
  }
}

const transports: [string, (query: string, operationName: string) => Promise<unknown>][] = [
  ['a body', (query, operationName) => answerTo(app, { query, operationName })],
  ['an address', (query, operationName) => overHttp(`?${new URLSearchParams({ query, operationName })}`)],
  [
    'a form',
    (query, operationName) =>
      overHttp('', { method: 'POST', body: new URLSearchParams({ query, operationName }) }),
  ],
  ['a WebSocket', overWebSocket],
]

describe.each(transports)('an empty operationName in %s', (_name, ask) => {
  test('is none', async () => {
    expect(await ask(one, '')).toMatchObject(answered)
  })

  test('does not choose among several', async () => {
    expect(await ask(two, '')).toMatchObject({
      errors: [{ extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }],
    })
  })

  test('leaves a name that is no operation refused', async () => {
    expect(await ask(one, ' ')).toMatchObject({
      errors: [{ extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }],
    })
  })
})

test('null is none as well, and an empty one is, over SSE', async () => {
  expect(await answerTo(app, { query: one, operationName: null })).toMatchObject(answered)
  const response = await fetch(app.endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: one, operationName: '' }),
  })
  expect(await response.text()).toContain(JSON.stringify(answered))
})
