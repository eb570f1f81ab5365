import { beforeAll, expect, test } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { elements, readPage, textOf } from '../support/page.ts'
import { arxivId, plant } from '../support/papers.ts'

const app = useTestApp()
const names = ['Ada', 'Ben', 'Cleo', 'Dora', 'Emil', 'Fay', 'Gus', 'Hal'].map((name) => ({
  name: `${name} He`,
}))
beforeAll(() =>
  plant(app.db, [
    { arxivId: arxivId(1), title: 'Eight', authors: names },
    { arxivId: arxivId(2), title: 'Seven', authors: [...names.slice(0, 6), { name: 'Hal He' }] },
  ]),
)

const authorsOn = async (target: string) =>
  elements((await readPage(app, target)).text, 'p')
    .filter(({ attribs }) => attribs.class === 'by')
    .map(textOf)

test('the page of an author shows the name in each of the papers', async () => {
  const first = 'Ada He, Ben He, Cleo He, Dora He, Emil He, Fay He'
  expect((await authorsOn('/authors/Hal%20He')).toSorted()).toEqual([
    `${first}, … Hal He`,
    `${first}, … Hal He and 1 more`,
  ])
  expect((await authorsOn('/authors/Ben%20He')).toSorted()).toEqual([
    `${first} and 1 more`,
    `${first} and 2 more`,
  ])
})

test('what a reference was read as is no correction', async () => {
  const { text } = await readPage(app, '/search?q=He+et+al.+2026')
  expect(text).toContain('These papers match <a')
  expect(text).not.toContain('Nothing has the words')
  expect((await readPage(app, '/search?q=sevven')).text).toContain('Nothing has the words as typed.')
})
