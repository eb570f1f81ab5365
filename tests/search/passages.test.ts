import { beforeAll, expect, test } from 'vitest'
import { query, useTestApp } from '../support/app.ts'
import { arxivId, plant } from '../support/papers.ts'

const app = useTestApp()
const words = (count: number, name: string) =>
  Array.from({ length: count }, (_, n) => `${name}${n}`).join(' ')
beforeAll(() =>
  plant(app.db, [
    { arxivId: arxivId(1), title: 'One', abstract: `${words(60, 'red')} sparse ${words(60, 'green')}` },
    { arxivId: arxivId(2), title: 'Two', abstract: `Dense at first, ${words(60, 'red')}` },
    { arxivId: arxivId(3), title: 'Three', abstract: `${words(60, 'red')} quiet at last.` },
    { arxivId: arxivId(4), title: 'Four', abstract: `${words(3, 'red')} brief.` },
    { arxivId: arxivId(5), title: 'A title with lavender', abstract: words(60, 'red') },
  ]),
)

test.each([
  ['sparse', /^… red54 .* red59 sparse green0 .* green22 …$/],
  ['dense', /^Dense at first, red0 .* red26 …$/],
  ['quiet', /^… red54 .* red59 quiet at last\.$/],
  ['brief', /^red0 red1 red2 brief\.$/],
  ['lavender', /^red0 .* red29 …$/],
])('a passage says where more of the abstract stands: %s', async (text, passage) => {
  const { search } = await query<{ search: { edges: { abstractHighlights: { text: string }[] }[] } }>(
    app,
    'query ($text: String!) { search(text: $text) { edges { abstractHighlights { text } } } }',
    { text },
  )
  expect(search.edges[0]?.abstractHighlights.map((piece) => piece.text).join('')).toMatch(passage)
})
