import { periodOf } from '../../db/model/period.ts'
import { html } from '../html.ts'
import { monthCalendar } from './calendar.ts'
import { longDay, longMonth, requireDay, shortDayBeside } from './dates.ts'
import type { Links } from './links.ts'
import { pageNotFound } from './page-errors.ts'
import { type PageContent, type PageQuery, pageDocument, pageQuery, type ReadPage } from './page-query.ts'
import { type PaperEntry, paperEntryFragment } from './paper-entry.ts'
import { nextPage, paperList, papersCounted } from './paper-list.ts'

const document = pageDocument(
  `query EditionPage($date: Date, $from: Date, $to: Date, $after: String) {
  feedPosition
  edition(date: $date) {
    date
    previous {
      date
    }
    next {
      date
    }
    listings(first: 60, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        paper {
          ...PaperEntry
        }
      }
    }
  }
  editions(first: 31, from: $from, to: $to) {
    nodes {
      date
    }
  }
}`,
  paperEntryFragment,
)

interface Day {
  readonly date: string
}

interface EditionData {
  readonly feedPosition: string
  readonly edition:
    | (Day & {
        readonly previous: Day | null
        readonly next: Day | null
        readonly listings: {
          readonly totalCount: number
          readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
          readonly nodes: readonly { readonly paper: PaperEntry }[]
        }
      })
    | null
  readonly editions: { readonly nodes: readonly Day[] }
}

/** `/`: the newest edition. */
export const readNewestPage: ReadPage = ({ params }) => editionQuery(undefined, params)

/** `/editions/2026-01-05` */
export const readEditionPage: ReadPage = ({ name, params }) => editionQuery(requireDay(name), params)

function editionQuery(date: string | undefined, params: URLSearchParams): PageQuery {
  const { from, to } = date === undefined ? {} : periodOf('month', date)
  const after = params.get('after') ?? undefined
  return pageQuery<EditionData>(document, { date, from, to, after }, (data, links) => {
    const { arrivals, ...content } = show(data, links, date)
    // Nobody can say whether a paper that arrives belongs on a later page of the list.
    return after === undefined && arrivals ? { ...content, arrivals } : content
  })
}

function show(data: EditionData, links: Links, asked: string | undefined): PageContent {
  const { edition, feedPosition, editions } = data
  if (!edition && asked !== undefined)
    throw pageNotFound(
      `No papers were listed on ${longDay(asked)}. Most weekends and holidays have no edition.`,
    )
  if (!edition) return { ...noEdition, position: feedPosition }
  const { date, listings, previous, next } = edition
  const day = longDay(date)
  const papers = listings.nodes.map(({ paper }) => paper)
  const [first] = papers
  const week = periodOf('week', date).name
  const days = new Set(editions.nodes.map((each) => each.date))
  return {
    title: asked === undefined ? 'Daily Papers' : `${day} · Daily Papers`,
    description: `${papersCounted(listings.totalCount)} on machine learning, listed on ${day}${first ? `. Most upvotes: ${first.title.slice(0, 200)}` : ''}`,
    path: asked === undefined ? '' : `editions/${date}`,
    position: feedPosition,
    arrivals: { date, newest: asked === undefined },
    feed: { title: `Daily Papers of ${day}`, path: `feeds/edition/${date}.atom` },
    main: html`<div class="head">
<h1><time datetime="${date}">${day}</time></h1>
<p>${papersCounted(listings.totalCount)}, most upvotes first. Also <a href="${links.to(`weeks/${week}`)}">the week</a> and <a href="${links.to(`months/${date.slice(0, 7)}`)}">${longMonth(date)}</a>.</p>
</div>
<div class="columns">
<div>
${paperList(papers, links)}
${nextPage(listings, asked === undefined ? '' : `editions/${date}`, links)}
</div>
<aside aria-label="Other editions">
<nav aria-label="Neighbouring editions" class="neighbours">
${previous && html`<a rel="prev" href="${links.edition(previous.date)}">← ${shortDayBeside(previous.date, date)}</a>`}
${next && html`<a rel="next" href="${links.edition(next.date)}">${shortDayBeside(next.date, date)} →</a>`}
</nav>
${monthCalendar(date.slice(0, 7), days, links, date)}
</aside>
</div>`,
  }
}

const noEdition: PageContent = {
  title: 'Daily Papers',
  description: 'The newest machine learning papers, day by day.',
  path: '',
  main: html`<div class="head"><h1>No papers yet</h1></div>
<p>This server has no papers. They appear here as soon as the first ones are ingested.</p>`,
}
