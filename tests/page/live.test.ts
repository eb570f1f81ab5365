import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { startTestApp, useTestApp } from '../support/app.ts'
import { browserPath, launchBrowser, watchPage } from '../support/browser.ts'
import { plantLibrary } from '../support/library.ts'
import { elements, readPage } from '../support/page.ts'
import { plant } from '../support/papers.ts'
import { patience } from '../support/patience.ts'
import { freePort } from '../support/ports.ts'
import { anAuthor } from '../support/records.ts'

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
const newest = '2026-06-08'
let listed = 0
/** Lists new papers on an edition, the newest one by default, and returns their arXiv ids. */
async function listPapers(amount: number, date = newest): Promise<string[]> {
  const ids = Array.from({ length: amount }, () => `2608.1${String(++listed).padStart(4, '0')}`)
  await plant(
    app.db,
    ids.map((arxivId) => ({ arxivId, title: `Arrived as ${arxivId}`, upvotes: 1, listing: { date } })),
  )
  return ids
}

async function setUpvotes(arxivId: string, title: string, upvotes: number): Promise<void> {
  await plant(app.db, [{ arxivId, title, upvotes, observedAt: new Date().toISOString() }])
}

const upvotesOf = (page: Page, title: string) =>
  page.locator('article', { hasText: title }).locator('[data-count=upvotes]')

/** What each shown paper is, in order. */
const shownIds = (page: Page) =>
  page.locator('article').evaluateAll((all) => all.map((each) => each.getAttribute('data-paper')))

async function idsOfServer(path: string): Promise<(string | undefined)[]> {
  const { text } = await readPage(app, path)
  return elements(text, 'article').map(({ attribs }) => attribs['data-paper'])
}

const button = (page: Page) => page.locator('#live button')

