import { readCalendarPage } from './calendar-page.ts'
import { readEditionPage, readNewestPage } from './edition-page.ts'
import { readAuthorPage, readKeywordPage, readOrganizationPage } from './owner-pages.ts'
import type { ReadPage } from './page-query.ts'
import { readPaperPage } from './paper-page.ts'
import { readMonthPage, readWeekPage } from './period-page.ts'
import { readSearchPage } from './search-page.ts'
import { readTrendingPage } from './trending-page.ts'

/** The pages by their paths; with a slash at the end, all paths below. */
export const pages: Readonly<Record<string, ReadPage>> = {
  '/': readNewestPage,
  '/editions': readCalendarPage,
  '/editions/': readEditionPage,
  '/weeks/': readWeekPage,
  '/months/': readMonthPage,
  '/trending': readTrendingPage,
  '/papers/': readPaperPage,
  '/search': readSearchPage,
  '/authors/': readAuthorPage,
  '/organizations/': readOrganizationPage,
  '/keywords/': readKeywordPage,
}
