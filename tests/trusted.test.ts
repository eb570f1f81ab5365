import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startTestApp, type TestApp } from './support/app.ts'

const greeting = 'query Greeting { __typename }'
const parsed = 'query Parsed($arxivId: String!) { paper(arxivId: $arxivId) { title } }'
const events = 'subscription Events { feed(after: START, heartbeat: 1) { __typename } }'
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const folder = mkdtempSync(join(tmpdir(), 'daily-papers-manifests-'))

function manifest(name: string, content: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const relay = manifest('relay.json', { abc123: greeting, [sha256(parsed)]: parsed, events })
const apollo = manifest('apollo.json', {
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations: [{ id: sha256(greeting), name: 'Greeting', type: 'query', body: greeting }],
})

let open: TestApp
let strict: TestApp
let without: TestApp
beforeAll(async () => {
  open = await startTestApp({ settings: { TRUSTED_DOCUMENTS: apollo } })
  strict = await startTestApp({
    settings: { TRUSTED_DOCUMENTS: relay, TRUSTED_ONLY: 'on' },
    beside: open,
  })
  without = await startTestApp({ beside: open })
})
afterAll(async () => {
  await strict?.close()
  await without?.close()
  await open?.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Answer {
  status: number
  data?: unknown
  errors?: { message: string; extensions?: Record<string, unknown> }[]
}

async function post(app: TestApp, body: object): Promise<Answer> {
  const response = await fetch(app.endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, ...((await response.json()) as object) }
}

async function get(app: TestApp, params: Record<string, string>): Promise<Answer> {
  const response = await fetch(`${app.endpoint}?${new URLSearchParams(params)}`)
  return { status: response.status, ...((await response.json()) as object) }
}

const answer = { status: 200, data: { __typename: 'Query' } }
const apq = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: sha256(text) } })

