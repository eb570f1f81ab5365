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
    'Mod Chips',
    'Video Generation by Diffusion',
    'Gen Z and the Web',
    'Grain of Video, Gradients of Web',
  ]
  await plant(
    app.db,
    titles.map((title, index) => ({ arxivId: arxivId(index + 1), title })),
  )
  await plant(app.db, [
    { arxivId: arxivId(100), title: 'Reasoning', keywords: ['large reasoning models'] },
    { arxivId: arxivId(102), title: 'Diffusion RL' },
    { arxivId: arxivId(104), title: "Don't Look Twice: What’s Next" },
    { arxivId: arxivId(105), title: 'A Cant of Grains', authors: [{ name: 'Richard Cant' }] },
    { arxivId: arxivId(103), title: 'RLVR' },
    { arxivId: arxivId(101), title: 'Residues', authors: [{ name: 'Kaiming Hé' }, { name: 'Haiming Ho' }] },
  ])
})

test.each([
  ['a last word is completed by the commonest one that begins so', 'sparse atten', 'sparse attention'],
  ['a rare one too', 'zygo', 'zygomorphic'],
  ['elsewhere the most similar word is taken', 'atten sparse', 'attend sparse'],
  ['nothing begins with a typing error', 'sparse atention', 'sparse attention'],
  ['a word that titles have stays', 'they attend', undefined],
])('%s', async (_what, text, repaired) => expect(await repairText(app.db, text)).toBe(repaired))

test.each([
  ['is completed: of two letters, by what stands behind the words before it', 'video ge', 'video generation'],
  ['that titles have elsewhere, too', 'video gen', 'video generation'],
  ['in keywords', 'reasoning mod', 'reasoning models'],
  ['in names of authors', 'kaiming h', 'kaiming he'],
  ['anywhere in papers with the words before it', 'diffusion vi', 'diffusion video'],
  ['behind a hyphen', 'video-gen', 'video-generation'],
  ['of one letter only beside the word before it', 'diffusion v', undefined],
  ['that stands alone', 'zy', 'zygomorphic'],
  ['is left, where another one is misspelled', 'difusion rl', 'diffusion rl'],
])('a last word %s: %s', async (_what, text, repaired) => {
  const { search } = await query<{ search: { repairedText: string | null } }>(
    app,
    'query ($text: String!) { search(text: $text) { repairedText } }',
    { text },
  )
  expect(search.repairedText).toBe(repaired ?? null)
})

test.each([
  ['finds the title that has it', 'dont look', "don't look"],
  ['beside quotes, too', 'Whats "look twice"', 'what\'s "look twice"'],
  ['is a word of its own where papers have it', 'cant grains', null],
  ['is a name where an author has it', 'Richard Cant', null],
  ['is left out', 'dont zygomorphic', "don't zygomorphic"],
])('a contraction without its apostrophe %s: %s', async (_what, text, repaired) => {
  const { search } = await query<{ search: { repairedText: string | null; totalCount: number } }>(
    app,
    'query ($text: String!) { search(text: $text) { repairedText totalCount } }',
    { text },
  )
  expect(search).toEqual({ repairedText: repaired, totalCount: 1 })
})

test('a search of what is not typed to its end says what it looked for', async () => {
  const { search } = await query<{ search: { repairedText: string; nodes: { title: string }[] } }>(
    app,
    '{ search(text: "sparse atten") { repairedText nodes { title } } }',
  )
  expect(search.repairedText).toBe('sparse attention')
  expect(search.nodes.map(({ title }) => title)).toEqual(['Sparse Attention', 'Attention to Sparse Data'])
})
