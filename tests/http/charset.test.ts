import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { useTestApp } from '../support/app.ts'
import { exchange } from '../support/exchange.ts'
import { awaiting } from '../support/patience.ts'

const app = useTestApp()
const query = '{ paper(arxivId: "Résumé") { id } }'
const utf8 = Buffer.from(JSON.stringify({ query }))
const latin1 = Buffer.from(JSON.stringify({ query }), 'latin1')
const mark = Buffer.from([0xef, 0xbb, 0xbf])

const send = (type: string, body: Uint8Array | string) =>
  exchange(app, { method: 'POST', target: '/graphql', headers: { 'content-type': type }, body })

const form = 'application/x-www-form-urlencoded'

describe('a charset', () => {
  test.each(['iso-8859-1', 'UTF-16', 'windows-1252', 'utf-8859', '"latin1"'])(
    'other than UTF-8 is refused by name: %s',
    async (charset) => {
      for (const type of ['application/json', form]) {
        const { status, text } = await send(`${type}; charset=${charset}`, latin1)
        expect(status).toBe(415)
        expect(JSON.parse(text)).toMatchObject({
          errors: [
            {
              message: expect.stringContaining(charset.replaceAll('"', '')),
              extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' },
            },
          ],
        })
      }
    },
  )
})

describe('bytes that are not UTF-8', () => {
  test.each([
    ['Latin-1', latin1],
    ['half a character', Buffer.concat([utf8.subarray(0, 30), Buffer.from([0xc3])])],
    ['half of a pair of UTF-16', Buffer.concat([utf8.subarray(0, -2), Buffer.from([0xed, 0xa0, 0x80])])],
    ['UTF-16', Buffer.from(`\uFEFF${JSON.stringify({ query })}`, 'utf16le')],
  ])('are refused in words: %s', async (_name, body) => {
    for (const type of ['application/json', 'application/json; charset=utf-8', 'application/graphql', form]) {
      const { status, text } = await send(type, body)
      expect(status).toBe(400)
      expect(JSON.parse(text)).toEqual({
        errors: [{ message: expect.stringContaining('UTF-8'), extensions: { code: 'BAD_REQUEST' } }],
      })
    }
  })

  test.each(['query=%7B__typename%20%23%E9%7D', 'query={__typename}&variables=%7B%22a%22%3A%22%E9%22%7D'])(
    'are refused where they are percent-encoded: %s',
    async (text) => {
      expect((await send(form, text)).status).toBe(400)
      expect((await exchange(app, { target: `/graphql?${text}` })).status).toBe(400)
    },
  )

  test('are refused in the parameters of the feed', async () => {
    const { status, text } = await exchange(app, { target: '/feed?filter=%7B%22text%22%3A%22%E9%22%7D' })
    expect([status, JSON.parse(text)]).toMatchObject([400, { error: { code: 'BAD_REQUEST' } }])
  })

  test('close a WebSocket that sends them as binary messages', async () => {
    const socket = new WebSocket(app.wsEndpoint, 'graphql-transport-ws')
    const closed = Promise.withResolvers<number>()
    socket.on('open', () => socket.send(Buffer.from('{"type":"ping","payload":{"a":"\xe9"}}', 'latin1')))
    socket.on('close', closed.resolve)
    expect(await awaiting(() => 'the code with which the socket closes', closed.promise)).toBe(4400)
  })

  test('a percent sign that encodes nothing stands for itself', async () => {
    const asked = await send(form, 'query={__typename}%23 100% and 5%zz')
    expect(JSON.parse(asked.text)).toEqual({ data: { __typename: 'Query' } })
  })
})

describe('a byte order mark', () => {
  test.each([
    ['application/json', '{"query":"{ __typename }"}'],
    ['application/json; charset=utf-8', '{"query":"{ __typename }"}'],
    [form, 'query=%7B__typename%7D'],
    ['application/graphql', '{ __typename }'],
    [form, 'query=%EF%BB%BF%7B__typename%7D&variables=%EF%BB%BF{}'],
  ])('at the beginning is ignored: %s', async (type, text) => {
    const answer = await send(type, Buffer.concat([mark, Buffer.from(text)]))
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { data: { __typename: 'Query' } }])
  })

  test('before a WebSocket message is ignored', async () => {
    const socket = new WebSocket(app.wsEndpoint, 'graphql-transport-ws')
    const answered = Promise.withResolvers<string>()
    socket.on('open', () => socket.send('\uFEFF{"type":"ping"}'))
    socket.on('message', (data) => answered.resolve(String(data)))
    socket.on('close', (code) => answered.reject(new Error(`Closed with ${code}.`)))
    expect(await awaiting(() => 'the pong', answered.promise)).toBe('{"type":"pong"}')
    socket.terminate()
  })

  test('anywhere else is not valid JSON', async () => {
    const twice = Buffer.concat([mark, mark, utf8])
    expect((await send('application/json', twice)).status).toBe(400)
  })
})

test.each(['{', '{"query":"{ __typename }"', "{'query': 1}", '', 'secret-token', '{"a":\u0001}'])(
  'a body that is not JSON is refused without quoting it: %j',
  async (body) => {
    const { status, text } = await send('application/json', body)
    expect(status).toBe(400)
    expect(JSON.parse(text)).toEqual({
      errors: [
        {
          message: 'The body is not valid JSON. Send an object like {"query": "{ feedPosition }"}.',
          extensions: { code: 'BAD_REQUEST' },
        },
      ],
    })
  },
)
