import { beforeAll, expect, test } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { plantLibrary } from '../support/library.ts'
import { elements, everyPage, readPage, textOf } from '../support/page.ts'

const app = useTestApp()
beforeAll(() => plantLibrary(app.db))

const read = (target: string) => readPage(app, target)

test.each(everyPage)('%s says what it is to those who share and index it', async (target) => {
  const { text } = await read(target)
  const meta = new Map(
    elements(text, 'meta').map(({ attribs }) => [attribs.property ?? attribs.name, attribs.content]),
  )
  const canonical =
    elements(text, 'link').find(({ attribs }) => attribs.rel === 'canonical')?.attribs.href ?? ''
  expect(meta.get('og:url')).toBe(canonical)
  expect(meta.get('og:type')).toBe(target.startsWith('/papers/') ? 'article' : 'website')
  expect(meta.get('og:title')).toBe(textOf(elements(text, 'title')[0] as never))
  expect(meta.get('og:description')).toBe(meta.get('description'))
  expect(meta.get('description')).toMatch(/^\S+ .+ \S+$/)
  expect(meta.get('robots')).toBe(target.startsWith('/search?') ? 'noindex' : undefined)
  // The canonical address is that of the same page.
  const { pathname, search } = new URL(canonical)
  expect((await read(pathname + search)).text).toBe(text)
})
