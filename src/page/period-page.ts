import { addDays, isDay, type Period, parsePeriod, periodOf } from '../../db/model/period.ts'
import { html } from '../html.ts'
import { longMonth, plainDay, shortDay } from './dates.ts'
import type { Links } from './links.ts'
import { badAddress, pageNotFound } from './page-errors.ts'
import { type PageContent, type PageQuery, pageDocument, pageQuery, type ReadPage } from './page-query.ts'
import { paperEntryFragment } from './paper-entry.ts'
import { nextPage, type PaperPage, paperList, paperPageFields, papersCounted } from './paper-list.ts'

const document = pageDocument(
  `query PeriodPage($week: String, $month: String, $dayBefore: Date, $dayAfter: Date, $after: String) {
  feedPosition
  earlier: editions(first: 1, to: $dayBefore) {
    nodes {
      date
    }
  }
  later: editions(last: 1, from: $dayAfter) {
    nodes {
      date
    }
  }
  period(week: $week, month: $month) {
    editions {
      date
    }
    papers(first: 50, after: $after) {
      ${paperPageFields}
    }
  }
}`,
  paperEntryFragment,
)

interface Day {
  readonly date: string
}

interface PeriodData {
  readonly feedPosition: string
  readonly earlier: { readonly nodes: readonly Day[] }
  readonly later: { readonly nodes: readonly Day[] }
  readonly period: {
    readonly editions: readonly Day[]
    readonly papers: PaperPage
  }
}

/** `/weeks/2026-W02` */
export const readWeekPage: ReadPage = ({ name, params }) => {
  const week = parsePeriod('week', name)
  if (!week) throw badAddress(`${shown(name)} is not a week. Write it as in 2026-W02.`)
  return periodQuery(week, params)
}

/** `/months/2026-01` */
export const readMonthPage: ReadPage = ({ name, params }) => {
  const month = parsePeriod('month', name)
  if (!month) throw badAddress(`${shown(name)} is not a month. Write it as in 2026-01.`)
  return periodQuery(month, params)
}

function periodQuery(period: Period, params: URLSearchParams): PageQuery {
  const { kind, name, from, to } = period
  const after = params.get('after') ?? undefined
  const [dayBefore, dayAfter] = [addDays(from, -1), addDays(to, 1)].map((day) =>
    isDay(day) ? day : undefined,
  )
  const variables = { [kind]: name, dayBefore, dayAfter, after }
  return pageQuery<PeriodData>(document, variables, (data, links) => show(data, period, after, links))
}

const shown = (name: string) => JSON.stringify(name.slice(0, 40))

function show(
  { period, earlier, later, feedPosition }: PeriodData,
  { kind, name, from, to }: Period,
  after: string | undefined,
  links: Links,
): PageContent {
  const { papers, editions } = period
  const label = kind === 'month' ? longMonth(from) : `${plainDay(from)} to ${plainDay(to)}`
  if (papers.totalCount === 0) throw pageNotFound(`No papers were listed in the ${kind} ${label}.`)
  const folder = `${kind}s`
  // The nearest with papers: others have no page.
  const [previous, next] = [earlier, later].map(({ nodes: [day] }) => day && periodOf(kind, day.date).name)
  return {
    title: `${kind === 'month' ? label : `Week ${Number(name.slice(6))} of ${name.slice(0, 4)}`} · Daily Papers`,
    description: `${papersCounted(papers.totalCount)} on machine learning, listed ${kind === 'month' ? `in ${label}` : `from ${label}`}.`,
    path: `${folder}/${name}`,
    position: feedPosition,
    feed: {
      title: `Daily Papers, ${label}`,
      path: `feeds/papers.atom?${new URLSearchParams({ editionFrom: from, editionTo: to })}`,
    },
    arrivals: after === undefined ? 'feed' : undefined,
    main: html`<div class="head">
<h1>${label}</h1>
<p>${papersCounted(papers.totalCount)} of ${editions.length} ${editions.length === 1 ? 'edition' : 'editions'}, most upvotes first.</p>
</div>
<div class="columns">
<div>
${paperList(papers.nodes, links)}
${nextPage(papers, `${folder}/${name}`, links)}
</div>
<aside aria-label="Editions">
<nav aria-label="Neighbouring ${folder}" class="neighbours">
${previous && html`<a rel="prev" href="${links.to(`${folder}/${previous}`)}">← ${labelOf(previous, name)}</a>`}
${next && html`<a rel="next" href="${links.to(`${folder}/${next}`)}">${labelOf(next, name)} →</a>`}
</nav>
<nav aria-label="Editions of the ${kind}"><ul class="plain">${editions.map(({ date }) => html`<li><a href="${links.edition(date)}">${shortDay(date)}</a></li>`)}</ul></nav>
</aside>
</div>`,
  }
}

/** `January 2026` or `Week 2`; with its year in another than that of the page. */
function labelOf(name: string, shownName: string): string {
  if (!name.includes('W')) return longMonth(name)
  const [year, number] = [name.slice(0, 4), Number(name.slice(6))]
  return `Week ${number}${shownName.startsWith(year) ? '' : ` of ${year}`}`
}
