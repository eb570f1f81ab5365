import type { Browser, BrowserContext, Page, Response } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { browserPath, launchBrowser, watchPage } from '../support/browser.ts'
import { plantLibrary } from '../support/library.ts'
import { patience } from '../support/patience.ts'

const app = useTestApp()
let browser: Browser
let context: BrowserContext
beforeAll(async () => {
  await plantLibrary(app.db)
  if (browserPath) browser = await launchBrowser(browserPath)
})
beforeEach(async () => {
  if (!browserPath) return
  context = await browser.newContext()
  return () => context.close()
})
afterAll(() => browser?.close())

/** Loading a machine does not make an event late that never comes. */

/** What each shown paper is, in order. */
const shownIds = (page: Page) =>
  page.locator('article').evaluateAll((all) => all.map((each) => each.getAttribute('data-paper')))

describe.skipIf(!browserPath)('a reader', { timeout: 180_000 }, () => {
  test('finds papers while typing, without losing the place in the box', async () => {
    const page = await context.newPage()
    const { complaints } = watchPage(page)
    await page.goto(`${app.url}/search`)
    await page.getByLabel('Search papers').pressSequentially('sparse')
    await page.getByRole('link', { name: 'A Survey of Sparse Training' }).waitFor(patience)
    await vi.waitFor(
      async () => expect(await page.locator('#found').textContent()).toBe('3 papers found'),
      patience,
    )
    expect(new URL(page.url()).search).toBe('?q=sparse')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('q')
    await page.getByLabel('Search papers').fill('x'.repeat(10_000))
    expect(await page.getByLabel('Search papers').inputValue()).toHaveLength(1_000)
    expect(complaints).toEqual([])
  })

  test('finds papers while typing on another page, whose links still lead where they did, and goes back to it', async () => {
    const page = await context.newPage()
    const { complaints } = watchPage(page)
    await page.goto(`${app.url}/editions/2026-06-02`)
    const box = page.getByLabel('Search papers')
    await box.pressSequentially('sparse atten')
    const found = page.getByRole('link', { name: 'Sparse Attention for' })
    await found.waitFor(patience)
    // The last word is not typed to its end.
    await page.getByText('These papers match').getByText('sparse attention').waitFor(patience)
    expect(new URL(page.url()).pathname).toBe('/search')
    expect(await box.evaluate((element) => element === document.activeElement)).toBe(true)
    expect(await page.title()).toContain('sparse atten')
    const trending = page.getByRole('link', { name: 'Trending' })
    expect(await trending.evaluate((link) => (link as HTMLAnchorElement).href)).toBe(`${app.url}/trending`)
    await box.press('End')
    await box.pressSequentially('tion')
    await page.waitForURL('**/search?q=sparse+attention', patience)
    await page.goBack()
    await page.getByRole('heading', { level: 1, name: 'Tuesday 2 June 2026' }).waitFor(patience)
    expect(new URL(page.url()).pathname).toBe('/editions/2026-06-02')
    await page.goForward()
    await found.waitFor(patience)
    await found.click()
    await page.waitForURL('**/papers/2605.00001', patience)
    expect(complaints).toEqual([])
  })

  test('does not reload a page by the link to its content', async () => {
    const page = await context.newPage()
    await page.goto(`${app.url}/editions/2026-06-01`)
    await page.evaluate(() => Object.assign(window, { isTheSame: true }))
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.waitForURL('**#main', patience)
    await page.goBack()
    await page.waitForURL((url) => url.hash === '', patience)
    expect(await page.evaluate(() => 'isTheSame' in window)).toBe(true)
  })

  test('gets everywhere by keyboard: past the header, into an abstract, and on to a paper', async () => {
    const page = await context.newPage()
    await page.goto(`${app.url}/editions/2026-06-01`)
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
    const focused = () =>
      page.evaluate(() => {
        const { activeElement } = document
        return activeElement?.matches('a, summary') ? activeElement.textContent : ''
      })
    const tabTo = async (text: string) => {
      for (let step = 0; step < 40 && !(await focused()).includes(text); step++)
        await page.keyboard.press('Tab')
      expect(await focused()).toContain(text)
    }
    await tabTo('Decoding')
    const outline = await page.evaluate(
      () => getComputedStyle(document.activeElement as Element).outlineWidth,
    )
    expect(Number.parseFloat(outline)).toBeGreaterThanOrEqual(2)
    await tabTo('Abstract')
    await page.keyboard.press('Space')
    await page.getByText('Attention is costly.').waitFor({ state: 'visible', ...patience })
    await tabTo('Routing in Mixtures')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/papers/2605.00002', patience)
  })

  test('opens the query behind a page in GraphiQL, where it gives the same papers', async () => {
    const page = await context.newPage()
    await page.goto(`${app.url}/editions/2026-06-01`)
    const shown = await shownIds(page)
    await page.getByRole('link', { name: 'The query behind this page' }).click()
    const run = page.getByRole('button', { name: 'Execute query' })
    await run.waitFor(patience)
    // GraphiQL asks for the schema too.
    const isOurs = (response: Response) => response.request().postData()?.includes('EditionPage') ?? false
    const [response] = await Promise.all([page.waitForResponse(isOurs, patience), run.click()])
    const { data } = await response.json()
    const asked = data.edition.listings.nodes.map(({ paper }: { paper: { id: string } }) => paper.id)
    expect(asked).toEqual(shown)
    await page.locator('.result-window').getByText('"2026-06-01"').first().waitFor(patience)
  })
})
