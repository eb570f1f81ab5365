import { describe, expect, test } from 'vitest'
import { readCapturedPage } from '../../src/ingest/sources/page.ts'
import { pageCard as card, pageFooter as footer } from '../support/source-inputs.ts'

const observedAt = '2026-06-12T15:00:00Z'
const header = 'Daily Papers\n\nbyAK and the research community\n\n'
const cards = card('One paper of today') + card('Another one', footer('Jun 11'))
const editions = (text: string, options: { name?: string; observedAt?: string } = { observedAt }) => {
  const { records, rejections, notices } = readCapturedPage(text, options)
  expect(rejections).toEqual([])
  return {
    days: records.map(({ listing }) => listing?.date),
    notices: notices?.map(({ message }) => message),
  }
}

describe('the day of a page', () => {
  test.each([
    'Jun 12',
    '12 June 2026',
    'Fri Jun 12 2026',
    'June 12th, 2026 (Friday)',
    '## Jun 12',
    '**Jun 12**',
    '- Jun 12',
    '‹ Jun 12 ›',
    '◀ Jun 12 ▶',
    '2026/06/12',
    '12.06.2026',
    'Jun 12 (2 papers)',
    'Papers of Jun 12',
    'Daily Papers - Jun 12',
    'Daily Papers · June 12, 2026',
  ])('may be written "%s"', (day) => {
    for (const tabs of ['', 'Daily\n\nWeekly\n\nMonthly\n\n'])
      expect(editions(`${header}${tabs}${day}\n\n${cards}`).days).toEqual(['2026-06-12', '2026-06-12'])
  })

  test.each([
    'This week',
    'Last month',
    'June',
    'Week 24 (Jun 8 - Jun 14)',
    '8 Jun - 14 Jun 2026',
    '2026-06-08 to 2026-06-14',
    '‹ Week 24 ›',
    '06/12/2026',
  ])('is not in "%s", and the report says so', (period) => {
    const { days, notices } = editions(`${header}${period}\n\n${cards}`)
    expect(days).toEqual([undefined, undefined])
    expect(notices).toEqual([
      `"${period}" is not the heading of one day; the papers are stored without an edition.`,
    ])
  })

  test('takes its year from a name that has no day, or one that may be two', () => {
    for (const name of ['12-06-2027.txt', '2027-W24.txt', 'papers 2027.md', '2027-06.txt'])
      expect(editions(`${header}Jun 12\n\n${card('One paper', footer('May 16, 2025'))}`, { name })).toEqual({
        days: ['2027-06-12'],
        notices: undefined,
      })
  })
})

describe('several days in one file', () => {
  test.each(['', header, '----------\n\n', '***\n\n', '* * *\n\n', '====================\n', '———\n\n'])(
    'may have between them: %j',
    (between) => {
      const text = `${header}Jun 12\n\n${cards}\n${between}Jun 11\n\n${card('Yesterday', footer('Jun 10'))}`
      expect(editions(text).days).toEqual(['2026-06-12', '2026-06-12', '2026-06-11'])
    },
  )
})

test('a second line of a title is no heading, whatever word it is', () => {
  for (const word of ['May', 'This week', '2026-06'])
    expect(
      readCapturedPage(`${header}Jun 12\n\n${card(`A paper on what we may or may not do in\n${word}`)}`, {
        observedAt,
      }).records,
    ).toMatchObject([
      { title: `A paper on what we may or may not do in ${word}`, listing: { date: '2026-06-12' } },
    ])
})
