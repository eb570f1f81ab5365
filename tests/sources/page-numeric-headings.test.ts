import { describe, expect, test } from 'vitest'
import { type PageOptions, readCapturedPage } from '../../src/ingest/sources/page.ts'
import { pageCard as card, pageFooter as footer } from '../support/source-inputs.ts'

const section = (day: string, ...dates: string[]) =>
  `Daily Papers\n\n${day}\n\n${dates.map((date, n) => card(`Paper number ${n}`, footer(date))).join('')}`

const read = (text: string, options?: PageOptions) => {
  const { records, rejections, notices } = readCapturedPage(text, options)
  return {
    days: records.map(({ listing }) => listing?.date),
    told: [...rejections.map(({ reason }) => reason), ...(notices ?? []).map(({ message }) => message)],
  }
}

const observedAt = '2026-06-30T09:00:00Z'

describe('a heading in digits is the day', () => {
  test.each<[why: string, heading: string, paper: string, options: PageOptions, day: string]>([
    ['of which no other is in the calendar', '06/29/26', 'Mar 8, 2025', {}, '2026-06-29'],
    ['of which no other is in the calendar', '29/06/2026', 'Mar 8, 2025', {}, '2026-06-29'],
    ['of which no other is in the calendar', '29-06-2026', 'Mar 8, 2025', {}, '2026-06-29'],
    ['of which no other has such lists', '12-13-26', 'Mar 8, 2025', {}, '2026-12-13'],
    ['that is not after the observation', '29.06.26', 'Mar 8, 2025', { observedAt }, '2026-06-29'],
    ['that is not after the observation', '29/06/26', 'Mar 8, 2025', { observedAt }, '2026-06-29'],
    ['that is not after the observation', '26-06-29', 'Mar 8, 2025', { observedAt }, '2026-06-29'],
    ['that is not after the observation', '05/12/26', 'Mar 8, 2025', { observedAt }, '2026-05-12'],
    ['that is not before a paper', '04.05.26', 'May 2, 2026', { observedAt }, '2026-05-04'],
    ['that is not before a paper without a year', '04.05.26', 'May 2', { observedAt }, '2026-05-04'],
    ['in the name of the file', '29.06.26', 'Mar 8, 2025', { name: '2026-06-29.txt' }, '2026-06-29'],
    ['before that in the name', '29.06.26', 'Mar 8, 2025', { name: '2026-07-03.txt' }, '2026-06-29'],
    ['of the year in the name', '29.06.26', 'Mar 8, 2025', { name: '2026-W27.txt' }, '2026-06-29'],
  ])('%s: %s', (_, heading, paper, options, day) => {
    const { days, told } = read(section(heading, paper), options)
    expect([days, told]).toEqual([[day], []])
  })

  test('near those that the page links to', () => {
    const link = '[Previous](https://huggingface.co/papers/date/2026-04-02)\n'
    expect(read(`${section('03/04/26', 'Mar 8, 2025')}${link}`)).toEqual({ days: ['2026-04-03'], told: [] })
  })

  test('in the order of the other headings', () => {
    const text = `${section('30/06/26', 'Jun 29')}\n${section('05/06/26', 'Mar 3')}`
    expect(read(text, { observedAt })).toEqual({ days: ['2026-06-30', '2026-06-05'], told: [] })
    // Another form says nothing.
    const mixed = `${section('30.06.26', 'Jun 29')}\n${section('05/06/26', 'Mar 3')}`
    expect(read(mixed, { observedAt }).days).toEqual(['2026-06-30', undefined])
  })

  test('on which it was observed, which is said to be a guess', () => {
    expect(read(section('03/04/26', 'Mar 1'), { observedAt: '2026-04-03T10:00:00Z' })).toEqual({
      days: ['2026-04-03'],
      told: [
        '"03/04/26" may be 2026-03-04 or 2026-04-03; 2026-04-03 was taken, since it was observed then. Name the file by its day, like 2026-04-03.txt, to be sure.',
      ],
    })
  })
})

test('what contradicts itself says nothing of the others', () => {
  const text = ['29/06/26', '28/06/26', '27/06/26'].map((day) => section(day, 'Mar 8, 2025')).join('\n')
  const contradicted = `${text}\n${section('26/06/26', 'Jun 28, 2026')}`
  expect(read(contradicted, { observedAt: '2026-07-01T09:00:00Z' }).days).toEqual([
    '2026-06-29',
    '2026-06-28',
    '2026-06-27',
    undefined,
  ])
})

test('where several days stay possible, none is taken, and the report names them', () => {
  expect(read(section('29.06.26', 'Mar 8, 2025'))).toEqual({
    days: [undefined],
    told: [
      '"29.06.26" may be 2026-06-29 or 2029-06-26: name the file by its day, like 2026-06-29.txt. The papers are stored without an edition.',
    ],
  })
  expect(read(section('03/04/26', 'Mar 1'), { observedAt, name: '04-03-2026.txt' })).toEqual({
    days: [undefined],
    told: [
      '"03/04/26" may be 2026-03-04 or 2026-04-03: name the file by its day, like 2026-03-04.txt. The papers are stored without an edition.',
    ],
  })
})

test('what is no day in any order is none', () => {
  expect(read(section('99/99/99', 'Mar 8, 2025')).days).toEqual([undefined])
})
