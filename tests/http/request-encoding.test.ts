import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { exchange } from '../support/exchange.ts'

const app = useTestApp({ MAX_BODY_BYTES: '2000' })
const body = Buffer.from('{"query":"{ __typename }"}')

function send(encoding: string, sent: Uint8Array, headers: Record<string, string> = {}) {
  return exchange(app, {
    ...{ method: 'POST', target: '/graphql', body: sent },
    headers: { 'content-type': 'application/json', 'content-encoding': encoding, ...headers },
  })
}

function codeIn(text: string): unknown {
  return (JSON.parse(text) as { errors: [{ extensions: { code: string } }] }).errors[0].extensions.code
}

test.each([
  ['gzip', gzipSync(body)],
  ['GZip', gzipSync(body)],
  ['x-gzip', gzipSync(body)],
  ['deflate', deflateSync(body)],
  ['br', brotliCompressSync(body)],
  ['identity', body],
  ['Identity, gzip', gzipSync(body)],
  ['', body],
  [' , ', body],
  ['deflate, gzip', gzipSync(deflateSync(body))],
  ['br,gzip, deflate', deflateSync(gzipSync(brotliCompressSync(body)))],
])('a body in %j is decoded', async (encoding, sent) => {
  const { status, text } = await send(encoding, sent)
  expect([status, JSON.parse(text)]).toEqual([200, { data: { __typename: 'Query' } }])
})

test('a form is decoded, and a body without a told size', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded', 'transfer-encoding': 'chunked' }
  expect((await send('gzip', gzipSync('query=%7B__typename%7D'), form)).status).toBe(200)
})

test.each(['zstd', 'compress', 'aes128gcm', 'gzip, zstd', 'utf-8', 'gzip;q=1'])(
  'the encoding %s is refused, and the response names those that are taken',
  async (encoding) => {
    const { status, headers, text } = await send(encoding, body)
    expect(status).toBe(415)
    expect(headers['accept-encoding']).toBe('br, deflate, gzip')
    expect(codeIn(text)).toBe('UNSUPPORTED_MEDIA_TYPE')
    expect(text).toContain('Content-Encoding')
  },
)

test('more encodings than anyone needs are refused before any of them is decoded', async () => {
  expect((await send('gzip, gzip, gzip, gzip', body)).status).toBe(415)
})

test.each([
  ['gzip', body],
  ['gzip', gzipSync(body).subarray(0, 20)],
  ['br', gzipSync(body)],
  ['deflate', Buffer.alloc(0)],
])('a body that is not the %s it says is refused without its bytes', async (encoding, sent) => {
  const { status, text } = await send(encoding, sent)
  expect([status, codeIn(text)]).toEqual([400, 'BAD_REQUEST'])
  expect(JSON.parse(text)).toEqual({
    errors: [{ message: expect.stringContaining(`not ${encoding}`), extensions: { code: 'BAD_REQUEST' } }],
  })
})

describe('MAX_BODY_BYTES', () => {
  const padded = (size: number) => Buffer.from(JSON.stringify({ query: '{ __typename }' }).padEnd(size, ' '))

  test('bounds what comes out: a small body cannot unpack to a large one', async () => {
    for (const size of [2_001, 1_000_000]) {
      const sent = gzipSync(padded(size))
      expect(sent.length).toBeLessThan(2_000)
      const { status, text } = await send('gzip', sent)
      expect([status, codeIn(text)]).toEqual([413, 'BODY_TOO_LARGE'])
    }
    expect((await send('gzip', gzipSync(padded(2_000)))).status).toBe(200)
  })

  test('bounds each step of several encodings', async () => {
    const empties = Buffer.concat(Array.from({ length: 1_000 }, () => gzipSync('')))
    const nested = gzipSync(empties)
    expect([nested.length < 2_000, empties.length > 2_000]).toEqual([true, true])
    expect((await send('gzip, gzip', nested)).status).toBe(413)
  })
})
