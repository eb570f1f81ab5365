import { beforeAll, expect, test } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { elements, readPage, textOf } from '../support/page.ts'
import { arxivId, plant } from '../support/papers.ts'

const app = useTestApp()
beforeAll(() =>
  plant(app.db, [
    { arxivId: arxivId(1), title: 'A lonely title', githubRepo: 'https://github.com/a/b', githubStars: 1 },
    { arxivId: arxivId(2), title: 'Another one' },
  ]),
)

test('where nothing narrows a search, no place is left for it', async () => {
  const { text } = await readPage(app, '/search?q=lonely')
  expect(elements(text, 'article')).toHaveLength(1)
  expect(elements(text, 'aside')).toEqual([])
  expect(elements((await readPage(app, '/search?q=lonely&year=2026')).text, 'aside')).toHaveLength(1)
})

test('one star is one', async () => {
  const { text } = await readPage(app, `/papers/${arxivId(1)}`)
  expect(elements(text, 'a').map(textOf)).toContain('Code, 1 star')
})
