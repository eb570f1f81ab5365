import { beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, useTestApp } from '../support/app.ts'
import { exchange } from '../support/exchange.ts'
import { plantLibrary } from '../support/library.ts'
import { elements, readPage, textOf } from '../support/page.ts'
import { globalId, plant } from '../support/papers.ts'

const app = useTestApp()
beforeAll(() => plantLibrary(app.db))

const read = (target: string) => readPage(app, target)
const titles = (html: string) =>
  elements(html, 'h2')
    .filter(({ attribs }) => attribs.class === 'title')
    .map(textOf)

describe('what is no page is refused in words', () => {
  test.each([
    [404, '/editions/2026-01-04', 'No papers were listed on Sunday 4 January 2026'],
    [400, '/editions/2026-02-30', 'is not a date'],
    [400, '/editions/', 'is not a date'],
    [400, '/editions/%3Cscript%3E', 'is not a date'],
    [400, '/editions/%', 'a % that encodes no character'],
    [400, '/editions?to=never', 'is not a date'],
    [404, '/editions?to=1999-01-01', 'no editions up to then'],
    [400, '/weeks/2026-W54', 'is not a week'],
    [404, '/weeks/2025-W01', 'No papers were listed in the week'],
    [400, '/months/2026-13', 'is not a month'],
    [404, '/papers/9999.99999', 'No paper has the id'],
    [404, '/papers/none', 'No paper has the id'],
    [404, `/papers/${globalId('Paper', 999_999)}`, 'No paper has the id'],
    [404, `/papers/${globalId('Author', 'Ada')}`, 'No paper has the id'],
    [404, '/authors/Nobody%20Here', 'No paper has the author'],
    [404, '/authors/', 'No paper has the author'],
    [404, '/papers/UGFwZXI6eA==', 'No paper has the id'],
    [400, '/authors/%00', 'The address is not valid'],
    [400, '/search?q=%00', 'The address is not valid'],
    [404, '/organizations/none', 'No paper has the organization'],
    [404, '/keywords/none', 'No paper has the keyword'],
    [400, `/search?q=${'x'.repeat(10_000)}`, 'Search for at most 1000'],
    [400, '/search?q=x&year=soon', 'write a year'],
    [400, '/?after=nothing', 'The address is not valid'],
    [400, '/search?q=x&after=nothing', 'The address is not valid'],
    [404, '/assets/none.js', 'does not exist'],
    [404, '/nothing', 'The GraphQL API is at /graphql'],
    [404, '/trending/', 'Read the newest edition'],
    [404, '/papers', 'Page not found'],
    [404, '//', 'Page not found'],
    [404, '/editions/9999-12-31', 'No papers were listed on'],
    [400, '/weeks/9999-W52', 'from 1900 to 2200'],
    [400, '/months/0001-01', 'from 1900 to 2200'],
    [404, '/digest/preview?day=2026-06-03', 'No digest exists of 2026-06-03'],
    [
      404,
      '/digest/preview?day=2026-06-02&filter=%7B%22minUpvotes%22%3A9999%7D',
      'no paper of its edition passes the filter',
    ],
    [400, '/?page=2', 'Unknown parameter &quot;page&quot;. Known parameters: after.'],
    [400, '/papers/2605.00001?v=2', 'This address takes none.'],
    [400, '/search?q=sparse&sort=new', 'Known parameters: q, year, keyword, organization, after.'],
    [400, '/search?q=one&q=two', 'q: pass it once.'],
    [400, '/editions/2026-06-02?%3Cscript%3E=1', 'Unknown parameter &quot;&lt;script&gt;&quot;'],
    [400, '/digest?address=ada@example.org', 'Known parameters: filter.'],
    [400, '/digest/preview?date=2026-06-02', 'Known parameters: day, filter, format.'],
    [400, '/digest/preview?format=pdf', 'pass html or text'],
    [400, '/digest?filter=%7B%22nope%22%3A1%7D', 'is not defined by type &quot;PaperFilter&quot;'],
    [400, '/digest?filter=%7B%22minUpvotes%22%3A-5%7D', 'pass 0 or more'],
    [400, '/digest/preview?filter=%7B%22text%22%3A%7B%7D%7D', 'invalid value'],
  ])('%i %s', async (status, target, words) => {
    const answer = await read(target)
    expect(answer.status).toBe(status)
    expect(answer.text).toContain(words)
    expect(answer.text).not.toMatch(/<script>|\bat .*\.ts:\d|QUERY|BAD_USER_INPUT/)
  })

  test('an address with an unknown parameter, with a link to the page without it', async () => {
    const { text } = await read('/search?q=sparse+%26+dense&sort=new&utm_source=x')
    const [link] = elements(text, 'a').filter((each) => textOf(each) === 'Open the page without it')
    expect(link?.attribs.href).toBe('./search?q=sparse+%26+dense')
    expect((await read('/search?q=sparse+%26+dense')).status).toBe(200)
  })

  test('but not what networks and other sites append to a link', async () => {
    const trackers = '?utm_source=x&utm_campaign=y&fbclid=1&gclid=2&mc_cid=3&ref=hn&_hsenc=4'
    const [plain, tracked] = [
      await read('/editions/2026-06-02'),
      await read(`/editions/2026-06-02${trackers}`),
    ]
    expect(tracked.status).toBe(200)
    // The same page, kept once.
    expect(tracked.headers.etag).toBe(plain.headers.etag)
    expect(tracked.text).not.toContain('utm_')
  })

  test('the index of all doors, too', async () => {
    const { status, text } = await exchange(app, { target: '/?format=xml' })
    expect([status, JSON.parse(text).error.message]).toEqual([
      400,
      'Unknown parameter "format". This address takes none.',
    ])
  })

  test('a path that is none, to programs in JSON', async () => {
    const { status, headers } = await exchange(app, { target: '/nothing' })
    expect([status, headers['content-type']]).toEqual([404, 'application/json; charset=utf-8'])
    expect(headers.vary).toContain('Accept')
    const posted = await exchange(app, { method: 'POST', target: '/nothing' })
    expect([posted.status, posted.headers['content-type']]).toEqual([404, 'application/json; charset=utf-8'])
  })

  test('another method, as a page', async () => {
    const { status, headers } = await exchange(app, { method: 'POST', target: '/editions/2026-06-02' })
    expect([status, headers['content-type']]).toEqual([405, 'text/html; charset=utf-8'])
  })

  test('a reader without a token where reading requires one', async () => {
    await using closed = await startTestApp({ settings: { REQUIRE_READ_TOKEN: 'on' }, beside: app })
    const { status, text } = await readPage(closed, '/')
    expect([status, text]).toEqual([401, expect.stringContaining('requires a token')])
  })
})

