import { beforeAll, describe, expect, test } from 'vitest'
import { query, useTestApp } from '../support/app.ts'
import { arxivId, plant } from '../support/papers.ts'

const app = useTestApp()
const titles = [
  'OpenGVL - Benchmarking Visual Temporal Progress for Data Curation',
  'From P(y|x) to P(y): Learning in Pre-train Space',
  'Making, not Taking, the Best of N',
  'Do Models Know Better in X than in English?',
  '"Why Should I Trust You?": Explaining – or Not – Any Classifier',
  '$\\mu$LO: Compute-Efficient Meta-Generalization of Learned Optimizers',
  'To Be or Not to Be',
  'The Who',
  'C++ and Q* -- A Study of O(n^2) Planning',
  'Schrödinger\'s Cat: 50% "Alive" & 50% <Dead>',
  '注意力就是一切',
  '+++ ??? ---',
  '12345678901234567890123456789012345678901234',
]
beforeAll(async () => {
  await plant(app.db, [
    ...titles.map((title) => ({ title, abstract: 'On learning to study.' })),
    // Each has the words of another's title, and is no better for it.
    ...titles.map((title, index) => ({
      arxivId: arxivId(100 + index),
      title: `A Survey of ${index}`,
      abstract: `${title} ${title} ${title} and more of it`,
      publishedAt: '2026-07-01T00:00:00.000Z',
      authors: [{ name: 'Yann LeCun' }],
      organization: { name: 'deepseek-ai', fullName: 'DeepSeek' },
    })),
    { arxivId: arxivId(200), title: 'Flash Attention Revisited', publishedAt: '2023-03-03T00:00:00.000Z' },
  ])
})

interface Page {
  search: { nodes: { arxivId: string }[]; pageInfo: { endCursor: string; hasNextPage: boolean } }
}

interface Answer {
  search: {
    repairedText: string | null
    nodes: { title: string; arxivId: string }[]
    edges: { titleHighlights: { text: string; matched: boolean }[] }[]
  }
}
const search = async (text: string, first = 50) =>
  (
    await query<Answer>(
      app,
      'query ($text: String!, $first: Int) { search(text: $text, first: $first) { repairedText nodes { title arxivId } edges { titleHighlights { text matched } } } }',
      { text, first },
    )
  ).search

describe.each(titles.filter((title) => /\p{L}|\d/u.test(title)))('%s', (title) => {
  test.each([
    ['as it is', title],
    ['in quotes', `"${title.replaceAll('"', '')}"`],
    ['in quotes of a word processor', `“${title.replaceAll('"', '')}”`],
    ['in capitals', title.toUpperCase()],
    ['as the title of a page of Hugging Face', `Paper page - ${title}`],
    ['as a browser names a page of arXiv', `${title} - arXiv`],
    ['with dashes for colons', title.replaceAll(':', ' –')],
  ])('comes first, typed %s', async (_how, text) => {
    const { nodes } = await search(text)
    expect(nodes[0]?.title).toBe(title)
  })
})

test('a paper whose id is in the text is the answer, whatever else is typed', async () => {
  for (const text of [
    `[${arxivId(3)}] Something`,
    `see https://arxiv.org/abs/${arxivId(3)}v2 for details`,
    `#${arxivId(3)}`,
  ])
    expect((await search(text)).nodes.map((node) => node.arxivId)).toEqual([arxivId(3)])
  const several = await search(`${arxivId(3)}, ${arxivId(5)} and 2401.99999`)
  expect(several.nodes.map((node) => node.arxivId).sort()).toEqual([arxivId(3), arxivId(5)])
})

test('an id that no paper has is left out, page after page', async () => {
  const text = '[2401.99999] survey'
  const all = (await search(text)).nodes.map((node) => node.arxivId)
  expect(all).toHaveLength(titles.length)
  const paged: string[] = []
  let after: string | null = null
  do {
    const { search: page }: Page = await query<Page>(
      app,
      'query ($text: String!, $after: String) { search(text: $text, first: 5, after: $after) { nodes { arxivId } pageInfo { endCursor hasNextPage } } }',
      { text, after },
    )
    paged.push(...page.nodes.map((node) => node.arxivId))
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  } while (after !== null)
  expect(paged).toEqual(all)
})

