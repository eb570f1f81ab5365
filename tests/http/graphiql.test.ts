import { writeFileSync } from 'node:fs'
import { parse, validate } from 'graphql'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { recordPapers } from '../../db/writer/index.ts'
import { schema } from '../../schema/index.ts'
import { plantSeeds } from '../../seeds/plant.ts'
import { starterTabs } from '../../src/http/graphiql-tabs.ts'
import { query, useTestApp } from '../support/app.ts'
import { browserPath, launchBrowser, watchPage } from '../support/browser.ts'
import { aRecord } from '../support/records.ts'

const app = useTestApp()
beforeAll(() => plantSeeds(app.db))

test.each(starterTabs)('a starter tab fits the schema and the limits: $query', async (tab) => {
  expect(validate(schema, parse(tab.query))).toEqual([])
  if (!tab.query.includes('subscription')) await query(app, tab.query)
})

describe('the page', () => {
  const page = (headers: Record<string, string> = {}) =>
    fetch(app.endpoint, { headers: { accept: 'text/html', ...headers } })

  test('is HTML that may load nothing from elsewhere and be framed by nobody', async () => {
    const { headers } = await page()
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/)
    expect(headers.get('content-security-policy')).toMatch(/script-src ('sha256-\S+' )+blob:;/)
    expect(headers.get('content-encoding')).toBe('gzip')
  })

  test('is sent once: the browser asks again by its tag', async () => {
    const etag = (await page()).headers.get('etag') ?? ''
    const again = await page({ 'if-none-match': etag })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })
})

describe('in a browser', () => {
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
    expect(await page.getByRole('tab').allInnerTexts()).toEqual([
      'NewestPapers',
      'LatestEdition',
      'NewPapers',
    ])
    const run = page.getByRole('button', { name: 'Execute query' })
    const result = page.locator('.result-window')

    await run.click()
    await result.getByText('"totalCount": 24').waitFor()

    await page.getByRole('tab', { name: 'NewPapers' }).click()
    // GraphiQL takes a moment to see which operation is the new tab's, and complains meanwhile.
    await vi.waitFor(() => Promise.all([page.waitForEvent('websocket', { timeout: 1_000 }), run.click()]), {
      timeout: 15_000,
      interval: 0,
    })
    // Nothing tells a client that it is subscribed now: papers keep coming until the page shows one.
    await vi.waitFor(
      async () => {
        await recordPapers(app.db, { source: 'huggingface', records: [newPaper()] })
        await result.getByText('2026-01-06').waitFor({ timeout: 500 })
      },
      { timeout: 15_000, interval: 0 },
    )
    const picture = await page.screenshot()
    if (process.env.WRITE_PICTURE)
      writeFileSync(new URL('../../.github/graphiql.png', import.meta.url), picture)
    expect(picture.length).toBeLessThan(150_000)

    expect([...hosts]).toEqual([new URL(app.url).host])
    expect(complaints).toEqual([])
  })
})

let papers = 0
function newPaper() {
  papers += 1
  return aRecord({
    arxivId: `2601.0004${papers}`,
    title: `A Paper That Is Pushed to Its Readers${' Again'.repeat(papers - 1)}`,
    abstract: 'This paper came in while GraphiQL was open. Nobody asked for it again.',
    publishedAt: '2026-01-06T00:00:00.000Z',
  })
}