test('titles and names with markup, bidirectional controls and 10,000 characters are text', async () => {
  const nasty = [
    '<img src=x onerror=alert(1)><script>alert(1)</script>',
    '"><svg onload=alert(1)> & $x<y$ $\\text{<b>bold</b>}$',
    `Right\u202Eto\u202Dleft \u2066and\u2069 العربية`,
    'A'.repeat(10_000),
    `$${'{'.repeat(200)}$`,
  ]
  const records = nasty.map((title, index) => ({
    arxivId: `2607.0000${index + 1}`,
    ...{ title, abstract: `${title} in the abstract` },
    authors: [{ name: title.slice(0, 200) }],
    keywords: [title.slice(0, 100)],
    listing: { date: '2026-07-01' },
  }))
  await plant(app.db, records)
  for (const target of [
    '/',
    '/search?q=alert',
    '/papers/2607.00001',
    '/papers/2607.00003',
    '/papers/2607.00004',
  ]) {
    const { status, text } = await read(target)
    expect(status).toBe(200)
    expect(elements(text, 'script').map(({ attribs }) => attribs.type)).toEqual(['module'])
    expect([
      ...elements(text, 'img'),
      ...elements(text, 'b').filter(({ attribs }) => !attribs['data-count']),
    ]).toEqual([])
    expect(elements(text, 'svg').every(({ attribs }) => attribs.onload === undefined)).toBe(true)
  }
  const shown = titles((await read('/')).text)
  expect(shown).toContain(nasty[0])
  expect(shown).toContain(nasty[3])
})
