import { expect, test } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { elements, readPage, textOf } from '../support/page.ts'
import { plant } from '../support/papers.ts'

const app = useTestApp()

test('years narrow a search in their order, the newest first', async () => {
  const years = ['2024', '2024', '2025', '2026']
  await plant(
    app.db,
    years.map((year) => ({ title: `Sparse in ${year}`, publishedAt: `${year}-03-01T00:00:00.000Z` })),
  )
  const { text } = await readPage(app, '/search?q=sparse')
  const links = elements(text, 'a').filter(({ attribs }) => attribs.href?.includes('year='))
  expect(links.map(textOf)).toEqual(['2026', '2025', '2024'])
})
