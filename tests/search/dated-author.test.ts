import { beforeAll, expect, test } from 'vitest'
import { query, useTestApp } from '../support/app.ts'
import { arxivId, plant } from '../support/papers.ts'

const paper = (number: number, title: string, author: string, year: number) => ({
  arxivId: arxivId(number),
  title,
  authors: [{ name: author }, { name: 'Xiangyu Zhang' }],
  publishedAt: `${year}-03-01T00:00:00.000Z`,
})
const app = useTestApp()
beforeAll(() =>
  plant(app.db, [
    paper(1, 'Residuals', 'Kaiming He', 2025),
    paper(2, 'Momentum', 'Kaiming He', 2026),
    paper(3, 'Reasoning on AIME 2024', 'Ada Lovelace', 2025),
    paper(4, 'Diffusion', 'Ada Lovelace', 2026),
    paper(5, 'What he says in 2025', 'Grace Hopper', 2025),
    paper(6, 'Mixtures', 'Andrew Y. Ng', 2021),
    paper(7, 'Topics', 'Andrew Y. Ng', 2021),
    paper(8, 'Bo and the Others', 'Bo Li', 2024),
    paper(9, 'Auctions', 'Bo An', 2024),
    paper(10, 'All You Need Is Bo', 'Kaiming Jin', 2024),
  ]),
)

test.each<[text: string, titles: string[], repaired: string | null]>([
  ['Bo An', ['Auctions'], 'author:"Bo An"'],
  ['bo an', ['Auctions'], 'author:"bo an"'],
  ['An, Bo', ['Auctions'], 'author:"Bo An"'],
  ['Kaiming He', ['Momentum', 'Residuals'], 'author:"Kaiming He"'],
  ['all you need is', ['All You Need Is Bo'], null],
  ['Bo and others', ['Bo and the Others'], null],
  ['Kaiming He 2026', ['Momentum'], 'author:"Kaiming He" year:2026'],
  ['kaiming he (2025)', ['Residuals'], 'author:"kaiming he" year:2025'],
  ['Kaiming He 2019', ['Momentum', 'Residuals'], 'author:"Kaiming He"'],
  ['He et al. 2025', ['Residuals'], 'author:"He" year:2025'],
  ['He et al., 2026b', ['Momentum'], 'author:"He" year:2026'],
  ['He and Zhang, 2026', ['Momentum'], 'author:"He" author:"Zhang" year:2026'],
  ['He et al. 2019', ['Momentum', 'Residuals'], null],
  ['He et al.', ['Momentum', 'Residuals'], null],
  ['AIME 2024', ['Reasoning on AIME 2024'], null],
  ['diffusion 2026', ['Diffusion'], 'diffusion year:2026'],
  ['diffusion 2019', [], null],
])('%s', async (text, titles, repaired) => {
  const { search } = await query<{ search: { repairedText: string; nodes: { title: string }[] } }>(
    app,
    'query ($text: String!) { search(text: $text) { repairedText nodes { title } } }',
    { text },
  )
  expect(search.nodes.map(({ title }) => title)).toEqual(titles)
  expect(search.repairedText).toBe(repaired)
})

test.each([
  ['Kaiming He 2019', ['Momentum', 'Residuals']],
  ['Andrew Y. Ng and Xiangyu Zhang, 2021', ['Topics', 'Mixtures']],
])('the pages of such a search go on: %s', async (text, titles) => {
  const ask = (after: string | null) =>
    query<{ search: { pageInfo: { endCursor: string; hasNextPage: boolean }; nodes: { title: string }[] } }>(
      app,
      `query ($text: String!, $after: String) {
        search(text: $text, first: 1, after: $after) {
          pageInfo { endCursor hasNextPage }
          nodes { title }
        }
      }`,
      { text, after },
    )
  const { search: first } = await ask(null)
  const { search: second } = await ask(first.pageInfo.endCursor)
  expect([...first.nodes, ...second.nodes].map(({ title }) => title)).toEqual(titles)
  expect(second.pageInfo.hasNextPage).toBe(false)
})
