import { type Period, parsePeriod } from '../../db/model/period.ts'
import { html } from '../html.ts'
import { longMonth, plainDay, shortDay } from './dates.ts'
import type { Links } from './links.ts'
import { badAddress, pageNotFound } from './page-errors.ts'
import { type PageContent, pageDocument, pageQuery, type ReadPage } from './page-query.ts'
import { paperEntryFragment } from './paper-entry.ts'
import { nextPage, type PaperPage, paperList, paperPageFields, papersCounted } from './paper-list.ts'

const document = pageDocument(
  `query PeriodPage($week: String, $month: String, $after: String) {
  feedPosition
  period(week: $week, month: $month) {
    previous {
      name
    }
    next {
      name
    }
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

interface PeriodData {
  readonly feedPosition: string
  readonly period: {
    readonly previous: { readonly name: string }
    readonly next: { readonly name: string }
    readonly editions: readonly { readonly date: string }[]
    readonly papers: PaperPage
  }
}

/** `/weeks/2026-W02` */
export const readWeekPage: ReadPage = ({ name, params }) => {
  const week = parsePeriod('week', name)
  if (!week) throw badAddress(`${shown(name)} is not a week. Write it as in 2026-W02.`)
  const after = params.get('after') ?? undefined
  return pageQuery<PeriodData>(document, { week: name, after }, (data, links) =>
    show(data, week, after, links),
  )
}

/** `/months/2026-01` */
export const readMonthPage: ReadPage = ({ name, params }) => {
  const month = parsePeriod('month', name)
  if (!month) throw badAddress(`${shown(name)} is not a month. Write it as in 2026-01.`)
  const after = params.get('after') ?? undefined
  return pageQuery<PeriodData>(document, { month: name, after }, (data, links) =>
    show(data, month, after, links),
  )
}

const shown = (name: string) => JSON.stringify(name.slice(0, 40))

function show(
  { period, feedPosition }: PeriodData,
  { kind, name, from, to }: Period,
  after: string | undefined,
  links: Links,
): PageContent {
  const { papers, editions, previous, next } = period
  const label = kind === 'month' ? longMonth(from) : `${plainDay(from)} to ${plainDay(to)}`
  if (papers.totalCount === 0) throw pageNotFound(`No papers were listed in the ${kind} ${label}.`)
  const folder = `${kind}s`
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
<a rel="prev" href="${links.to(`${folder}/${previous.name}`)}">← ${labelOf(previous.name)}</a>
<a rel="next" href="${links.to(`${folder}/${next.name}`)}">${labelOf(next.name)} →</a>
</nav>
<nav aria-label="Editions of the ${kind}"><ul class="plain">${editions.map(({ date }) => html`<li><a href="${links.edition(date)}">${shortDay(date)}</a></li>`)}</ul></nav>
</aside>
</div>`,
  }
}

/** `January 2026` or `Week 2` */
function labelOf(name: string): string {
  return name.includes('W') ? `Week ${Number(name.slice(6))}` : longMonth(name)
}
