import { periodOf } from '../../db/model/period.ts'
import { html } from '../html.ts'
import { longDay, requireDay } from './dates.ts'
import type { Links } from './links.ts'
import { pageNotFound } from './page-errors.ts'
import { type PageContent, type PageQuery, pageQuery, type ReadPage } from './page-query.ts'
import { type PaperEntry, paperEntry, paperEntryFragment } from './paper-entry.ts'

const document = `query EditionPage($date: Date, $from: Date, $to: Date, $after: String) {
  feedPosition
  edition(date: $date) {
    date
    previous {
      date
    }
    next {
      date
    }
    listings(first: 100, after: $after) {
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
}

${paperEntryFragment}`

interface EditionData {
  readonly feedPosition: string
  readonly edition: {
    readonly date: string
    readonly previous: { readonly date: string } | null
    readonly next: { readonly date: string } | null
    readonly listings: {
      readonly totalCount: number
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
      readonly nodes: readonly { readonly paper: PaperEntry }[]
    }
  } | null
  readonly editions: { readonly nodes: readonly { readonly date: string }[] }
}

/** `/`: the newest edition. */
export const readNewestPage: ReadPage = ({ params }) => editionQuery(undefined, params)

/** `/editions/2026-01-05` */
export const readEditionPage: ReadPage = ({ name, params }) => editionQuery(requireDay(name), params)

function editionQuery(date: string | undefined, params: URLSearchParams): PageQuery {
  const { from, to } = date === undefined ? {} : periodOf('month', date)
  const after = params.get('after') ?? undefined
  return pageQuery<EditionData>(document, { date, from, to, after }, (data, links) => show(data, links, date))
}

function show({ edition, feedPosition }: EditionData, links: Links, asked: string | undefined): PageContent {
  if (!edition && asked !== undefined)
    throw pageNotFound(`No papers were listed on ${longDay(asked)}. Weekends and holidays have no edition.`)
  if (!edition) return { ...noEdition, position: feedPosition }
  const { date, listings } = edition
  const day = longDay(date)
  const papers = listings.nodes.map(({ paper }) => paper)
  const [first] = papers
  return {
    title: asked === undefined ? 'Daily Papers' : `${day} · Daily Papers`,
    description: `${listings.totalCount} machine learning papers of ${day}${first ? `, first “${first.title}”` : ''}.`,
    path: asked === undefined ? '' : `editions/${date}`,
    position: feedPosition,
    arrivals: { date, newest: asked === undefined },
    main: html`<h1><time datetime="${date}">${day}</time></h1>
<p>${listings.totalCount} papers</p>
${papers.map((paper) => paperEntry(paper, links))}`,
  }
}

const noEdition: PageContent = {
  title: 'Daily Papers',
  description: 'The newest machine learning papers, day by day.',
  path: '',
  main: html`<h1>No papers yet</h1>
<p>This server has no papers. They appear here as soon as the first ones are ingested.</p>`,
}