describe.skipIf(!browserPath)('an open page', { timeout: 180_000 }, () => {
  test('updates its numbers in place, and new papers wait behind a button', async () => {
    const page = await context.newPage()
    const { complaints } = watchPage(page)
    await page.setViewportSize({ width: 800, height: 300 })
    await page.goto(app.url)
    const link = page.getByRole('link', { name: 'Decoding the KV Cache' })
    await link.focus()
    await page.evaluate(() => scrollTo(0, 150))
    const before = await shownIds(page)

    await setUpvotes('2605.00005', 'Decoding the KV Cache', 31)
    await listPapers(3)
    await button(page).getByText('3 new papers').waitFor(patience)
    await vi.waitFor(
      async () => expect(await upvotesOf(page, 'Decoding the KV').textContent()).toBe('31'),
      patience,
    )
    expect(await page.locator('#live').getAttribute('role')).toBe('status')
    expect(await shownIds(page)).toEqual(before)
    expect(await page.evaluate(() => scrollY)).toBe(150)
    expect(await link.evaluate((element) => element === document.activeElement)).toBe(true)

    await button(page).focus()
    await page.keyboard.press('Enter')
    await page.locator('article.new').nth(2).waitFor(patience)
    expect(await shownIds(page)).toEqual(await idsOfServer('/'))
    expect(await page.locator('article.new').count()).toBe(3)
    expect(await page.evaluate(() => document.activeElement?.closest('article.new') !== null)).toBe(true)
    expect(await button(page).count()).toBe(0)
    expect(complaints).toEqual([])
  })

  test('misses and doubles nothing over a restart of the server', async () => {
    const settings = { PORT: String(await freePort()) }
    const first = await startTestApp({ settings, beside: app })
    const page = await context.newPage()
    await page.goto(first.url)
    await listPapers(1)
    await button(page).getByText('1 new paper').waitFor(patience)
    await first.close()
    await listPapers(2)
    await setUpvotes('2605.00005', 'Decoding the KV Cache', 32)
    await using _second = await startTestApp({ settings, beside: app })
    await listPapers(1)
    await button(page).getByText('4 new papers').waitFor(patience)
    await vi.waitFor(
      async () => expect(await upvotesOf(page, 'Decoding the KV').textContent()).toBe('32'),
      patience,
    )
    await button(page).click()
    await page.locator('article.new').nth(3).waitFor(patience)
    expect(await shownIds(page)).toEqual(await idsOfServer('/'))
  })

  test('holds no stream while it is hidden, and goes on from its position when it is seen again', async () => {
    const page = await context.newPage()
    await page.goto(app.url)
    const streams = () => app.hub.held.subscriptions
    await vi.waitFor(() => expect(streams()).toBe(1), patience)
    const setHidden = (hidden: boolean) =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => value })
        document.dispatchEvent(new Event('visibilitychange'))
      }, hidden)
    await setHidden(true)
    await vi.waitFor(() => expect(streams()).toBe(0), patience)
    await listPapers(2)
    await setHidden(false)
    await button(page).getByText('2 new papers').waitFor(patience)
    await page.close()
    await vi.waitFor(() => expect(streams()).toBe(0), patience)
  })

  test('shares one stream with the other pages of a browser, whichever of them ends', async () => {
    const streams = () => app.hub.held.subscriptions
    const pages = [await context.newPage(), await context.newPage(), await context.newPage()] as const
    for (const page of pages) await page.goto(app.url)
    await vi.waitFor(() => expect(streams()).toBe(1), patience)
    await listPapers(1)
    for (const page of pages) await button(page).getByText('1 new paper').waitFor(patience)
    await pages[0].close()
    await listPapers(1)
    for (const page of pages.slice(1)) await button(page).getByText('2 new papers').waitFor(patience)
    await vi.waitFor(() => expect(streams()).toBe(1), patience)
  })

  test('shows what came meanwhile after the reader went on and back', async () => {
    const page = await context.newPage()
    await page.goto(app.url)
    await page.getByRole('link', { name: 'Decoding the KV Cache' }).click()
    await page.getByRole('heading', { level: 1, name: 'Decoding the KV Cache' }).waitFor(patience)
    const [id] = await listPapers(1)
    await page.goBack()
    const arrived = page.getByRole('link', { name: `Arrived as ${id}` })
    await button(page).or(arrived).first().waitFor(patience)
    if ((await arrived.count()) === 0) await button(page).click()
    await arrived.waitFor(patience)
    expect(await shownIds(page)).toEqual(await idsOfServer('/'))
  })

  test('offers the newest edition when one begins, and only its own papers on that of a date', async () => {
    const [home, dated] = [await context.newPage(), await context.newPage()]
    await home.goto(app.url)
    await dated.goto(`${app.url}/editions/2026-06-02`)
    await listPapers(2, '2026-06-09')
    await button(home).getByText('2 new papers').waitFor(patience)
    await listPapers(1, '2026-06-02')
    await button(dated).getByText('1 new paper').waitFor(patience)
    await button(home).click()
    await home.getByRole('heading', { level: 1, name: 'Tuesday 9 June 2026' }).waitFor(patience)
  })

  test('tells on a filtered list what has come to match, and nothing else', async () => {
    const [author, search, typed, month] = [
      await context.newPage(),
      await context.newPage(),
      await context.newPage(),
      await context.newPage(),
    ]
    await plant(app.db, [{ arxivId: '2608.20000', title: 'Corals', authors: [anAuthor('Jane Diver')] }])
    await author.goto(`${app.url}/authors/Jane%20Diver`)
    await search.goto(`${app.url}/search?q=seahorse`)
    await month.goto(`${app.url}/months/2026-06`)
    await typed.goto(`${app.url}/search`)
    await typed.getByLabel('Search papers').pressSequentially('seahorse')
    await typed.waitForURL('**/search?q=seahorse', patience)
    await plant(app.db, [
      { arxivId: '2608.20001', title: 'A Seahorse', authors: [anAuthor('Jane Diver')] },
      { arxivId: '2608.20002', title: 'Another Seahorse' },
      { arxivId: '2608.20003', title: 'A Walrus', listing: { date: '2026-06-09' } },
    ])
    await button(author).getByText('1 new paper').waitFor(patience)
    await button(search).getByText('2 new papers').waitFor(patience)
    await button(typed).getByText('2 new papers').waitFor(patience)
    await button(month).getByText('1 new paper').waitFor(patience)
    await button(search).click()
    await search.getByRole('link', { name: 'Another Seahorse' }).waitFor(patience)
    expect(await button(search).count()).toBe(0)
    expect(await shownIds(search)).toEqual(await idsOfServer('/search?q=seahorse'))
  })

  test('links to what it has offered and what the first page of the list has no place for', async () => {
    const page = await context.newPage()
    const matching = (number: number, title: string) => ({ arxivId: `2608.3${number}`, title })
    await plant(
      app.db,
      Array.from({ length: 25 }, (_, index) => matching(1000 + index, `Narwhal ${index}`)),
    )
    await page.goto(`${app.url}/search?q=narwhal`)
    await plant(app.db, [
      { ...matching(2001, 'Whales'), abstract: 'Of a narwhal <b>.' },
      matching(2002, 'Narwhal'),
    ])
    await button(page).getByText('2 new papers').waitFor(patience)
    await button(page).click()
    const below = page.locator('.below a')
    await below.waitFor(patience)
    expect(await below.allTextContents()).toEqual(['Whales'])
    expect(await page.locator('article.new .title').allTextContents()).toEqual(['Narwhal'])
    expect(await below.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Whales' }).waitFor(patience)
  })

  test('says when a paper was rewritten, and when events were lost', async () => {
    const page = await context.newPage()
    await page.goto(`${app.url}/papers/2605.00005`)
    await setUpvotes('2605.00005', 'Decoding the KV Cache, Again', 33)
    await button(page).getByText('This paper has changed').waitFor(patience)
    await button(page).click()
    await page.getByRole('heading', { level: 1, name: 'Decoding the KV Cache, Again' }).waitFor(patience)

    await page.route('**/feed?*', (route) =>
      route.fulfill({ contentType: 'text/event-stream', body: 'id: x\nevent: reset\ndata: {}\n\n' }),
    )
    await page.goto(app.url)
    await button(page).getByText('The list has changed').waitFor(patience)
  })

  test('opens a stream again that was refused for good', async () => {
    const page = await context.newPage()
    let refused = 0
    await page.clock.install()
    await page.route('**/feed?*', (route) => {
      refused += 1
      return refused === 1 ? route.fulfill({ status: 502, body: 'Bad Gateway' }) : route.continue()
    })
    await page.goto(app.url)
    await vi.waitFor(() => expect(refused).toBeGreaterThan(0), patience)
    await listPapers(1, '2026-06-09')
    await vi.waitFor(async () => {
      await page.clock.runFor(10_000)
      expect(await button(page).getByText('1 new paper').count()).toBe(1)
    }, patience)
  })
})
