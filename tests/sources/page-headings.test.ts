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
    '12 juin',
    'vendredi 12 juin 2026',
    '12. Juni 2026',
    'viernes, 12 de junio de 2026',
    '12 giugno 2026',
    'sexta-feira, 12 de junho de 2026',
    '2026年6月12日',
    '6月12日（金）',
    '2026年6月12日 星期五',
    '２０２６年６月１２日',
    '06/12/2026',
    '12.06.26',
    '## 26-06-12',
    'Papers of 12/06/26',
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

describe('a name with a day that may be several', () => {
  const page = `${header}Jun 12\n\n${card('One paper', footer('Jun 11'))}`

  test.each(['26-06-12.txt', '12.06.26.txt', '260612.md', '12-06-2026.txt', 'daily papers 12-Jun-26.html'])(
    '%s is the one that the page says',
    (name) => expect(editions(page, { name })).toEqual({ days: ['2026-06-12'], notices: undefined }),
  )

  test('is named where the page says another', () => {
    const { rejections } = readCapturedPage(page, { name: '26-06-29.txt' })
    expect(rejections.map(({ reason }) => reason)).toContain(
      'Nothing tells the year of "Jun 12": specify --observed-at. The day in the file\'s name may be 2026-06-29 or 2029-06-26: name it like 2026-06-29.json, with a year of four digits first. The papers are stored without an edition.',
    )
  })

  test('a Unix time is when the page was saved', () => {
    const { records } = readCapturedPage(page, { name: 'papers-1781300000.txt' })
    expect(records).toMatchObject([
      {
        observedAt: '2026-06-12T21:33:20.000Z',
        listing: { date: '2026-06-12' },
        publishedAt: '2026-06-11T00:00:00.000Z',
      },
    ])
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
