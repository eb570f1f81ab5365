import { beforeAll, expect, test } from 'vitest'
import { repairText } from '../../db/search/typos.ts'
import { query, useTestApp } from '../support/app.ts'
import { arxivId, plant } from '../support/papers.ts'

const app = useTestApp()
beforeAll(async () => {
  const titles = [
    'Sparse Attention',
    'Attention to Sparse Data',
    'Attention for All',
    'They Attend',
    'Zygomorphic',
  ]
  await plant(
    app.db,
    titles.map((title, index) => ({ arxivId: arxivId(index + 1), title })),
  )
})

test.each([
  ['a last word is completed by the commonest one that begins so', 'sparse atten', 'sparse attention'],
  ['a rare one too', 'zygo', 'zygomorphic'],
  ['elsewhere the most similar word is taken', 'atten sparse', 'attend sparse'],
  ['nothing begins with a typing error', 'sparse atention', 'sparse attention'],
  ['a word that titles have stays', 'they attend', undefined],
])('%s', async (_what, text, repaired) => expect(await repairText(app.db, text)).toBe(repaired))

test('a search of what is not typed to its end says what it looked for', async () => {
  const { search } = await query<{ search: { repairedText: string; nodes: { title: string }[] } }>(
    app,
    '{ search(text: "sparse atten") { repairedText nodes { title } } }',
  )
  expect(search.repairedText).toBe('sparse attention')
  expect(search.nodes.map(({ title }) => title)).toEqual(['Sparse Attention', 'Attention to Sparse Data'])
})
