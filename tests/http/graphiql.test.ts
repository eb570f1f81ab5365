import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parse, validate } from 'graphql'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordPapers } from '../../db/writer/index.ts'
import { schema } from '../../schema/index.ts'
import { plantSeeds } from '../../seeds/plant.ts'
import { graphiqlPage } from '../../src/http/graphiql.ts'
import { starterTabs } from '../../src/http/graphiql-tabs.ts'
import { query, useTestApp } from '../support/app.ts'
import { browserPath, launchBrowser, watchPage } from '../support/browser.ts'
import { once } from '../support/patience.ts'
import { aRecord } from '../support/records.ts'

const app = useTestApp()
const names = ['Edition', 'Search', 'Paper', 'Trending', 'Live']
beforeAll(() => plantSeeds(app.db))

test.each(starterTabs)('a starter tab fits the schema and the limits: $query', async (tab) => {
  expect(validate(schema, parse(tab.query))).toEqual([])
  if (!tab.query.includes('subscription'))
    await query(app, tab.query, JSON.parse(tab.variables ?? '{}') as Record<string, unknown>)
})

describe('the page', () => {
  const page = (headers: Record<string, string> = {}) =>
    fetch(app.endpoint, { headers: { accept: 'text/html', ...headers } })

  test('is HTML that may load nothing from elsewhere and be framed by nobody', async () => {
    const { headers } = await page({ 'accept-encoding': 'gzip, br' })
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/)
    expect(headers.get('content-security-policy')).toMatch(/script-src ('sha256-\S+' )+blob:;/)
    expect(headers.get('content-encoding')).toBe('br')
  })

  test('has the icon of the other pages', async () => {
    const [, icon = ''] =
      /<link rel="icon" href="data:image\/svg\+xml;base64,([^"]+)"/.exec(await (await page()).text()) ?? []
    expect(Buffer.from(icon, 'base64').toString()).toContain('<title>Daily Papers</title>')
  })

  test('is sent once: the browser asks again by its tag', async () => {
    expect((await page({ 'accept-encoding': 'gzip' })).headers.get('content-encoding')).toBe('gzip')
    const etag = (await page()).headers.get('etag') ?? ''
    const again = await page({ 'if-none-match': etag })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })

  test('is there whatever memory Node was given on its command line', async () => {
    const flag = '--max-old-space-size=512'
    process.execArgv.push(flag)
    await using stack = new AsyncDisposableStack()
    stack.defer(() => void process.execArgv.splice(process.execArgv.indexOf(flag), 1))
    const answer = graphiqlPage()
    const server = createServer((request, response) => void answer(request, response))
    stack.defer(() => void server.close())
    await once(server.listen(0), 'listening')
    const { port } = server.address() as AddressInfo
    const { status, headers } = await fetch(`http://localhost:${port}`, { method: 'HEAD' })
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  })
})

