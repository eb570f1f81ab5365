import { beforeAll, expect, test } from 'vitest'
import { query, useTestApp } from '../support/app.ts'
import { plant } from '../support/papers.ts'

const words = ['distributed', 'quantized', 'gradient', 'sparse', 'data', 'map', 'net']
const without = (word: string, joint: string) => words.filter((one) => one !== word).join(joint)
const all = [words.toReversed().join(' and '), without('net', ' or ')]
const app = useTestApp()
beforeAll(() =>
  plant(app.db, [
    { title: all[0] ?? '', publishedAt: '2020-01-01T00:00:00.000Z' },
    { title: all[1] ?? '', keywords: ['a net'], publishedAt: '2020-02-01T00:00:00.000Z' },
    // Newer ones that have one of the words in the abstract alone, or nowhere.
    ...words.map((word) => ({ title: without(word, ', '), abstract: `It has ${word}.` })),
    ...words.map((word) => ({ title: without(word, '; '), abstract: 'Nothing.' })),
  ]),
)

test.each([4, 5, 6, 7])('of %d words, papers with all in title and keywords come first', async (amount) => {
  const asked = words.slice(-amount)
  const { search } = await query<{ search: { nodes: { title: string }[] } }>(
    app,
    'query ($text: String!) { search(text: $text, first: 50) { nodes { title } } }',
    { text: asked.join(' ') },
  )
  const hasAll = (title: string) => all.includes(title) || asked.every((word) => title.includes(word))
  const found = search.nodes.map(({ title }) => hasAll(title))
  expect(found.lastIndexOf(true)).toBeLessThan(found.indexOf(false))
  expect(found.filter(Boolean)).toHaveLength(2 + 2 * (words.length - amount))
  expect(found.filter((has) => !has)).toHaveLength(amount)
})
