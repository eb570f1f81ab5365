import { createClient } from 'graphql-ws'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { answerTo, startTestApp, useTestApp } from '../support/app.ts'
import {
  answer,
  apq,
  codeOf,
  events,
  get,
  greeting,
  manifest,
  parsed,
  relay,
  sha256,
} from '../support/trusted.ts'

const apollo = manifest('apollo.json', {
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations: [{ id: sha256(greeting), name: 'Greeting', type: 'query', body: greeting }],
})
const open = useTestApp({ TRUSTED_DOCUMENTS: apollo })
const strict = useTestApp({ TRUSTED_DOCUMENTS: relay, TRUSTED_ONLY: 'on' }, open)
const without = useTestApp({}, open)

describe('a trusted document', () => {
  test('is asked by its id, by the hash of its text and by the prefixed hash, with POST and GET', async () => {
    for (const documentId of ['abc123', sha256(greeting), `sha256:${sha256(greeting)}`]) {
      expect(await answerTo(strict, { documentId })).toEqual(answer)
      expect(await get(strict, { documentId })).toEqual(answer)
    }
  })

  test('is asked as Apollo’s clients do', async () => {
    expect(await answerTo(strict, { extensions: apq(greeting) })).toEqual(answer)
    expect(await get(open, { extensions: JSON.stringify(apq(greeting)) })).toEqual(answer)
    expect(await answerTo(open, { query: greeting, extensions: apq(greeting) })).toEqual(answer)
  })

  test('takes variables and an operation name', async () => {
    const variables = { arxivId: '2605.00001' }
    const found = { status: 200, data: { paper: null } }
    expect(await answerTo(strict, { documentId: sha256(parsed), variables })).toEqual(found)
    expect(
      await get(strict, {
        documentId: sha256(parsed),
        variables: JSON.stringify(variables),
        operationName: 'Parsed',
      }),
    ).toEqual(found)
    const missing = await answerTo(strict, { documentId: sha256(parsed) })
    expect(missing.errors?.[0]?.message).toContain('$arxivId')
  })

  test('is subscribed to over WebSocket and SSE', async () => {
    const client = createClient({ url: strict.wsEndpoint, webSocketImpl: WebSocket })
    const asked = { query: '', documentId: 'events' }
    for await (const { data } of client.iterate(asked)) {
      expect(data).toEqual({ feed: { __typename: 'FeedHeartbeat' } })
      break
    }
    for await (const { data } of client.iterate({ query: '', extensions: apq(events) })) {
      expect(data).toEqual({ feed: { __typename: 'FeedHeartbeat' } })
      break
    }
    await client.dispose()
    const abort = new AbortController()
    const response = await fetch(`${strict.endpoint}?documentId=events`, {
      headers: { accept: 'text/event-stream' },
      signal: abort.signal,
    })
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString()
      if (text.includes('FeedHeartbeat')) break
    }
    abort.abort()
    expect(text).toContain('event: next')
  })
})

describe('refused, with the reason', () => {
  test('an unknown id: the sentence, and for automatic persisted queries the word their clients look for', async () => {
    const unknown = await answerTo(open, { documentId: 'nothing' })
    expect(codeOf(unknown)).toEqual([
      400,
      'PERSISTED_QUERY_NOT_FOUND',
      'No trusted document has the id "nothing". Send one from the manifest, or the document itself.',
    ])
    const automatic = await answerTo(open, { extensions: apq('{ a }') })
    expect(codeOf(automatic)).toEqual([400, 'PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound'])
    expect(automatic.errors?.[0]?.extensions?.hint).toContain('No trusted document has the id')
    expect((await get(open, { documentId: 'nothing' })).status).toBe(200) // application/json: in the body only
  })

  test('an id where there is no manifest', async () => {
    expect(codeOf(await answerTo(without, { documentId: 'abc' }))).toEqual([
      400,
      'PERSISTED_QUERY_NOT_SUPPORTED',
      'This server has no manifest of documents. Send the document itself as query.',
    ])
    const automatic = await answerTo(without, { extensions: apq(greeting) })
    expect(codeOf(automatic).slice(1)).toEqual([
      'PERSISTED_QUERY_NOT_SUPPORTED',
      'PersistedQueryNotSupported',
    ])
    expect(await answerTo(without, { query: greeting, extensions: apq(greeting) })).toEqual(answer)
  })

  test('a text that is not the one of its id', async () => {
    for (const app of [open, without]) {
      const mixed = await answerTo(app, { query: '{ a: __typename }', extensions: apq(greeting) })
      expect(codeOf(mixed).slice(0, 2)).toEqual([400, 'PERSISTED_QUERY_MISMATCH'])
    }
  })

  test('ids that are no text, and a request without a document', async () => {
    expect(codeOf(await answerTo(open, { documentId: 7 }))).toEqual([
      400,
      'BAD_REQUEST',
      'documentId: pass a string.',
    ])
    for (const app of [open, strict]) {
      const nothing = ['BAD_REQUEST', 'Must provide query string.']
      expect(codeOf(await answerTo(app, {}))).toEqual([400, ...nothing])
      expect(codeOf(await answerTo(app, { documentId: '' }))).toEqual([400, ...nothing])
      expect(codeOf(await get(app, { documentId: '' })).slice(1)).toEqual(nothing)
    }
    expect((await answerTo(open, { query: greeting, extensions: 'x' })).status).toBe(400)
  })

  test('a mutation with GET', async () => {
    const path = manifest('mutation.json', { write: 'mutation { ingestPapers(papers: []) { newCount } }' })
    await using app = await startTestApp({ settings: { TRUSTED_DOCUMENTS: path }, beside: open })
    const response = await fetch(`${app.endpoint}?documentId=write`)
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    expect(await response.json()).toEqual({
      errors: [
        {
          message: 'GET executes no mutations. Send them with POST.',
          extensions: { code: 'METHOD_NOT_ALLOWED' },
        },
      ],
    })
  })
})