test('prefixes restrict words to a property', async () => {
  const amount = async (text: string) => (await search(text)).nodes.length
  expect(await amount('survey author:LeCun')).toBe(titles.length)
  expect(await amount('author:"Y. LeCun" org:deepseek year:2026')).toBe(titles.length)
  expect(await amount('org:"deepseek ai" survey')).toBe(titles.length)
  expect(await amount('org:deep survey')).toBe(0)
  expect(await amount('survey year:2025')).toBe(0)
  expect(await amount('year:<2024')).toBe(1)
  expect(await amount('survey -year:2025')).toBe(titles.length)
  expect(await amount('survey -year:2026')).toBe(0)
  expect(await amount('survey -org:deepseek')).toBe(0)
  expect(await amount('survey -org:nvidia')).toBe(titles.length)
  expect(await amount('title:curation')).toBe(1)
  expect(await amount('title:curation -author:LeCun')).toBe(1)
})

test('what finds nothing is read less strictly, and says so', async () => {
  expect(await search('revisited 2017 attention')).toMatchObject({ repairedText: null, nodes: [] })
  const glued = await search('attentionrevisited')
  expect(glued).toMatchObject({ nodes: [{ title: 'Flash Attention Revisited' }] })
  const number = await search('survey 12')
  expect(number).toMatchObject({ repairedText: 'survey, 12', nodes: [{ title: 'A Survey of 12' }] })
})

test.each([
  ['Y. LeCun and K. He. {}. arXiv preprint, 2026.', titles[0]],
  ['[3] Y. LeCun, K. He et al. {}. In NeurIPS, 2026.', titles[2]],
  ['LeCun, Y., & He, K. (2026). {}. arXiv preprint.', titles[1]],
  ['LeCun, Yann, et al. "{}." Proceedings of NeurIPS (2026): 1-9.', titles[0]],
  ['Y. LeCun, K. He, “{},” arXiv, 2026.', titles[4]?.replaceAll('"', "'")],
  ['LeCun Y, He K. {}. Nature 2026;5:1-9.', titles[5]],
  ['Yann LeCun: {}, 2026', titles[9]],
])('the title in an entry of a list of references, %s', async (entry, title = '') => {
  const text = entry.replace('{}', title)
  const { nodes, repairedText } = await search(text)
  const wanted = titles.find((one) => one.replaceAll('"', "'") === title.replaceAll('"', "'"))
  expect({ nodes: nodes.map((node) => node.title).slice(0, 1), repairedText }).toEqual({
    nodes: [wanted],
    repairedText: wanted,
  })
})

test('of an entry with another title, its longest sentence is searched for', async () => {
  const { nodes, repairedText } = await search(
    'LeCun Y. Visual Temporal Progress Benchmarking. arXiv preprint, 2026.',
  )
  expect(repairedText).toBe('Visual Temporal Progress Benchmarking')
  expect(nodes[0]?.title).toBe(titles[0])
})

test('highlights mark what matches as a whole, and leave the text as it is', async () => {
  const marked = async (text: string) => {
    const [edge] = (await search(text, 1)).edges
    const whole = edge?.titleHighlights.map((piece) => piece.text).join('')
    return [whole, edge?.titleHighlights.filter((piece) => piece.matched).map((piece) => piece.text)]
  }
  expect(await marked('muLO')).toEqual([titles[5], ['\\mu$LO'.slice(1)]])
  expect(await marked('"pre train space"')).toEqual([titles[1], ['Pre-train', 'Space']])
  expect(await marked('flashattention')).toEqual(['Flash Attention Revisited', ['Flash Attention']])
  expect(await marked('schroedinger')).toEqual([titles[9], ['Schrödinger']])
  expect(await marked('注意力')).toEqual([titles[10], ['注意力就是一切']])
})