describe('a trusted document', () => {
  test('is asked by its id, by the hash of its text and by the prefixed hash, with POST and GET', async () => {
    for (const documentId of ['abc123', sha256(greeting), `sha256:${sha256(greeting)}`]) {
      expect(await post(strict, { documentId })).toEqual(answer)
      expect(await get(strict, { documentId })).toEqual(answer)
    }
  })

  test('is asked as Apollo’s clients do', async () => {
    expect(await post(strict, { extensions: apq(greeting) })).toEqual(answer)
    expect(await get(open, { extensions: JSON.stringify(apq(greeting)) })).toEqual(answer)
    expect(await post(open, { query: greeting, extensions: apq(greeting) })).toEqual(answer)
  })

  test('takes variables and an operation name', async () => {
    const variables = { arxivId: '2605.00001' }
    const found = { status: 200, data: { paper: null } }
    expect(await post(strict, { documentId: sha256(parsed), variables })).toEqual(found)
    expect(
      await get(strict, {
        documentId: sha256(parsed),
        variables: JSON.stringify(variables),
        operationName: 'Parsed',
      }),
    ).toEqual(found)
    const missing = await post(strict, { documentId: sha256(parsed) })
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

const codeOf = ({ status, errors }: Answer) => [status, errors?.[0]?.extensions?.code, errors?.[0]?.message]

describe('refused, with the reason', () => {
  test('an unknown id: the sentence, and for automatic persisted queries the word their clients look for', async () => {
    const unknown = await post(open, { documentId: 'nothing' })
    expect(codeOf(unknown)).toEqual([
      400,
      'PERSISTED_QUERY_NOT_FOUND',
      'No trusted document has the id "nothing". Send one from the manifest, or the text itself.',
    ])
    const automatic = await post(open, { extensions: apq('{ a }') })
    expect(codeOf(automatic)).toEqual([400, 'PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound'])
    expect(automatic.errors?.[0]?.extensions?.hint).toContain('No trusted document has the id')
    expect((await get(open, { documentId: 'nothing' })).status).toBe(200) // application/json: in the body only
  })

  test('an id where there is no manifest', async () => {
    expect(codeOf(await post(without, { documentId: 'abc' }))).toEqual([
      400,
      'PERSISTED_QUERY_NOT_SUPPORTED',
      'This server has no manifest of documents. Send the text of the document as query.',
    ])
    const automatic = await post(without, { extensions: apq(greeting) })
    expect(codeOf(automatic).slice(1)).toEqual([
      'PERSISTED_QUERY_NOT_SUPPORTED',
      'PersistedQueryNotSupported',
    ])
    expect(await post(without, { query: greeting, extensions: apq(greeting) })).toEqual(answer)
  })

  test('a text that is not the one of its id', async () => {
    for (const app of [open, without]) {
      const mixed = await post(app, { query: '{ a: __typename }', extensions: apq(greeting) })
      expect(codeOf(mixed).slice(0, 2)).toEqual([400, 'PERSISTED_QUERY_MISMATCH'])
    }
  })

  test('ids that are no text, and a request without a document', async () => {
    expect(codeOf(await post(open, { documentId: 7 }))).toEqual([
      400,
      'BAD_REQUEST',
      'documentId: pass a text.',
    ])
    for (const app of [open, strict]) {
      const nothing = ['BAD_REQUEST', 'Must provide query string.']
      expect(codeOf(await post(app, {}))).toEqual([400, ...nothing])
      expect(codeOf(await post(app, { documentId: '' }))).toEqual([400, ...nothing])
      expect(codeOf(await get(app, { documentId: '' })).slice(1)).toEqual(nothing)
    }
    expect((await post(open, { query: greeting, extensions: 'x' })).status).toBe(400)
  })

  test('a mutation with GET', async () => {
    const path = manifest('mutation.json', { write: 'mutation { ingestPapers(papers: []) { newCount } }' })
    await using app = await startTestApp({ settings: { TRUSTED_DOCUMENTS: path }, beside: open })
    const response = await fetch(`${app.endpoint}?documentId=write`)
    expect(response.status).toBe(405)
  })
})

describe('TRUSTED_ONLY', () => {
  const refusal =
    'This server executes trusted documents only. Send the documentId of one of them, without other text.'

  test.each([
    ['text', { query: '{ __typename }' }],
    ['the text of a trusted document without its id', { query: greeting }],
    ['introspection', { query: '{ __schema { types { name } } }' }],
    ['a new text with its right hash', { query: '{ b: __typename }', extensions: apq('{ b: __typename }') }],
    ['a text beside an id of another', { query: '{ c: __typename }', documentId: 'abc123' }],
  ])('refuses %s', async (_what, body) => {
    expect(codeOf(await post(strict, body))).toEqual([400, 'DOCUMENT_NOT_TRUSTED', refusal])
  })

  test('over GET, SSE and WebSocket too, where the socket stays', async () => {
    expect(codeOf(await get(strict, { query: greeting })).slice(1)).toEqual(['DOCUMENT_NOT_TRUSTED', refusal])
    const sse = await fetch(`${strict.endpoint}?${new URLSearchParams({ query: events })}`, {
      headers: { accept: 'text/event-stream' },
    })
    expect(await sse.text()).toContain('DOCUMENT_NOT_TRUSTED')
    const client = createClient({ url: strict.wsEndpoint, webSocketImpl: WebSocket, lazy: false })
    await expect(client.iterate({ query: events }).next()).rejects.toMatchObject([
      { message: refusal, extensions: { code: 'DOCUMENT_NOT_TRUSTED' } },
    ])
    const asked = { query: '', documentId: 'abc123' }
    expect((await client.iterate(asked).next()).value).toEqual({ data: { __typename: 'Query' } })
    await client.dispose()
  })

  test('without a manifest is a fault in the settings', async () => {
    await expect(startTestApp({ settings: { TRUSTED_ONLY: 'on' }, beside: open })).rejects.toThrow(
      'TRUSTED_ONLY is on, but no document is trusted: set TRUSTED_DOCUMENTS, or turn it off.',
    )
  })
})

describe('a manifest', () => {
  const start = (path: string) => startTestApp({ settings: { TRUSTED_DOCUMENTS: path }, beside: open })

  test.each([
    ['that is missing', join(folder, 'none.json'), 'it cannot be read (ENOENT). Correct TRUSTED_DOCUMENTS.'],
    ['that is no JSON', manifest('a.json', '{'), 'it is not JSON. Write it again with your build tool.'],
    ['of another shape', manifest('b.json', [1]), 'it holds no documents as'],
    ['without documents', manifest('c.json', {}), 'it holds no documents as'],
    [
      'with a text that is no GraphQL',
      manifest('d.json', { x: '{' }),
      'its document "x" is no GraphQL: Syntax',
    ],
    [
      'with two documents for one id',
      manifest('e.json', {
        format: 'apollo-persisted-query-manifest',
        operations: [
          { id: 'x', body: '{ a: __typename }' },
          { id: 'x', body: '{ b: __typename }' },
        ],
      }),
      'it gives two documents for the id "x".',
    ],
  ])('%s does not start', async (_what, path, reason) => {
    await expect(start(path)).rejects.toThrow(reason)
    await expect(start(path)).rejects.toThrow(path)
  })

  test('with a document of yesterday’s schema starts, and tells which one', async () => {
    await using app = await start(manifest('old.json', { old: '{ gone }', new: greeting }))
    expect(app.logged.join('\n')).toMatch(/Trusted documents do not fit the schema.*old/)
    expect((await post(app, { documentId: 'old' })).errors?.[0]?.message).toContain('"gone"')
    expect(await post(app, { documentId: 'new' })).toEqual(answer)
  })
})
