import { ClientError } from 'graphql-request'
import { beforeAll, describe, expect, test } from 'vitest'
import { query, useTestApp } from '../support/app.ts'
import { arxivId, plant } from '../support/papers.ts'

const app = useTestApp()
beforeAll(async () => {
  await plant(app.db, [
    {
      title: 'Diffusion Transformers at Scale',
      abstract: 'We scale <b>diffusion</b> & "more".',
      keywords: ['Diffusion'],
      publishedAt: '2024-06-01T00:00:00.000Z',
      organization: { name: 'deepseek-ai', fullName: 'DeepSeek' },
    },
    {
      title: 'Routing in Mixtures',
      abstract: 'Mixture of experts with diffusion of load.',
      keywords: ['Routing', 'diffusion'],
      publishedAt: '2025-06-01T00:00:00.000Z',
      authors: [{ name: 'Émile Zola' }],
    },
    {
      title: 'Something Else',
      abstract: 'Nothing of it.',
      keywords: ['Chain-of-Thought', 'Chain rule'],
      publishedAt: '2025-07-01T00:00:00.000Z',
    },
    ...Array.from({ length: 30 }, (_, index) => ({
      arxivId: arxivId(100 + index),
      title: `Quantization ${index}`,
      abstract: 'Weights in four bits.',
    })),
  ])
})

interface Found {
  search: {
    totalCount: number
    repairedText: string | null
    stopWordsOnly: boolean
    excludedAll: boolean
    edges: {
      relevance: number
      node: { title: string }
      titleHighlights: Piece[]
      abstractHighlights: Piece[]
    }[]
    facets: { keywords: unknown[]; organizations: unknown[]; years: unknown[] }
    pageInfo: { endCursor: string; hasNextPage: boolean }
  }
}
interface Piece {
  text: string
  matched: boolean
}

const document = `query ($text: String!, $filter: PaperFilter, $first: Int, $after: String) {
  search(text: $text, filter: $filter, first: $first, after: $after) {
    totalCount repairedText stopWordsOnly excludedAll pageInfo { endCursor hasNextPage }
    edges { relevance node { title } titleHighlights { text matched } abstractHighlights { text matched } }
    facets { keywords { value papers keyword { key } } organizations { value papers organization { fullName } } years { value papers } }
  }
}`
const search = async (text: string, more: Record<string, unknown> = {}) =>
  (await query<Found>(app, document, { text, ...more })).search
const titles = (found: Found['search']) => found.edges.map(({ node }) => node.title)

