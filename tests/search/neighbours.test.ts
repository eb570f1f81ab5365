import { beforeAll, describe, expect, test } from 'vitest'
import { neighboursIn } from '../../db/search/neighbours.ts'
import { query, useTestApp } from '../support/app.ts'
import { plant } from '../support/papers.ts'

const app = useTestApp()
beforeAll(async () => {
  await plant(app.db, [
    {
      title: 'Planning by Imagination',
      abstract: 'World models for driving are learned from video.',
      publishedAt: '2025-01-01T00:00:00.000Z',
    },
    {
      title: 'Five Simulators',
      abstract: 'Nothing of it.',
      keywords: ['world models', 'driving'],
      publishedAt: '2025-02-01T00:00:00.000Z',
    },
    { title: 'Driving a World of Models', abstract: 'Alone.', publishedAt: '2025-03-01T00:00:00.000Z' },
    {
      title: 'All the Rest',
      abstract: 'Models that see the world. One use of them is driving.',
      publishedAt: '2025-04-01T00:00:00.000Z',
    },
    {
      title: 'Voices',
      abstract: 'Text-to-speech without a vocoder.',
      publishedAt: '2025-01-01T00:00:00.000Z',
    },
    {
      title: 'Notes',
      abstract: 'Speech is written down, and text is read aloud.',
      publishedAt: '2025-04-01T00:00:00.000Z',
    },
  ])
})

interface Found {
  search: { nodes: { title: string }[]; pageInfo: { endCursor: string | null; hasNextPage: boolean } }
}

const page = (text: string, first: number, after: string | null = null) =>
  query<Found>(
    app,
    `query ($text: String!, $first: Int!, $after: String) {
      search(text: $text, first: $first, after: $after) { nodes { title } pageInfo { endCursor hasNextPage } }
    }`,
    { text, first, after },
  )
const titles = ({ search }: Found) => search.nodes.map(({ title }) => title)

describe('words that stand beside each other in a text', () => {
  test('rank the papers first in which they do so, in title and keywords, and in the abstract', async () => {
    expect(titles(await page('world models for driving', 10))).toEqual([
      'Five Simulators',
      'Driving a World of Models',
      'Planning by Imagination',
      'All the Rest',
    ])
  })

  test.each(['text to speech', 'text-to-speech', 'Text to Speech?'])(
    'are one however written: %s',
    async (text) => {
      expect(titles(await page(text, 10))[0]).toBe('Voices')
    },
  )

  test('page by page, each paper comes once and in the same order', async () => {
    const all = titles(await page('world models for driving', 10))
    const found: string[] = []
    let after: string | null = null
    do {
      const next: Found = await page('world models for driving', 1, after)
      found.push(...titles(next))
      after = next.search.pageInfo.hasNextPage ? next.search.pageInfo.endCursor : null
    } while (after !== null)
    expect(found).toEqual(all)
  })
})

test('neighbors are words without the stop words between, once each, and few of a long text', () => {
  const pairsOf = (text: string) => neighboursIn(text).length
  expect(['', 'the', 'diffusion', 'the diffusion', 'text to speech', 'a b a b a b'].map(pairsOf)).toEqual([
    0, 0, 0, 0, 1, 1,
  ])
  expect(pairsOf(Array.from({ length: 400 }, (_, n) => `word${n}`).join(' '))).toBe(7)
})
