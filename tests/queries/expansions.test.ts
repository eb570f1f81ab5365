import { beforeAll, describe, expect, test } from 'vitest'
import { canonicalFilter, matchFilters } from '../../db/search/filter.ts'
import { query, useTestApp } from '../support/app.ts'
import { arxivId, plant } from '../support/papers.ts'

const app = useTestApp()
beforeAll(async () => {
  await plant(
    app.db,
    [
      { title: 'One', abstract: 'A Mixture-of-Experts (MoE) routes tokens.' },
      { title: 'Two', abstract: 'Sparse mixtures of experts (MoEs) scale.' },
      { title: 'Three', abstract: 'A layer with a mixture of experts, and no short word.' },
      { title: 'Four', abstract: 'MoE layers, and no long word.' },
      { title: 'Five', abstract: 'Experts of paint in a mixture.' },
      // One acronym with two meanings, of which neither is that of half of the papers.
      ...[
        'stable video diffusion',
        'singular value decomposition',
        'software vulnerability detection',
      ].flatMap((long) => [
        { title: `On ${long}`, abstract: `We study ${long} (SVD).` },
        { title: `More ${long}`, abstract: `We study ${long} again (SVD: ${long}), ${long} (SVD).` },
      ]),
      // A word that is an acronym as well.
      ...['first', 'second'].map((word) => ({
        title: `The ${word} robot`,
        abstract: 'Action chunking transformers (ACT) move arms.',
      })),
      ...Array.from({ length: 8 }, (_, index) => ({
        title: `Play ${index}`,
        abstract: 'They act as agents do.',
      })),
      // Two papers agree, one has an invention of its own.
      { title: 'Own', abstract: 'Our Deep Octopus Graph (DOG) is new.' },
      // Most, but not three fifths, mean speech.
      ...[...Array(3).fill('test-time scaling'), ...Array(4).fill('text-to-speech')].map((long) => ({
        title: `Of ${long}`,
        abstract: `We try ${long} (TTS) today.`,
      })),
      { title: 'Only TTS', abstract: 'TTS is used.' },
      { title: 'Only speech', abstract: 'Text-to-speech is used.' },
      ...Array.from({ length: 4 }, (_, index) => ({
        title: `Spaces ${index}`,
        abstract: 'A state space of robots.',
      })),
      { title: 'Joined', abstract: 'It is FlowMoE.' },
      { title: 'Thoughts', abstract: 'A chain of thought.', keywords: ['Chain-of-Thought'] },
    ].map((paper, index) => ({ arxivId: arxivId(index + 1), ...paper })),
  )
})

interface Found {
  search: {
    totalCount: number
    expansions: { typed: string; added: string[] }[]
    edges: { node: { title: string }; abstractHighlights: { text: string; matched: boolean }[] }[]
    facets: { years: { papers: number }[] }
    pageInfo: { endCursor: string; hasNextPage: boolean }
  }
}

async function search(text: string, page: { first?: number; after?: string } = {}) {
  const found = await query<Found>(
    app,
    `query ($text: String!, $first: Int, $after: String) {
      search(text: $text, first: $first, after: $after) {
        totalCount expansions { typed added } pageInfo { endCursor hasNextPage } facets { years { papers } }
        edges { node { title } abstractHighlights { text matched } }
      }
    }`,
    { text, ...page },
  )
  return found.search
}
const titles = ({ edges }: Found['search']) => edges.map(({ node }) => node.title).sort()
const experts = ['Four', 'One', 'Three', 'Two']

