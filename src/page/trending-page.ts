import { html } from '../html.ts'
import { pageDocument, pageQuery, type ReadPage } from './page-query.ts'
import { paperEntryFragment } from './paper-entry.ts'
import { nextPage, type PaperPage, paperList, paperPageFields } from './paper-list.ts'

const document = pageDocument(
  `query TrendingPage($after: String) {
  feedPosition
  papers(order: TRENDING, first: 50, after: $after) {
      ${paperPageFields}
  }
}`,
  paperEntryFragment,
)

interface TrendingData {
  readonly feedPosition: string
  readonly papers: PaperPage
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
<p>Papers of the last 14 days by upvotes, each counting half as much for every day of its age.</p></div>
${data.papers.nodes.length === 0 && html`<p>No paper was published or listed in the last 14 days. <a href="${links.root}">Read the newest edition.</a></p>`}
${paperList(data.papers.nodes, links)}
${nextPage(data.papers, 'trending', links)}`,
  })),
})
