import { beforeAll, expect, test } from 'vitest'
import { query, useTestApp } from '../support/app.ts'
import { arxivId, plant } from '../support/papers.ts'

const app = useTestApp()
beforeAll(async () => {
  const titles = ['Attention', 'Attention Again', 'More Attention', 'Attention to Data']
  await plant(
    app.db,
    titles.map((title, index) => ({ arxivId: arxivId(index + 1), title })),
  )
  await plant(app.db, [{ arxivId: arxivId(10), title: 'Residues', authors: [{ name: 'Kaiming Hé' }] }])
})

interface Found {
  readonly repairedText: string | null
  readonly totalCount: number
  readonly nodes: readonly { readonly title: string }[]
  readonly pageInfo: { readonly endCursor: string; readonly startCursor: string }
}

async function search(text: string, paging: Record<string, unknown>): Promise<Found> {
  const document = `query ($text: String!, $first: Int, $after: String, $last: Int, $before: String) {
    search(text: $text, first: $first, after: $after, last: $last, before: $before) {
      repairedText totalCount nodes { title } pageInfo { startCursor endCursor } } }`
  return (await query<{ search: Found }>(app, document, { text, ...paging })).search
}

test('the next page of a repaired search belongs to the list of the first, whatever came between', async () => {
  const first = await search('atention', { first: 2 })
  expect(first).toMatchObject({ repairedText: 'attention', totalCount: 4 })

  await plant(app.db, [{ arxivId: arxivId(20), title: 'Atention Is a Name' }])
  expect(await search('atention', { first: 2 })).toMatchObject({ repairedText: null, totalCount: 1 })

  const next = await search('atention', { first: 2, after: first.pageInfo.endCursor })
  expect(next).toMatchObject({ repairedText: 'attention', totalCount: 4 })
  const titles = [...first.nodes, ...next.nodes].map(({ title }) => title)
  expect(titles.sort()).toEqual(['Attention', 'Attention Again', 'Attention to Data', 'More Attention'])

  const back = await search('atention', { last: 2, before: next.pageInfo.startCursor })
  expect(back.nodes).toEqual(first.nodes)
})

test('the page behind the last of an author with a year is empty, and says what it looked for', async () => {
  const first = await search('Kaiming He 2024', { first: 1 })
  expect(first.repairedText).toBe('author:"Kaiming He"')
  const next = await search('Kaiming He 2024', { first: 1, after: first.pageInfo.endCursor })
  expect(next).toMatchObject({ repairedText: 'author:"Kaiming He"', totalCount: 1, nodes: [] })
})

test.each([
  ['far longer than a search may be', 'attention '.repeat(300)],
  ['of more phrases than a search may have', '"sparse attention" '.repeat(20)],
  ['of blanks', '   '],
  ['that no database stores', 'atten\0tion'],
])('a cursor with a text %s is refused', async (_what, text) => {
  const { pageInfo } = await search('attenntion', { first: 2 })
  const parts = JSON.parse(Buffer.from(pageInfo.endCursor, 'base64url').toString()) as unknown[]
  const forged = [parts[0], String(parts[1]).slice(0, 8) + text, ...parts.slice(2)]
  const after = Buffer.from(JSON.stringify(forged)).toString('base64url')
  await expect(search('attenntion', { first: 2, after })).rejects.toThrow('another filter or owner')
})