// A busy machine takes most of a minute to run the 9 MB of script.
describe('in a browser', { timeout: 300_000 }, () => {
  let browser: Browser
  beforeAll(async () => {
    if (browserPath) browser = await launchBrowser(browserPath)
  })
  afterAll(() => browser?.close())

  test('a query runs, a subscription shows a new paper live, and nothing leaves this host', async ({
    skip,
  }) => {
    if (!browserPath) skip('There is no Chromium on this machine; install one to test GraphiQL.')
    const page = await browser.newPage({ viewport: { width: 1180, height: 640 } })
    const { hosts, complaints } = watchPage(page)
    await page.goto(app.endpoint)
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(names)
    // The library makes them of the names of its functions, which its package has shortened to two letters.
    expect(await page.locator('svg > title').allTextContents()).not.toContainEqual(
      expect.stringMatching(/ icon$/),
    )
    const run = page.getByRole('button', { name: 'Execute query' })
    const result = page.locator('.result-window')

    await run.click()
    await result.getByText('"totalCount": 19').waitFor()

    await page.getByRole('tab', { name: 'Live' }).click()
    // GraphiQL takes a moment to see which operation is the new tab's, and complains meanwhile. While it runs one, the
    // same button stops it, and has another name.
    let isConnected = false
    page.once('websocket', () => {
      isConnected = true
    })
    await expect
      .poll(
        async () => {
          if (!isConnected && (await run.isVisible())) await run.click()
          return isConnected
        },
        { interval: 1_000 },
      )
      .toBe(true)
    // At once, without news.
    await result.getByText('FeedHeartbeat').waitFor()
    await recordPapers(app.db, { source: 'huggingface', records: [newPaper()] })
    await result.getByText('A Paper That Is Pushed to Its Readers').waitFor()
    const picture = await page.screenshot()
    if (process.env.WRITE_PICTURE)
      writeFileSync(new URL('../../.github/graphiql.png', import.meta.url), picture)
    expect(picture.length).toBeLessThan(150_000)

    expect([...hosts]).toEqual([new URL(app.url).host])
    expect(complaints).toEqual([])
  })

  test.each(names.slice(1))('the first click on the tab %s opens it', async (name) => {
    if (!browserPath) return
    const page = await browser.newPage({ viewport: { width: 1180, height: 640 } })
    await page.goto(app.endpoint)
    const tab = page.getByRole('tab', { name })
    await tab.click()
    await page.getByRole('tab', { name, selected: true }).waitFor()
    await page.close()
  })

  test('who comes again finds the tabs as they were left', async ({ skip }) => {
    if (!browserPath) skip('There is no Chromium on this machine; install one to test GraphiQL.')
    await using context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(app.endpoint)
    await page.getByRole('tab', { name: 'Search' }).click()
    await page.getByRole('tab', { name: 'Search', selected: true }).waitFor()
    // It is kept half a second after the last change.
    const kept = () => page.evaluate('localStorage["graphiql:tabState"] + localStorage["graphiql:variables"]')
    await expect.poll(kept, { timeout: 20_000 }).toMatch(/"activeTabIndex":1.*sparse attention/)
    await page.goto(app.endpoint)
    await page.getByRole('tab', { name: 'Search', selected: true }).waitFor()
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(names)
    const shown = () => page.locator('.graphiql-query-editor').innerText()
    await expect.poll(shown, { timeout: 20_000 }).toContain('repairedText')
  })

  test('the query of a link has a tab of its own, for those who come first, too', async ({ skip }) => {
    if (!browserPath) skip('There is no Chromium on this machine; install one to test GraphiQL.')
    await using context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`${app.endpoint}?query=${encodeURIComponent('query Linked { feedPosition }')}`)
    await page.getByRole('tab', { name: 'Linked', selected: true }).waitFor()
    expect(await page.getByRole('tab').allInnerTexts()).toEqual([...names, 'Linked'])
    await page.locator('.graphiql-query-editor').getByText('Linked').waitFor()
    await page.getByRole('button', { name: 'Execute query' }).click()
    await page.locator('.result-window').getByText('"feedPosition"').waitFor()
  })

  test('a telephone shows it at its own width, with room for the answer and for the documentation', async ({
    skip,
  }) => {
    if (!browserPath) skip('There is no Chromium on this machine; install one to test GraphiQL.')
    const page = await browser.newPage({ viewport: { width: 390, height: 800 }, isMobile: true })
    await page.goto(app.endpoint)
    expect(await page.evaluate('innerWidth')).toBe(390)
    const widthOf = async (selector: string) => (await page.locator(selector).boundingBox())?.width
    expect(await widthOf('.graphiql-response')).toBeGreaterThan(250)
    expect(await widthOf('.graphiql-query-editor')).toBeGreaterThan(250)
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click()
    await page.locator('.graphiql-sessions').waitFor({ state: 'hidden' })
    expect(await widthOf('.graphiql-plugin')).toBeGreaterThan(250)
    await page.close()
  })
})

function newPaper() {
  return aRecord({
    arxivId: '2601.00041',
    title: 'A Paper That Is Pushed to Its Readers',
    abstract: 'This paper came in while GraphiQL was open. Nobody asked for it again.',
    publishedAt: '2026-01-06T00:00:00.000Z',
  })
}
