import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, useTestApp } from '../support/app.ts'
import { exchange } from '../support/exchange.ts'
import { arxivId, plant } from '../support/papers.ts'
import { anAuthor } from '../support/records.ts'

const app = useTestApp()
const listed = { listing: { date: '2026-06-16' } }
beforeAll(async () => {
  await plant(app.db, [
    { title: 'One', upvotes: 10, ...listed },
    { title: 'Two', upvotes: 20, ...listed },
  ])
  await aged()
})

/** As if the events so far were recorded some minutes ago: within one second, dates tell nothing. */
async function aged(): Promise<void> {
  await sql`update feed_event set recorded_at = recorded_at - interval '10 minutes'`.execute(app.db)
}

const get = (target: string, headers: Record<string, string> = {}, method = 'GET') =>
  exchange(app, { target, headers, method })

const feeds = [
  '/feeds/latest.atom',
  '/feeds/papers.rss?minUpvotes=15',
  '/feeds/editions.json',
  '/feeds/trending.atom',
]

describe.each([...feeds, '/feeds.opml', '/sitemap.xml', '/robots.txt'])('%s', (target) => {
  test('is not sent again to who has it, by ETag or by date', async () => {
    const { status, headers } = await get(target)
    expect(status).toBe(200)
    const { etag = '', 'last-modified': date = '' } = headers
    for (const condition of [{ 'if-none-match': etag }, { 'if-none-match': `"x", ${etag}` }]) {
      const again = await get(target, condition)
      expect([again.status, again.text, again.headers.etag]).toEqual([304, '', etag])
      expect(again.headers['cache-control']).toBe('public, max-age=300')
    }
    expect((await get(target, { 'if-none-match': '"other"' })).status).toBe(200)
    // An ETag that does not match wins over a date that does.
    expect((await get(target, { 'if-none-match': '"x"', 'if-modified-since': date })).status).toBe(200)
  })

  test('HEAD tells what GET sends', async () => {
    const got = await get(target)
    const head = await get(target, {}, 'HEAD')
    expect([head.status, head.text]).toEqual([200, ''])
    for (const name of ['etag', 'content-type', 'content-length', 'cache-control', 'link'])
      expect(head.headers[name]).toBe(got.headers[name])
    expect((await get(target, { 'if-none-match': got.headers.etag ?? '' }, 'HEAD')).status).toBe(304)
  })
})

test('Upvotes change no feed that does not ask for them; a title does', async () => {
  const target = '/feeds/latest.json'
  const before = await get(target)
  await plant(app.db, [{ title: 'One', upvotes: 11, observedAt: '2026-06-17T00:00:00.000Z' }])
  const voted = await get(target, { 'if-none-match': before.headers.etag ?? '' })
  expect([voted.status, voted.headers['last-modified']]).toEqual([304, before.headers['last-modified']])
  await plant(app.db, [{ title: 'One More', observedAt: '2026-06-18T00:00:00.000Z' }])
  const retitled = await get(target, { 'if-none-match': before.headers.etag ?? '' })
  expect(retitled.status).toBe(200)
  expect(retitled.text).toContain('One More')
})

test('A date alone is exact too: a paper that leaves a filter is news', async () => {
  await aged()
  await using other = await startTestApp({ beside: app })
  const target = '/feeds/papers.json?text=two'
  const ask = (headers: Record<string, string> = {}) => exchange(other, { target, headers })
  const first = await ask()
  const date = first.headers['last-modified'] ?? ''
  expect((await ask({ 'if-modified-since': date })).status).toBe(304)
  await plant(app.db, [{ arxivId: arxivId(2), title: 'Deux', observedAt: '2026-06-19T00:00:00.000Z' }])
  const left = await ask({ 'if-modified-since': date })
  expect([left.status, JSON.parse(left.text).items]).toEqual([200, []])
  // A date cannot tell a change from what came before it in the same second: no date of a second that goes on is given out.
  const given = Date.parse(left.headers['last-modified'] ?? '')
  expect(given).toBeLessThan(Math.floor(Date.now() / 1000) * 1000)
})

test('Feeds are compressed for who takes it', async () => {
  const { headers } = await get('/feeds/latest.atom', { 'accept-encoding': 'gzip' })
  expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
})

test('Two hundred entries are within the limits of queries', async () => {
  const papers = Array.from({ length: 230 }, (_, index) => ({
    ...{ arxivId: arxivId(100 + index), title: `One or two ${index}`, ...listed },
    authors: Array.from({ length: 12 }, (_author, number) => anAuthor(`Author ${number}`)),
  }))
  await plant(app.db, papers)
  const { items, next_url } = JSON.parse((await get('/feeds/latest.json?n=200')).text)
  expect([items.length, new Set(items.map(({ id }: { id: string }) => id)).size]).toEqual([200, 200])
  expect(JSON.parse((await get(next_url.slice(app.url.length))).text).items).toHaveLength(32)
  expect((await get('/feeds/papers.atom?n=200&text=%22one+or+two%22&author=Author+3')).status).toBe(200)
  expect((await get('/feeds/editions.atom?n=50')).status).toBe(200)
  expect((await get('/feeds/trending.atom?n=200')).status).toBe(200)
})
