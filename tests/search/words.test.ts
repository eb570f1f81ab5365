import { describe, expect, test } from 'vitest'
import { useTestDatabase } from '../support/database.ts'
import { foundTexts } from '../support/found-texts.ts'

const copy = useTestDatabase()
const found = (typed: string, texts: readonly string[], authors: readonly string[] = []) =>
  foundTexts(copy.database.db, typed, texts, authors)

test('an acronym keeps the letter that is its own', async () => {
  const texts = ['EOS', '<EOS>', 'Earth Observation (EO)', 'EOs']
  expect(await found('EOS', texts)).toEqual(['EOS', '<EOS>', 'EOs'])
  expect(await found('EO', texts)).toEqual(['Earth Observation (EO)', 'EOs'])
  expect(await found('gas', ['a gas', 'a GA'])).toEqual(['a gas'])
})

test('a transcription finds what it is one of', async () => {
  expect(await found('Mueller', ['Müller', 'Mueller', 'Muller'])).toEqual(['Müller', 'Mueller'])
  expect(await found('Muller', ['Müller', 'Muller'])).toEqual(['Müller', 'Muller'])
  expect(await found('Sorensen Lodz strasse', ['Sørensen, Łódź, Straße'])).toHaveLength(1)
  expect(await found('Soerensen', ['Sørensen'])).toHaveLength(1)
})

test('a version without its point finds the one with it', async () => {
  const texts = ['on Qwen2.5.', 'Qwen 2.5 is', 'Qwen2.5-7B', 'Qwen v2.5', 'Qwen25']
  for (const typed of ['Qwen 25', 'qwen25', 'QWEN-25'])
    expect(
      await found(typed, [...texts, 'Qwen 2 and 5', 'Qwen2', '2.5 times Qwen', 'Qwen 12.5', 'Qwen 250']),
    ).toEqual(texts)
  expect(
    await found('vibethinker-15b', ['VibeThinker-1.5B', 'VibeThinker 15B', 'VibeThinker-5B']),
  ).toHaveLength(2)
  expect(await found('step audio r15', ['Step-Audio-R1.5', 'Step-Audio-R1'])).toEqual(['Step-Audio-R1.5'])
  const titles = ['SD3.5-Flash', 'SD 3.5 Flash', 'SD35 Flash']
  expect(await found('sd35-flash', [...titles, 'SD3 Flash', 'SD3.5'])).toEqual(titles)
})

test('a name of two words with its version is found as one with it', async () => {
  for (const typed of ['flash attention 2', 'flash-attention 2', 'Flash-Attention-2'])
    expect(
      await found(typed, ['FlashAttention-2', 'FlashAttention 2', 'FlashAttention2', 'FlashAttention 3']),
    ).toHaveLength(3)
})

test('a sentence joined by signs may end with a small word', async () => {
  const text = 'AI-native Memory 2.0: Second Me'
  for (const typed of ['ai-native-memory-20-second-me', 'AI-native_Memory_2.0_Second_Me'])
    expect(await found(typed, [text, 'AI-native Memory 2.0'])).toEqual([text])
})

test('a name of two words is found as one', async () => {
  expect(
    await found('flashattention', ['with Flash Attention 2', 'FlashAttention', 'flash-attention']),
  ).toHaveLength(3)
  expect(await found('flash attention', ['FlashAttention'])).toHaveLength(1)
})

test('words in quotes stand side by side, in each spelling', async () => {
  const texts = [
    'efficient pre-training of models',
    'efficient pretraining of models',
    'efficient pre training of models',
  ]
  for (const typed of ['"efficient pre-training"', '"pretraining of models"', '"pre training of models"'])
    expect(await found(typed, [...texts, 'training of models, efficient and pre'])).toEqual(texts)
})

describe('authors', () => {
  const find = async (typed: string) =>
    (await found(typed, ['y k z'], ['Yann A. LeCun', 'Kaiming He', 'Zoë Müller'])).length === 1
  test.each([
    ...[
      'Y. LeCun',
      'Y LeCun',
      'LeCun, Y.',
      'LeCun Y',
      'LeCun, Yann',
      'Y. A. LeCun',
      'LeCun, Yann A.',
      'A. LeCun',
      'y lecun',
      'LeCun YA',
      'He K',
    ],
    ...[
      'K. He',
      'He, K.',
      'K He',
      'Z. Mueller',
      'Z. Muller',
      'Müller, Z.',
      'author:lecun',
      'author:"Y. LeCun"',
    ],
    ...['author:"Kaiming He"', 'author:he', 'author:"He, Kaiming"', 'au:"Zoe Müller"', 'Y. LeCun, K. He'],
  ])('%s is found', async (typed) => expect(await find(typed)).toBe(true))
  test.each([
    'Z. LeCun',
    'LeCun, Z.',
    'Z LeCun',
    'Y. He',
    'author:y',
    'author:"Kaiming LeCun"',
    'author:"Z. LeCun"',
    '-author:lecun',
  ])('%s is not', async (typed) => expect(await find(typed)).toBe(false))
})

test('a word may be looked for in one property', async () => {
  const text = 'Sparse models.'
  expect(await found('abstract:sparse', [text])).toHaveLength(1)
  expect(await found('abstract:"sparse models"', [text])).toHaveLength(1)
  for (const typed of [
    'title:sparse',
    'keyword:sparse',
    'author:sparse',
    '-abstract:sparse',
    'title:"sparse models"',
  ])
    expect(await found(typed, [text])).toHaveLength(0)
  expect(await found('title:untitled -title:sparse', [text])).toHaveLength(1)
})

test('only a hyphen at the start of a word excludes', async () => {
  const texts = ['diffusion', 'diffusion transformer']
  expect(await found('diffusion -transformer', texts)).toEqual(['diffusion'])
  expect(await found('diffusion -"transformer"', texts)).toEqual(['diffusion'])
  for (const typed of [
    'diffusion - transformer',
    'diffusion- transformer',
    'diffusion --transformer',
    'diffusion -, transformer',
  ])
    expect(await found(typed, texts)).toEqual(['diffusion transformer'])
})
