import { beforeAll, expect, test } from 'vitest'
import { query, useTestApp } from '../support/app.ts'
import { arxivId, globalId, plant } from '../support/papers.ts'

const app = useTestApp()
beforeAll(async () => {
  await plant(app.db, [
    { organization: { name: 'deepseek-ai', fullName: 'DeepSeek' } },
    { authors: [{ name: 'Émile Zola' }] },
    { keywords: ['Chain-of-Thought', 'Chain rule'] },
  ])
})

const suggest = async (typed: string) =>
  (
    await query<{ suggestions: { kind: string; text: string; id: string }[] }>(
      app,
      'query ($typed: String!) { suggestions(typed: $typed) { kind text id } }',
      { typed },
    )
  ).suggestions
const texts = async (typed: string) => (await suggest(typed)).map(({ text }) => text)

test('names in which a word begins with what is typed', async () => {
  expect(await suggest('zo')).toEqual([
    { kind: 'AUTHOR', text: 'Émile Zola', id: globalId('Author', 'Émile Zola') },
  ])
  expect(await texts('EMILE')).toEqual(['Émile Zola'])
  expect(await texts('chain')).toEqual(['chain rule', 'chain-of-thought'])
  expect(await texts('deep')).toEqual(['DeepSeek'])
  expect(await texts('eepseek')).toEqual([])
})

test('a name that is what is typed goes first', async () => {
  await plant(app.db, [
    { arxivId: arxivId(810), authors: [{ name: 'Sören Möller' }], keywords: ['MoE', 'moe routing'] },
    { arxivId: arxivId(811), authors: [{ name: 'Sören Möller' }], keywords: ['moe routing'] },
  ])
  expect(await texts('moe')).toEqual(['moe', 'Sören Möller', 'moe routing'])
})

test('one letter begins a word', async () => {
  expect(await texts('z')).toEqual(['Émile Zola'])
  expect(await texts('É')).toEqual(['Émile Zola'])
})

test('names with umlauts by either transcription, as searches find them', async () => {
  await plant(app.db, [
    {
      arxivId: arxivId(800),
      authors: [
        { name: 'Jörg Müller-Baer' },
        { name: 'Mu Ellery' },
        { name: 'Søren Ågård' },
        { name: 'Ada Mueller' },
      ],
      organization: { name: 'tu-gruen', fullName: 'Universität Grün' },
    },
  ])
  expect(await texts('müller')).toEqual(['Jörg Müller-Baer'])
  expect(await texts('muller')).toEqual(['Jörg Müller-Baer'])
  expect((await texts('mueller')).toSorted()).toEqual(['Ada Mueller', 'Jörg Müller-Baer'])
  expect(await texts('Mueller-Bae')).toEqual(['Jörg Müller-Baer'])
  expect(await texts('joerg mue')).toEqual(['Jörg Müller-Baer'])
  expect(await texts('soeren aag')).toEqual(['Søren Ågård'])
  expect(await texts('gruen')).toEqual(['Universität Grün'])
})

test('the one with the most papers comes first, however many others begin so', async () => {
  const paper = (number: number, keywords: string[]) => ({
    arxivId: arxivId(number),
    title: 'Many',
    keywords,
  })
  const others = Array.from({ length: 90 }, (_, index) => `multi-step ${index}`)
  await plant(app.db, [paper(500, others), paper(501, ['Multimodal']), paper(502, ['multimodal'])])
  expect((await texts('multi'))[0]).toBe('multimodal')
})

test('a keyword begins with what is typed in each spelling', async () => {
  await plant(app.db, [
    {
      arxivId: arxivId(600),
      title: 'Spellings',
      keywords: ['fine-tuning', 'in context learning', 'autoregressive'],
    },
  ])
  for (const typed of ['fine-tu', 'fine tu', 'finetu', 'FINE TUNING'])
    expect(await texts(typed)).toContain('fine-tuning')
  for (const typed of ['in-con', 'in context l', 'incontext'])
    expect(await texts(typed)).toContain('in context learning')
  for (const typed of ['autoreg', 'auto-reg', 'auto reg'])
    expect(await texts(typed)).toContain('autoregressive')
})

test.each(['.', '..', '- ', '%', '_o', '\\', "'", '%%', '(('])('%j is answered', async (typed) => {
  expect(await suggest(typed)).toEqual([])
})