describe('a search', () => {
  test('for an acronym finds its long form too, says so, and marks it', async () => {
    const found = await search('MoE')
    expect(titles(found)).toEqual(experts)
    expect(found).toMatchObject({
      totalCount: 4,
      expansions: [{ typed: 'MoE', added: ['mixture-of-experts'] }],
      facets: { years: [{ papers: 4 }] },
    })
    const three = found.edges.find(({ node }) => node.title === 'Three')
    const marked = three?.abstractHighlights.filter(({ matched }) => matched).map(({ text }) => text)
    expect(marked).toEqual(['mixture', 'experts'])
  })

  test.each(['moe', 'MoEs', 'MOE', 'the MoE', '(MoE)'])('%s', async (text) => {
    expect(titles(await search(text))).toEqual(experts)
  })

  test.each(['mixture of experts', 'Mixtures of Experts', 'mixture-of-experts'])(
    '%s finds the acronym too',
    async (text) => {
      const found = await search(text)
      expect(titles(found)).toEqual(expect.arrayContaining(experts))
      expect(found.expansions).toEqual([{ typed: text, added: ['MoE'] }])
    },
  )

  test('for words typed as one finds them apart, of a keyword or where each is common', async () => {
    const spaces = await search('statespace')
    expect(titles(spaces)).toEqual(['Spaces 0', 'Spaces 1', 'Spaces 2', 'Spaces 3'])
    expect(spaces.expansions).toEqual([{ typed: 'statespace', added: ['state space'] }])
    const thoughts = await search('ChainOfThought')
    expect(titles(thoughts)).toEqual(['Thoughts'])
    expect(thoughts.expansions).toEqual([{ typed: 'ChainOfThought', added: ['chain-of-thought'] }])
    expect((await search('"statespace"')).expansions).toEqual([])
    expect((await search('mixture transformers')).expansions).toEqual([])
  })

  test('the other words have to be there as before', async () => {
    expect(titles(await search('mixture of experts short'))).toEqual(['Three'])
    expect(titles(await search('MoE short'))).toEqual(['Three'])
    expect(titles(await search('long MoE'))).toEqual(['Four'])
    expect(titles(await search('MoE -short'))).toEqual(['Four', 'One', 'Two'])
    expect(titles(await search('MoE or octopus'))).toEqual(['Four', 'One', 'Own', 'Three', 'Two'])
  })

  test('words that are expanded may be one word with their neighbors, too', async () => {
    for (const text of ['flow MoE', 'Flow-MoE', 'flow moe'])
      expect(titles(await search(text))).toContain('Joined')
    expect(titles(await search('MoE-layers'))).toEqual(['Four', 'Three'])
    expect(titles(await search('state spaces of robots with MoE'))).toEqual([])
  })

  test('goes on where its page ended', async () => {
    const first = await search('MoE', { first: 3 })
    const rest = await search('MoE', { first: 3, after: first.pageInfo.endCursor })
    expect([...titles(first), ...titles(rest)].sort()).toEqual(experts)
    expect(rest.pageInfo.hasNextPage).toBe(false)
  })

  test.each([
    ['"MoE"', ['Four', 'One', 'Two']],
    ['"mixture of experts"', ['One', 'Three', 'Two']],
    ['abstract:MoE', ['Four', 'One', 'Two']],
    ['layer -MoE', ['Three']],
    ['"MoE" layers', ['Four']],
  ])('adds nothing to what has to be exact: %s', async (text, expected) => {
    const found = await search(text)
    expect(titles(found)).toEqual(expected)
    expect(found.expansions).toEqual([])
  })

  test.each([
    ['SVD', 'no meaning is that of half of the papers'],
    ['singular value decomposition', 'most papers mean something else by the acronym'],
    ['act', 'an ordinary word'],
    ['action chunking transformers', 'whose acronym is an ordinary word'],
    ['deep octopus graph', 'only one paper says so'],
    ['text-to-speech', 'some mean something else by the acronym'],
    ['the MoE of a text that is as long as a title', 'long texts say what they mean'],
    ['-', 'signs'],
    ['MoE'.repeat(100), 'a long word'],
  ])('adds nothing to %s: %s', async (text) => {
    expect((await search(text)).expansions).toEqual([])
  })

  test('an ordinary word in capitals is the acronym, and most papers say what it is', async () => {
    expect((await search('ACT')).expansions).toEqual([
      { typed: 'ACT', added: ['action chunking transformers'] },
    ])
    const speech = await search('TTS')
    expect(speech.expansions).toEqual([{ typed: 'TTS', added: ['text-to-speech'] }])
    expect(titles(speech)).toContain('Only speech')
  })
})

test('lists and the feed look for what was written alone: their papers do not depend on those of others', async () => {
  const { papers } = await query<{ papers: { nodes: { title: string }[] } }>(
    app,
    '{ papers(filter: { text: "MoE" }) { nodes { title } } }',
  )
  expect(papers.nodes.map(({ title }) => title).sort()).toEqual(['Four', 'One', 'Two'])
  const { rows } = await app.database.database.pool.query<{ id: number }>('select id from paper order by id')
  const ids = rows.map(({ id }) => id)
  expect(await matchFilters(app.db, ids, [canonicalFilter({ text: 'MoE' })])).toHaveLength(3)
})

test('what papers no longer say is no longer added', async () => {
  await plant(
    app.db,
    [1, 2].map((number) => ({
      arxivId: arxivId(number),
      title: `Number ${number}`,
      abstract: 'It is a MoE.',
      observedAt: '2026-08-01T00:00:00.000Z',
    })),
  )
  expect((await search('MoE')).expansions).toEqual([])
  expect((await search('mixture of experts')).expansions).toEqual([])
})
