import { expect, test } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { elements, readPage, textOf } from '../support/page.ts'
import { plant } from '../support/papers.ts'

const app = useTestApp()

test('days, weeks and months lead to the nearest ones with papers, of another year by its name, and calendars to weeks with papers', async () => {
  const days = ['2025-11-12', '2026-01-07', '2026-03-25']
  await plant(
    app.db,
    days.map((date, index) => ({ arxivId: `2607.0000${index + 1}`, listing: { date } })),
  )
  const neighbours = async (target: string) => {
    const links = elements((await readPage(app, target)).text, 'a')
    return ['prev', 'next'].map((rel) => {
      const [link] = links.filter(({ attribs }) => attribs.rel === rel)
      return link && `${link.attribs.href} ${textOf(link)}`
    })
  }
  expect(await neighbours('/weeks/2026-W02')).toEqual([
    '../weeks/2025-W46 ← Week 46 of 2025',
    '../weeks/2026-W13 Week 13 →',
  ])
  expect(await neighbours('/months/2026-01')).toEqual([
    '../months/2025-11 ← November 2025',
    '../months/2026-03 March 2026 →',
  ])
  expect(await neighbours('/months/2025-11')).toEqual([undefined, '../months/2026-01 January 2026 →'])
  expect(await neighbours('/editions/2026-01-07')).toEqual([
    '../editions/2025-11-12 ← Wed 12 Nov 2025',
    '../editions/2026-03-25 Wed 25 Mar →',
  ])
  const { text } = await readPage(app, '/editions/2026-01-07')
  const weeks = elements(text, 'a').filter(({ attribs }) => attribs.href?.includes('weeks/'))
  expect(new Set(weeks.map(({ attribs }) => attribs.href))).toEqual(new Set(['../weeks/2026-W02']))
})