describe('search', () => {
  test('a word in the title comes before a word in the abstract; what matched is marked, and is no HTML', async () => {
    const found = await search('diffusion')
    expect(titles(found)).toEqual(['Diffusion Transformers at Scale', 'Routing in Mixtures'])
    expect(found.edges[0]?.relevance).toBeGreaterThan(found.edges[1]?.relevance ?? 1)
    expect(found.edges[0]?.titleHighlights).toEqual([
      { text: 'Diffusion', matched: true },
      { text: ' Transformers at Scale', matched: false },
    ])
    const abstract = found.edges[0]?.abstractHighlights ?? []
    expect(abstract.filter(({ matched }) => matched)).toEqual([{ text: 'diffusion', matched: true }])
    expect(found.edges[1]?.titleHighlights).toEqual([{ text: 'Routing in Mixtures', matched: false }])
    expect(found).toMatchObject({ totalCount: 2, repairedText: null })
  })

  test('words to leave out, which are not there, leave the ranking as it is', async () => {
    const ranked = async (text: string) => (await search(text)).edges.map(({ relevance }) => relevance)
    const plain = await ranked('diffusion')
    expect(plain).toHaveLength(2)
    expect(await ranked('diffusion -zyzzyva')).toEqual(plain)
    expect(await ranked('diffusion -"no such phrase"')).toEqual(plain)
    expect(await ranked('"diffusion transformers" -zyzzyva')).toEqual(
      await ranked('"diffusion transformers"'),
    )
    expect((await search('-diffusion')).totalCount).toBe(31)
  })

  test('facets count what the found have in common', async () => {
    expect((await search('diffusion')).facets).toEqual({
      keywords: [
        { value: 'diffusion', papers: 2, keyword: { key: 'diffusion' } },
        { value: 'routing', papers: 1, keyword: { key: 'routing' } },
      ],
      organizations: [{ value: 'deepseek-ai', papers: 1, organization: { fullName: 'DeepSeek' } }],
      years: [
        { value: '2024', papers: 1 },
        { value: '2025', papers: 1 },
      ],
    })
  })

  test.each([
    ['emile zola', ['Routing in Mixtures']],
    ['"mixture of experts"', ['Routing in Mixtures']],
    ['diffusion -experts', ['Diffusion Transformers at Scale']],
    ['transformers or routing', ['Diffusion Transformers at Scale', 'Routing in Mixtures']],
    [`https://arxiv.org/pdf/${arxivId(3)}v1.pdf`, ['Something Else']],
    ['zyzzyva qwertz', []],
  ])('%s', async (text, expected) => {
    const found = await search(text)
    expect(titles(found).sort()).toEqual(expected)
    expect(found.repairedText).toBeNull()
  })

  test('narrows by a filter', async () => {
    expect(titles(await search('diffusion', { filter: { publishedFrom: '2025-01-01' } }))).toEqual([
      'Routing in Mixtures',
    ])
  })

  test('words in title and keywords come before words elsewhere, and of these the newest first, on every page', async () => {
    const papers = Array.from({ length: 12 }, (_, index) => ({
      arxivId: arxivId(700 + index),
      title:
        index % 4 === 0
          ? `Tiny Distillation${'ABCDEFGH'.slice(0, index).replace(/./g, ' Robot$&')}`
          : `Untold ${index}`,
      abstract: 'A tiny distillation.',
      publishedAt: `20${10 + index}-06-01T00:00:00.000Z`,
    }))
    await plant(app.db, papers)
    const whole = titles(await search('distillation tiny', { first: 50 }))
    expect(whole).toEqual([
      ...[0, 4, 8].map((index) => papers[index]?.title),
      ...[11, 10, 9, 7, 6, 5, 3, 2, 1].map((index) => papers[index]?.title),
    ])
    const paged: string[] = []
    let after: string | null = null
    do {
      const {
        search: page,
      }: { search: { nodes: { title: string }[]; pageInfo: Found['search']['pageInfo'] } } = await query(
        app,
        `query ($after: String) { search(text: "distillation tiny", first: 5, after: $after) {
            nodes { title } pageInfo { endCursor hasNextPage } } }`,
        { after },
      )
      paged.push(...page.nodes.map(({ title }) => title))
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
    } while (after !== null)
    expect(paged).toEqual(whole)
  })

  test('repairs words where it finds nothing, and pages through what that finds', async () => {
    const first = await search('Quantisaton', { first: 20 })
    expect(first.repairedText).toBe('quantization')
    expect(first.edges).toHaveLength(20)
    expect(first.edges[0]?.titleHighlights[0]).toEqual({ text: 'Quantization', matched: true })
    const rest = await search('Quantisaton', { first: 20, after: first.pageInfo.endCursor })
    expect(rest.pageInfo.hasNextPage).toBe(false)
    expect(new Set([...titles(first), ...titles(rest)]).size).toBe(30)
    expect((await search('"difusion" -experts')).repairedText).toBe('"diffusion" -experts')
  })

  test('repairs names of authors, where no word of a title is like what was typed', async () => {
    const found = await search('emile zolla')
    expect(found.repairedText).toBe('emile zola')
    expect(titles(found)).toEqual(['Routing in Mixtures'])
    // A name as it is spelt is no typing error, though it resembles a word of a title.
    await plant(app.db, [
      { arxivId: arxivId(510), title: 'Of Quartz and Marble' },
      { arxivId: arxivId(511), title: 'Of Sand', authors: [{ name: 'Ada Quarz' }] },
    ])
    expect(await search('quarz marble')).toMatchObject({ repairedText: null, edges: [] })
  })

  test('takes the words in one place, and refuses an empty text', async () => {
    const refused = (variables: Record<string, unknown>) =>
      search('x', variables).then(
        () => expect.fail('answered'),
        (error: ClientError) => error.response.errors?.[0],
      )
    expect(await refused({ filter: { text: 'y' } })).toMatchObject({
      message: 'filter.text: pass the words in `text` instead.',
      extensions: { code: 'BAD_USER_INPUT', argumentPath: ['filter', 'text'] },
    })
    expect(await refused({ text: '' })).toMatchObject({ message: 'text: write at least one word.' })
  })
})

describe('nothing found', () => {
  const reasons = async (text: string) => {
    const { totalCount, stopWordsOnly, excludedAll } = await search(text)
    return { totalCount, stopWordsOnly, excludedAll }
  }

  test.each(['the', 'of the', '???', '" - "'])('%j has no word that is searched for', async (text) => {
    expect(await reasons(text)).toEqual({ totalCount: 0, stopWordsOnly: true, excludedAll: false })
  })

  test.each(['routing -mixtures', '"routing in mixtures" -zola'])('%j excludes all', async (text) => {
    expect(await reasons(text)).toEqual({ totalCount: 0, stopWordsOnly: false, excludedAll: true })
  })

  test('of words that no paper has neither is said', async () => {
    for (const text of ['zyzzyva qwertz', 'zyzzyva -diffusion'])
      expect(await reasons(text)).toEqual({ totalCount: 0, stopWordsOnly: false, excludedAll: false })
    expect(await reasons('diffusion -routing')).toEqual({
      totalCount: 1,
      stopWordsOnly: false,
      excludedAll: false,
    })
  })
})

test('the order RELEVANCE wants words', async () => {
  const error = await query(app, '{ papers(order: RELEVANCE) { nodes { id } } }').catch((reason) => reason)
  expect(error).toBeInstanceOf(ClientError)
  expect((error as ClientError).response.errors?.[0]).toMatchObject({
    message: expect.stringContaining('RELEVANCE requires `filter.text`'),
    extensions: { code: 'BAD_USER_INPUT', argument: 'order' },
  })
  const { papers } = await query<{ papers: { nodes: { title: string }[]; totalCount: number } }>(
    app,
    '{ papers(order: RELEVANCE, filter: { text: "diffusion" }) { totalCount nodes { title } } }',
  )
  expect(papers).toEqual({
    totalCount: 2,
    nodes: [{ title: 'Diffusion Transformers at Scale' }, { title: 'Routing in Mixtures' }],
  })
})
