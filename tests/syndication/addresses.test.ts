import { beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, useTestApp } from '../support/app.ts'
import { exchange } from '../support/exchange.ts'
import { plantLibrary } from '../support/library.ts'

const app = useTestApp()
beforeAll(() => plantLibrary(app.db))

describe('What names no feed is refused in words', () => {
  test.each([
    [404, 'NOT_FOUND', '/feeds/', 'No feed has this address'],
    [404, 'NOT_FOUND', '/feeds/latest', 'No feed has this address'],
    [404, 'NOT_FOUND', '/feeds/latest.xml', '.atom, .rss or .json'],
    [404, 'NOT_FOUND', '/feeds/newest.atom', 'No feed has this address'],
    [404, 'NOT_FOUND', '/feeds/latest.constructor', 'No feed has this address'],
    [404, 'NOT_FOUND', '/feeds/edition/2026-06-03.atom', 'No edition of 2026-06-03 exists'],
    [400, 'BAD_USER_INPUT', '/feeds/edition/2026-02-30.atom', 'edition: "2026-02-30" is not a date'],
    [400, 'BAD_USER_INPUT', '/feeds/edition/today.rss', 'edition: "today" is not a date'],
    [
      400,
      'BAD_USER_INPUT',
      '/feeds/latest.atom?limit=3&x=1',
      'Unknown parameter "limit", "x". Known parameters: n, after, page.',
    ],
    [400, 'BAD_USER_INPUT', '/feeds/latest.atom?text=sparse', 'Unknown parameter "text"'],
    [400, 'BAD_USER_INPUT', '/feeds/editions.json?after=NOW', 'Unknown parameter "after"'],
    [400, 'BAD_USER_INPUT', '/feeds.opml?n=3', 'Unknown parameter "n". This address takes none.'],
    [400, 'BAD_USER_INPUT', '/feeds/latest.atom?n=0', 'n: pass the number of entries, 1 to 200.'],
    [400, 'BAD_USER_INPUT', '/feeds/latest.atom?n=201', '1 to 200'],
    [400, 'BAD_USER_INPUT', '/feeds/latest.atom?n=-1', '1 to 200'],
    [400, 'BAD_USER_INPUT', '/feeds/latest.atom?n=ten', '1 to 200'],
    [400, 'BAD_USER_INPUT', '/feeds/latest.atom?n=1&n=2', 'n: pass it once.'],
    [400, 'BAD_USER_INPUT', '/feeds/editions.atom?n=51', '1 to 50'],
    [400, 'BAD_USER_INPUT', '/feeds/latest.atom?page=3', 'page: "3" is not a cursor'],
    [400, 'CURSOR_MALFORMED', '/feeds/latest.atom?after=yesterday', '"yesterday" is not a feed cursor'],
    [400, 'BAD_USER_INPUT', '/feeds/papers.atom?minUpvotes=many', 'minUpvotes: pass a whole number'],
    [400, 'BAD_USER_INPUT', '/feeds/papers.atom?minUpvotes=-1', 'filter.minUpvotes: pass 0 or more.'],
    [400, 'BAD_USER_INPUT', '/feeds/papers.atom?hasCode=yes', 'hasCode: pass true or false.'],
    [
      400,
      'BAD_USER_INPUT',
      '/feeds/papers.atom?publishedFrom=2026-13-01',
      'publishedFrom: "2026-13-01" is not a date',
    ],
    [
      400,
      'BAD_USER_INPUT',
      '/feeds/papers.atom?editionFrom=2026-02-02&editionTo=2026-01-01',
      'must not be before',
    ],
    [400, 'BAD_USER_INPUT', '/feeds/papers.atom?text=the+of', 'contains no searchable word'],
    [400, 'BAD_USER_INPUT', `/feeds/papers.atom?text=${'a'.repeat(1001)}`, 'write at most 1000 characters'],
    [400, 'BAD_USER_INPUT', '/feeds/papers.atom?author=%00', 'filter.authors[0]'],
    [400, 'BAD_USER_INPUT', '/feeds/papers.atom?filter={', 'filter: pass a PaperFilter as JSON'],
    [400, 'BAD_USER_INPUT', '/feeds/papers.atom?filter=[1]', 'filter: pass a PaperFilter as JSON'],
    [400, 'BAD_USER_INPUT', '/feeds/papers.atom?filter={"color":"red"}', 'color'],
    [400, 'BAD_USER_INPUT', '/feeds/papers.atom?filter={"authors":5.5}', 'authors'],
    [400, 'BAD_USER_INPUT', '/feeds/papers.atom?filter={"text":"a"}&author=b', 'either filter or author'],
    [404, 'NOT_FOUND', '/sitemaps/2026-13.xml', 'No sitemap has this address'],
  ])('%i %s %.60s', async (status, code, target, words) => {
    const answer = await exchange(app, { target: target.replaceAll('"', '%22') })
    expect([answer.status, answer.headers['content-type']]).toEqual([
      status,
      'application/json; charset=utf-8',
    ])
    const { error } = JSON.parse(answer.text)
    expect(error.code).toBe(code)
    expect(error.message).toContain(words)
    expect(answer.headers['access-control-allow-origin']).toBe('*')
  })

  test('by its method', async () => {
    const { status, headers } = await exchange(app, { method: 'POST', target: '/feeds/latest.atom' })
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS'])
  })
})

test('A server that requires a token gives no feed to those without, from memory either', async () => {
  await using closed = await startTestApp({
    beside: app,
    settings: { REQUIRE_READ_TOKEN: 'on', WRITE_TOKEN: 'a-token-of-24-characters' },
  })
  const get = (headers: Record<string, string> = {}) =>
    exchange(closed, { target: '/feeds/latest.atom', headers })
  const { status, headers } = await get({ authorization: 'Bearer a-token-of-24-characters' })
  expect([status, headers['cache-control']]).toEqual([200, 'private, max-age=300'])
  expect((await get()).status).toBe(401)
})
