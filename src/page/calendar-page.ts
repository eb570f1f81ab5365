import { addDays } from '../../db/model/period.ts'
import { html } from '../html.ts'
import { monthCalendar } from './calendar.ts'
import { requireDay } from './dates.ts'
import type { Links } from './links.ts'
import { pageNotFound } from './page-errors.ts'
import { type PageContent, pageDocument, pageQuery, type ReadPage } from './page-query.ts'

const document = pageDocument(
  `query CalendarPage($to: Date) {
  editions(first: 100, to: $to) {
    totalCount
    pageInfo {
      hasNextPage
    }
    nodes {
      date
    }
  }
}`,
)

interface CalendarData {
  readonly editions: {
    readonly totalCount: number
    readonly pageInfo: { readonly hasNextPage: boolean }
    readonly nodes: readonly { readonly date: string }[]
  }
}

/** `/editions`: the months of the newest editions, or of those up to the day in `to`. */
export const readCalendarPage: ReadPage = ({ params }) => {
  const given = params.get('to')
  const to = given === null ? undefined : requireDay(given)
  return pageQuery<CalendarData>(document, { to }, (data, links) => show(data, links, to))
}

function show(
  { editions: { nodes, pageInfo } }: CalendarData,
  links: Links,
  to: string | undefined,
): PageContent {
  const days = new Set(nodes.map(({ date }) => date))
  const months = [...new Set(nodes.map(({ date }) => date.slice(0, 7)))]
  if (months.length === 0) throw pageNotFound('There are no editions up to then.')
  // The last month may go on behind the page: it is the first one of the next page.
  const cut = pageInfo.hasNextPage && months.length > 1 ? months.pop() : undefined
  const earlier = cut && addDays(`${months.at(-1)}-01`, -1)
  return {
    title: 'Calendar of editions · Daily Papers',
    description: 'Every day with an edition of Daily Papers, by week and month.',
    path: to === undefined ? 'editions' : `editions?to=${to}`,
    main: html`<div class="head"><h1>Calendar of editions</h1></div>
<div class="months">${months.map((month) => monthCalendar(month, days, links))}</div>
<nav aria-label="Other months" class="neighbours">
${earlier && html`<a rel="next" href="${links.to('editions', { to: earlier })}">← Earlier</a>`}
${to !== undefined && html`<a href="${links.to('editions')}">Newest →</a>`}
</nav>`,
  }
}
