import { createClient } from 'graphql-ws'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { welcome } from '../../src/commands/welcome.ts'
import { answerTo, startTestApp, useTestApp } from '../support/app.ts'
import { answer, apq, codeOf, events, get, greeting, relay } from '../support/trusted.ts'

const strict = useTestApp({ TRUSTED_DOCUMENTS: relay, TRUSTED_ONLY: 'on' })

describe('TRUSTED_ONLY', () => {
  const refusal =
    'This server executes only trusted documents. Send the documentId of one of them, and no other query.'

  test.each([
    ['text', { query: '{ __typename }' }],
    ['the text of a trusted document without its id', { query: greeting }],
    ['introspection', { query: '{ __schema { types { name } } }' }],
    ['a new text with its right hash', { query: '{ b: __typename }', extensions: apq('{ b: __typename }') }],
    ['a text beside an id of another', { query: '{ c: __typename }', documentId: 'abc123' }],
  ])('refuses %s', async (_what, body) => {
    expect(codeOf(await answerTo(strict, body))).toEqual([400, 'DOCUMENT_NOT_TRUSTED', refusal])
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

  test('an unknown id: nothing is said of sending the text instead', async () => {
    const unknown = await answerTo(strict, { documentId: 'nothing' })
    expect(codeOf(unknown)).toEqual([
      400,
      'PERSISTED_QUERY_NOT_FOUND',
      'No trusted document has the id "nothing". Send one from the manifest.',
    ])
  })

  test('the terminal shows what can be asked of such a server, and it works when pasted', async () => {
    const said = await welcome(strict, strict.config)
    expect(said).toContain(`only those in ${strict.config.trusted.manifest}, by id`)
    expect(said).not.toContain('"query"')
    const [, address = ''] = /curl '(.+documentId=)<id>'/.exec(said) ?? []
    const response = await fetch(`${address}abc123`)
    expect(await response.json()).toEqual({ data: answer.data })
  })

  test('without a manifest is a fault in the settings', async () => {
    await expect(startTestApp({ settings: { TRUSTED_ONLY: 'on' }, beside: strict })).rejects.toThrow(
      'TRUSTED_ONLY is on, but TRUSTED_DOCUMENTS is not set: set it, or turn TRUSTED_ONLY off.',
    )
  })
})
