import { beforeAll, expect, test } from 'vitest'
import { query, useTestApp } from '../support/app.ts'
import { arxivId, plant } from '../support/papers.ts'

const titles = [
  'Don’t Blind Your VLA: Aligning Visual Representations for OOD Generalization',
  'Any-to-Any Generation via Composable Diffusion',
  'Motif 2 12.7B technical report',
  'GE-Sim 2.0: A Roadmap Towards Closed-loop Video World Simulators',
  'GE-Sim 2.0: A Roadmap Towards Closed-loop Video World Simulators, Continued',
  "Why Can't Transformers Learn Multiplication? Reverse-Engineering Reveals Pitfalls",
]
const app = useTestApp()
beforeAll(() =>
  plant(
    app.db,
    titles.map((title, index) => ({ arxivId: arxivId(index + 1), title })),
  ),
)

const search = async (text: string) =>
  (
    await query<{ search: { repairedText: string | null; nodes: { title: string }[] } }>(
      app,
      'query ($text: String!) { search(text: $text) { repairedText nodes { title } } }',
      { text },
    )
  ).search

test.each(titles)('a title that was pasted without its signs finds its paper first: %s', async (title) => {
  for (const text of [
    title.replace(/[^\p{L}\p{N} ]/gu, ''),
    title.replace(/[^\p{L}\p{N} ]/gu, '').toUpperCase(),
  ]) {
    const { nodes } = await search(text)
    expect(nodes[0]?.title).toBe(title)
  }
})

test('what was searched for instead is said', async () => {
  expect((await search('Motif 2 127B technical report')).repairedText).toBe(titles[2])
  expect((await search('Motif 2 127B technical report, part 2')).nodes).toEqual([])
})
