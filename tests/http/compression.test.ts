import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { encodingFor } from '../../src/graphql/responses/answer-headers.ts'
import { startTestApp, type TestApp, useTestApp } from '../support/app.ts'
import { plant } from '../support/papers.ts'

const app = useTestApp()
beforeAll(async () => {
  await plant(
    app.db,
    Array.from({ length: 20 }, () => ({ abstract: 'Words, and more words, of attention. '.repeat(20) })),
  )
})

const long = '{ papers(first: 20) { nodes { title abstract } } }'
const short = '{ papers(first: 1) { nodes { title } } }'

interface Answer {
  headers: IncomingHttpHeaders
  status: number | undefined
  body: Buffer
}

/** Node's own client, which decompresses nothing by itself. */
function ask(
  query: string,
  headers: Record<string, string>,
  { at = app, method = 'POST' }: { at?: TestApp; method?: string } = {},
): Promise<Answer> {
  const address = method === 'GET' ? `${at.endpoint}?${new URLSearchParams({ query })}` : at.endpoint
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const sent = httpRequest(address, { method, headers: { 'content-type': 'application/json', ...headers } })
  sent.on('error', reject)
  sent.on('response', async (response) => {
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk)
    resolve({ headers: response.headers, status: response.statusCode, body: Buffer.concat(chunks) })
  })
  sent.end(method === 'POST' ? JSON.stringify({ query }) : undefined)
  return promise
}

describe('answers', () => {
  test.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('of 1 KiB and more go out as %s', async (encoding, decompress) => {
    for (const method of ['GET', 'POST']) {
      const plain = await ask(long, {}, { method })
      const packed = await ask(long, { 'accept-encoding': encoding }, { method })
      expect(plain.headers['content-encoding']).toBeUndefined()
      expect(packed.headers['content-encoding']).toBe(encoding)
      expect(packed.headers['content-length']).toBe(String(packed.body.length))
      expect(packed.headers.vary).toContain('Accept-Encoding')
      expect(packed.body.length).toBeLessThan(plain.body.length / 5)
      expect(decompress(packed.body).toString()).toBe(plain.body.toString())
      // One validator for both, weak because the bytes differ.
      expect(packed.headers.etag).toBe(plain.headers.etag)
    }
  })

  test('below 1 KiB, and for clients that take no encoding of ours, go out as they are', async () => {
    for (const [query, accept] of [
      [short, 'br, gzip'],
      [long, 'identity'],
      [long, 'zstd, deflate'],
      [long, 'br;q=0, gzip;q=0'],
    ] as const) {
      const { headers, body } = await ask(query, { 'accept-encoding': accept })
      expect(headers['content-encoding']).toBeUndefined()
      expect(headers['content-length']).toBe(String(body.length))
      expect(JSON.parse(body.toString())).toHaveProperty('data.papers')
    }
  })

  test('with errors are compressed all the same', async () => {
    const query = `{ ${Array.from({ length: 40 }, (_, i) => `unknown${i}`).join(' ')} }`
    const { headers, body } = await ask(query, { 'accept-encoding': 'br' })
    expect(headers['content-encoding']).toBe('br')
    expect(JSON.parse(brotliDecompressSync(body).toString())).toHaveProperty('errors')
  })

  test('are as they are with COMPRESSION=off', async () => {
    await using plain = await startTestApp({ settings: { COMPRESSION: 'off' }, beside: app })
    const { headers } = await ask(long, { 'accept-encoding': 'br' }, { at: plain })
    expect(headers['content-encoding']).toBeUndefined()
    expect(headers.vary).toBe('Accept, Origin')
  })
})

test('events of a subscription come as they happen, never held back by a compressor', async () => {
  const abort = new AbortController()
  const response = await fetch(
    `${app.endpoint}?${new URLSearchParams({ query: `subscription { paperIngested(after: START) ${'{ paper { title abstract } }'} }` })}`,
    { headers: { accept: 'text/event-stream', 'accept-encoding': 'br, gzip' }, signal: abort.signal },
  )
  expect(response.headers.get('content-encoding')).toBeNull()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    if (text.includes('Paper 20')) break
  }
  abort.abort()
})

test.each([
  [null, undefined],
  ['', undefined],
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['br;q=0.5, gzip;q=0.8', 'gzip'],
  ['br;q=0, *', 'gzip'],
  ['*', 'br'],
  ['*;q=0', undefined],
  ['gzip;q=nonsense', undefined],
  [',,;', undefined],
])('Accept-Encoding: %s gives %s', (accept, encoding) => {
  expect(encodingFor(accept)).toBe(encoding)
})
