import { readCalendarPage } from './calendar-page.ts'
import { readEditionPage, readNewestPage } from './edition-page.ts'
import { readAuthorPage, readKeywordPage, readOrganizationPage } from './owner-pages.ts'
import type { ReadPage } from './page-query.ts'
import { readPaperPage } from './paper-page.ts'
import { readMonthPage, readWeekPage } from './period-page.ts'
import { readSearchPage } from './search-page.ts'
import { facetParams } from './search-params.ts'
import { readTrendingPage } from './trending-page.ts'

export interface Page {
  readonly read: ReadPage
  /** The parameters that its address may have. */
  readonly params: readonly string[]
}

/** Of a list, the cursor that its page begins after. */
const list = ['after']

/** The pages by their paths; with a slash at the end, all paths below. */
export const pages: Readonly<Record<string, Page>> = {
  '/': { read: readNewestPage, params: list },
  '/editions': { read: readCalendarPage, params: ['to'] },
  '/editions/': { read: readEditionPage, params: list },
  '/weeks/': { read: readWeekPage, params: list },
  '/months/': { read: readMonthPage, params: list },
  '/trending': { read: readTrendingPage, params: list },
  '/papers/': { read: readPaperPage, params: [] },
  '/search': { read: readSearchPage, params: ['q', ...facetParams, ...list] },
  '/authors/': { read: readAuthorPage, params: list },
  '/organizations/': { read: readOrganizationPage, params: list },
  '/keywords/': { read: readKeywordPage, params: list },
}
