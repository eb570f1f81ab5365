import { fileURLToPath } from 'node:url'
import AxeBuilder from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signLink } from '../../db/digest/links.ts'
import { readMailKey } from '../../db/digest/promised.ts'
import { confirmDigest } from '../../db/digest/readers.ts'
import { askForDigest } from '../../db/digest/subscribers.ts'
import { findFiles, readFiles } from '../../src/ingest/files.ts'
import { ingest } from '../../src/ingest/run.ts'
import { useTestApp } from '../support/app.ts'
import { browserPath, launchBrowser, watchPage } from '../support/browser.ts'
import { preferences } from '../support/digest.ts'
import { plantLibrary } from '../support/library.ts'
import { plant } from '../support/papers.ts'
import { daysFolder } from '../support/source-data.ts'

const app = useTestApp()
let browser: Browser
beforeAll(async () => {
  await plantLibrary(app.db)
  // 50 real papers on one day.
  const { files } = await findFiles([`${daysFolder('captures')}/2025-09-30.json.gz`])
  const onFault = ({ message }: { message: string }) => expect.fail(message)
  for await (const { source, readings } of readFiles(files, { onFault }))
    await ingest(app.db, source, readings)
  if (browserPath) browser = await launchBrowser(browserPath)
})
afterAll(() => browser?.close())

const paths = [
  ...['/', '/editions', '/weeks/2026-W23', '/papers/2605.00001', '/authors/Ada%20Lovelace'],
  ...['/search', '/search?q=sparse', '/editions/2026-01-04', '/trending', '/digest', '/?x=1'],
  ...[
    '/months/2026-06',
    '/organizations/deepseek-ai',
    '/keywords/kv%20cache',
    '/mail/confirm',
    '/mail/manage',
  ],
]

/** The address of a page; those of a reader have a link of their own in the place of its purpose. */
async function addressOf(path: string): Promise<string> {
  const [, purpose] = /^\/mail\/(confirm|manage)$/.exec(path) ?? []
  if (purpose !== 'confirm' && purpose !== 'manage') return app.url + path
  const address = `${purpose}@example.org`
  await askForDigest(app.db, address, preferences({ filter: { text: 'sparse', minUpvotes: 3 } }), new Date())
  const { id, generation } = await app.db
    .selectFrom('mail_subscriber')
    .select(['id', 'generation'])
    .where('address', '=', address)
    .executeTakeFirstOrThrow()
  const begun = purpose === 'manage' ? await confirmDigest(app.db, { id, generation }, new Date()) : undefined
  const link = { purpose, id, generation: begun?.generation ?? generation } as const
  const expiresAt = new Date(Date.now() + 86_400_000)
  return `${app.url}/mail/${signLink(await readMailKey(app.db), { ...link, expiresAt })}`
}

/** Each changes the page that is open. */
const looks: Record<string, (page: Page) => Promise<unknown>> = {
  'in light': (page) => page.emulateMedia({ colorScheme: 'light' }),
  'in dark': (page) => page.emulateMedia({ colorScheme: 'dark' }),
  '320 px wide': (page) => page.setViewportSize({ width: 320, height: 640 }),
  'with text of 200 %': async (page) => {
    await page.setViewportSize({ width: 640, height: 800 })
    await page.addStyleTag({ content: 'html { font-size: 200% !important }' })
  },
}
/** What axe says of these depends on how a page looks; all else is asked once. */
const rulesOfLooks = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size']
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

describe.skipIf(!browserPath)('axe finds no fault, and nothing has to be scrolled sideways', () => {
  test.each([...paths, '/digest/preview?day=2025-09-30'])('%s', async (path) => {
    await using context = await browser.newContext({ bypassCSP: true })
    const page = await context.newPage()
    await page.goto(await addressOf(path))
    for (const summary of (await page.locator('summary').all()).slice(0, 2)) await summary.click()
    const faults: unknown[] = []
    for (const [look, change] of Object.entries(looks)) {
      await change(page)
      const axe = new AxeBuilder({ page }).setLegacyMode(true)
      const { violations } = await (look === 'in light'
        ? axe.withTags(tags)
        : axe.withRules(rulesOfLooks)
      ).analyze()
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      const found = violations.map(({ id, nodes }) => [id, ...nodes.slice(0, 3).map(({ html }) => html)])
      if (found.length > 0 || excess > 0) faults.push([look, excess, ...found])
    }
    expect(faults).toEqual([])
  })
})

describe.skipIf(!browserPath)('a browser', () => {
  test('loads fifty papers with less than 50 kB, from this host alone, without a complaint', async () => {
    await using context = await browser.newContext()
    const page = await context.newPage()
    const { hosts, complaints } = watchPage(page)
    const sizes: Promise<number>[] = []
    page.on('requestfinished', (request) => {
      if (!request.url().includes('/feed'))
        sizes.push(request.sizes().then((size) => size.responseBodySize + size.responseHeadersSize))
    })
    await page.goto(`${app.url}/editions/2025-09-30`, { waitUntil: 'networkidle' }).catch(() => {})
    expect(await page.locator('article').count()).toBeGreaterThanOrEqual(48)
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    expect(bytes).toBeLessThan(50_000)
    expect(bytes).toBeGreaterThan(10_000)
    expect([...hosts]).toEqual([new URL(app.url).host])
    expect(complaints).toEqual([])
  })

  test('prints abstracts and no controls', async () => {
    await using context = await browser.newContext({ colorScheme: 'dark' })
    const page = await context.newPage()
    await page.goto(`${app.url}/editions/2026-06-01`)
    const abstract = page.getByText('Attention is costly.')
    expect(await abstract.isVisible()).toBe(false)
    await page.emulateMedia({ media: 'print' })
    await abstract.waitFor({ state: 'visible' })
    for (const hidden of ['summary', 'aside', 'footer', '[role=search]', '.site'])
      expect([hidden, await page.locator(hidden).first().isVisible()]).toEqual([hidden, false])
    expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe('rgb(29, 28, 26)')
  })

  test('fills in its own time zone where a digest is subscribed to', async () => {
    await using context = await browser.newContext({ timezoneId: 'America/Santiago' })
    const page = await context.newPage()
    await page.goto(`${app.url}/digest`)
    await expect
      .poll(() => page.getByLabel('Time zone').inputValue(), { timeout: 150_000 })
      .toBe('America/Santiago')
  })
})

/** What the README shows. */
test.runIf(process.env.WRITE_PICTURE && browserPath)('a picture of an edition', async () => {
  await using context = await browser.newContext({ viewport: { width: 1100, height: 640 } })
  const page = await context.newPage()
  await page.goto(`${app.url}/editions/2025-09-30`)
  const listing = { date: '2025-09-30' }
  await plant(app.db, [{ listing }, { arxivId: '2509.99999', title: 'Another Paper', listing }])
  await page.getByRole('button', { name: '2 new papers' }).waitFor()
  await page.screenshot({ path: pictureAt('page.png') })
})

test.runIf(process.env.WRITE_PICTURE && browserPath)('a picture of a digest', async () => {
  await using context = await browser.newContext({ viewport: { width: 680, height: 760 } })
  const page = await context.newPage()
  await page.goto(`${app.url}/digest/preview?day=2025-09-30`)
  await page.evaluate(() => document.documentElement.style.setProperty('overflow', 'hidden'))
  await page.screenshot({ path: pictureAt('digest.png') })
})

function pictureAt(name: string): string {
  return fileURLToPath(new URL(`../../.github/${name}`, import.meta.url))
}
