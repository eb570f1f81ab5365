import { html } from '../html.ts'
import { plainDay } from './dates.ts'
import { pageDocument, pageQuery, type ReadPage } from './page-query.ts'
import { paperEntryFragment } from './paper-entry.ts'
import { nextPage, type PaperPage, paperList, paperPageFields } from './paper-list.ts'

const document = pageDocument(
  `query TrendingPage($after: String) {
  feedPosition
  papers(order: TRENDING, first: 50, after: $after) {
      ${paperPageFields}
      nodes { trending { asOf } }
  }
}`,
  paperEntryFragment,
)

interface TrendingData {
  readonly feedPosition: string
  readonly papers: PaperPage & { readonly nodes: readonly { readonly trending: { readonly asOf: string } }[] }
}

const dayMs = 86_400_000

/** Of which days the papers are. A server without new papers ranks as of the end of the newest day that has some. */
function daysOf({ nodes: [first] }: TrendingData['papers']): string {
  const asOf = first === undefined ? Number.POSITIVE_INFINITY : Date.parse(first.trending.asOf)
  if (asOf > Date.now() - dayMs) return 'last 14 days'
  return `14 days to ${plainDay(new Date(asOf - 1).toISOString())}`
}

/** `/trending` */
export const readTrendingPage: ReadPage = ({ params }) => ({
  isClocked: true,
  ...pageQuery<TrendingData>(document, { after: params.get('after') ?? undefined }, (data, links) => ({
    title: 'Trending · Daily Papers',
    description: 'The machine learning papers of the last 14 days that gain upvotes now.',
    path: 'trending',
    position: data.feedPosition,
    feed: { title: 'Trending papers', path: 'feeds/trending.atom' },
    main: html`<div class="head"><h1>Trending</h1>
<p>Papers of the ${daysOf(data.papers)} by upvotes, each counting half as much for every day of its age.</p></div>
${data.papers.nodes.length === 0 && html`<p>No paper was published or listed in the last 14 days. <a href="${links.root}">Read the newest edition.</a></p>`}
${paperList(data.papers.nodes, links)}
${nextPage(data.papers, 'trending', links)}`,
  })),
})
