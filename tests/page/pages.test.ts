import { beforeAll, describe, expect, test } from 'vitest'
import { plantSeeds } from '../../seeds/plant.ts'
import { startTestApp, useTestApp } from '../support/app.ts'
import { exchange } from '../support/exchange.ts'

const app = useTestApp()
beforeAll(() => plantSeeds(app.db))

const read = (target: string, headers: Record<string, string> = {}) =>
  exchange(app, { target, headers: { accept: 'text/html', ...headers } })

describe('the newest edition', () => {
  test('is at the bare address, with its papers', async () => {
    const { status, headers, text } = await read('/')
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(text).toContain('<time datetime="2026-01-05">Monday 5 January 2026</time>')
    expect(text.match(/<article /g)).toHaveLength(24)
  })

  test('is the same as at its own address', async () => {
    const { text } = await read('/editions/2026-01-05')
    expect(text.match(/<article /g)).toHaveLength(24)
  })

  test('may load nothing from elsewhere and be framed by nobody', async () => {
    expect((await read('/')).headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
  })

  test('is sent once: the browser asks again by its tag', async () => {
    const { headers } = await read('/')
    const again = await read('/', { 'if-none-match': headers.etag ?? '' })
    expect([again.status, again.text]).toEqual([304, ''])
  })
})

describe('what is no page is refused in words', () => {
  test.each([
    [404, '/editions/2026-01-04', 'No papers were listed on Sunday 4 January 2026'],
    [400, '/editions/2026-02-30', 'is not a date'],
    [400, '/editions/<script>', 'is not a date'],
    [400, '/editions/%', 'a % that encodes no character'],
    [400, '/?after=nothing', 'after'],
  ])('%i %s', async (status, target, words) => {
    const answer = await read(target)
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8'])
    expect(answer.text).toContain(words)
    expect(answer.text).not.toMatch(/<script>|\bat .*\.ts:\d/)
  })

  test('another method is refused as a page', async () => {
    const { status, headers } = await exchange(app, { method: 'POST', target: '/editions/2026-01-05' })
    expect([status, headers['content-type']]).toEqual([405, 'text/html; charset=utf-8'])
  })
})

test('what a page loads has its hash in the address and is kept for ever', async () => {
  const { text } = await read('/editions/2026-01-05')
  const paths = [...text.matchAll(/(?:href|src)="\.\.\/(assets\/[^"]+)"/g)].map(([, path = '']) => path)
  expect(paths).toHaveLength(3)
  for (const path of paths) {
    const { status, headers } = await read(`/${path}`, { 'accept-encoding': 'br' })
    expect([status, headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable'])
  }
})

test('PAGE=off serves no pages', async () => {
  await using off = await startTestApp({ settings: { PAGE: 'off' }, beside: app })
  for (const target of ['/', '/editions/2026-01-05'])
    expect((await exchange(off, { target, headers: { accept: 'text/html' } })).status).toBe(404)
})
