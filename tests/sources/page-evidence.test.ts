import { describe, expect, test } from 'vitest'
import type { PageOptions } from '../../src/ingest/sources/page.ts'
import { readCapturedPage } from '../../src/ingest/sources/page.ts'
import { pageCard as card, pageFooter as footer } from '../support/source-inputs.ts'

const page = (day: string, ...dates: string[]) =>
  `Daily Papers\n\n${day}\n\n${dates.map((date, n) => card(`Paper number ${n}`, footer(date))).join('')}`

const read = (text: string, options?: PageOptions) => {
  const { records, rejections, editions, notices } = readCapturedPage(text, options)
  return {
    edition: editions[0]?.date,
    dates: records.map(({ publishedAt }) => publishedAt.slice(0, 10)),
    reasons: rejections.map(({ reason }) => reason),
    notices: notices?.map(({ message }) => message) ?? [],
  }
}

describe('the year of a heading that names none', () => {
  const observedAt = '2026-06-29T16:31:22Z'
  test.each<[evidence: string, day: string, paper: string, options: PageOptions, edition: string]>([
    ['the time of observation', 'Jun 29', 'Mar 8, 2024 6', { observedAt }, '2026-06-29'],
    ['the time of observation, a day ahead of UTC', 'Jun 30', 'Mar 8, 2024', { observedAt }, '2026-06-30'],
    ['the time of observation in the next year', 'Jul 1', 'Mar 8, 2024', { observedAt }, '2025-07-01'],
    ['the day in the name', 'Jun 29', 'Mar 8, 2024', { name: 'papers-2026-06-29.txt' }, '2026-06-29'],
    ['a later day in the name', 'Jun 29', 'Mar 8, 2024', { name: '2026-07-03.txt' }, '2026-06-29'],
    [
      'the name before the observation',
      'Jun 29',
      'Mar 8, 2023',
      { name: '2024-06-29.txt', observedAt },
      '2024-06-29',
    ],
    ['its own year', 'Jun 29, 2023', 'Mar 8, 2022', { observedAt }, '2023-06-29'],
  ])('is told by %s', (_, day, paper, options, edition) => {
    expect(read(page(day, paper), options)).toMatchObject({ edition, reasons: [], notices: [] })
  })

  test('is told by links to the days before and after', () => {
    const link = '[Previous](https://huggingface.co/papers/date/2026-03-24)'
    expect(read(`${page('Mar 25', 'Oct 7, 2024')}${link}\n`)).toMatchObject({
      edition: '2026-03-25',
      notices: [],
    })
  })

  test('is a guess without any of these, and said to be one', () => {
    const { edition, notices } = read(page('Jun 29', 'Mar 8, 2024 6'))
    expect(edition).toBe('2025-06-29')
    expect(notices).toEqual([
      '"Jun 29" names no year; 2025-06-29 was taken, since the page prints the year only with dates of other years, the latest 2024. Specify --observed-at to be sure.',
    ])
  })

  test('is not taken from a name that the page contradicts', () => {
    expect(read(page('Jan 5', 'Nov 25, 2025'), { name: '2025-01-05.txt' }).edition).toBe('2026-01-05')
  })

  test('is not taken from an observation that the page contradicts', () => {
    const { edition, dates, reasons } = read(page('Jun 29', 'Mar 8, 2024'), {
      observedAt: '2023-07-01T00:00:00Z',
    })
    expect([edition, dates]).toEqual([undefined, ['2024-03-08']])
    expect(reasons).toEqual([
      expect.stringContaining('the page has a paper of 2024-03-08: correct --observed-at'),
    ])
  })
})

describe('a date without a year', () => {
  test.each(['May 30', 'May 30 12', 'May 30\n12', '30 May', 'Fri, May 30', 'May 30th', 'May 30 1000'])(
    'is of the year of the heading: "%s"',
    (date) => {
      const { dates, reasons } = read(page('Jun 29', date, 'Mar 8, 2024'), {
        observedAt: '2026-06-30T00:00:00Z',
      })
      expect([dates, reasons]).toEqual([['2026-05-30', '2024-03-08'], []])
    },
  )

  test('is of the guessed year as well, which is told by the other papers', () => {
    expect(read(page('Jun 29', 'May 30', 'Mar 8, 2024'))).toMatchObject({
      edition: '2025-06-29',
      dates: ['2025-05-30', '2024-03-08'],
    })
  })

  test('is rejected where it would be after its edition', () => {
    const { dates, reasons } = read(page('Jun 29', 'Jun 30', 'Jun 29'), {
      observedAt: '2026-06-30T00:00:00Z',
    })
    expect(dates).toEqual(['2026-06-29'])
    expect(reasons).toEqual(['"Jun 30" has no year, and in 2026 it is after 2026-06-29.'])
  })

  test('is rejected where nothing tells the year, with what to do', () => {
    const { dates, reasons } = read(page('Jun 29', 'May 30', 'May 29 2'))
    expect(dates).toEqual([])
    expect(reasons).toHaveLength(3)
    for (const reason of reasons) expect(reason).toMatch(/specify --observed-at/)
  })

  test('is of the year of observation on a page of another period', () => {
    expect(read(page('Week 26', 'May 30'), { observedAt: '2026-06-30T00:00:00Z' }).dates).toEqual([
      '2026-05-30',
    ])
    expect(read(page('June 2025', 'May 30'), { observedAt: '2026-06-30T00:00:00Z' }).dates).toEqual([
      '2025-05-30',
    ])
  })
})

describe('several days in one file', () => {
  const header =
    'Hugging Face\n\nModels\n\nnew\n\nSubscribe\n\nDaily Papers\n\nbyAK and the research community\n\n'
  test.each([
    ['', 'a day alone'],
    [header, 'the whole header'],
    ['Previous\n\nNext\n\n', 'buttons'],
  ])('%j between them: each paper is on its own day', (between) => {
    const first = card('One paper', footer('May 30, 2025')) + card('Another one', footer('Mar 8, 2024'))
    const text = `${header}Jan 9\n\n${first}${between}Jan 8\n\n${card('A third one', footer('Mar 13, 2025 3'))}`
    const { records, rejections, editions } = readCapturedPage(text)
    expect(rejections).toEqual([])
    expect(records.map(({ title, listing }) => [title, listing?.date])).toEqual([
      ['One paper', '2026-01-09'],
      ['Another one', '2026-01-09'],
      ['A third one', '2026-01-08'],
    ])
    expect(editions).toHaveLength(2)
  })

  test('of two years, each by its own papers', () => {
    const text = page('Jan 2', 'Nov 25, 2025') + page('Dec 31', 'Dec 1', 'Nov 25, 2024')
    const { records } = readCapturedPage(text)
    expect(records.map(({ listing, publishedAt }) => [listing?.date, publishedAt.slice(0, 10)])).toEqual([
      ['2026-01-02', '2025-11-25'],
      ['2025-12-31', '2025-12-01'],
      ['2025-12-31', '2024-11-25'],
    ])
  })
})

describe('pages that are not of one day', () => {
  test.each([
    'Week 2',
    'Week 27, 2026',
    '2026-W27',
    'June 2026',
    'Jun 23 - Jun 29',
    'Jun 23 – 29',
    'Jun 29 - Jul 5, 2026',
  ])('"%s" is a heading: papers are kept without an edition, which is said once', (heading) => {
    const text = page('Daily\n\nWeekly\n\nMonthly\n\nHEADING', 'May 30, 2025', 'Mar 8, 2024').replace(
      'HEADING',
      heading,
    )
    const { records, rejections, editions, notices } = readCapturedPage(text)
    expect(records.map(({ listing }) => listing)).toEqual([undefined, undefined])
    expect([rejections, editions]).toEqual([[], []])
    expect(notices).toEqual([
      { position: 'line 9', message: expect.stringContaining(`"${heading}" is not the heading of one day`) },
    ])
  })

  test('of trending papers: neither comments nor one-sentence summaries are taken as the paper\u2019s', () => {
    const summary =
      'UniMate is a unified diffusion transformer that generates articulated motion for rigged assets.'
    const text = [
      '# Trending Papers\n\n## by [AK](/akhaliq) and the research community',
      `Submitted by\n\nvvasilev\n\n### [One paper of today](https://huggingface.co/papers/2610.05608)\n\n${'It works. '.repeat(20)}`,
      '[Kandinsky Lab](https://huggingface.co/kandinskylab) · Published on Oct 4, 2026',
      '[Upvote\n\n117](https://huggingface.co/login?next=%2Fpapers%2F2610.05608)\n\n[GitHub 3.29k](https://github.com/a/b) [arXiv Page](https://arxiv.org/abs/2610.05608)',
      `### [Another paper of\ntoday](https://huggingface.co/papers/2609.05415)\n\n${summary}\n\n-\n\n-\n\n- 4 authors\n\n· Dec 28, 2024`,
      '[Upvote\n\n22](https://huggingface.co/login?next=%2Fpapers%2F2609.05415)\n\n[GitHub 131](https://github.com/a/c)',
    ].join('\n\n')
    const { records, rejections } = readCapturedPage(text)
    expect(rejections).toEqual([])
    const observedAt = '2026-10-04T00:00:00.000Z'
    expect(records).toEqual([
      {
        observedAt,
        arxivId: '2610.05608',
        title: 'One paper of today',
        abstract: 'It works. '.repeat(20).trim(),
        publishedAt: observedAt,
      },
      {
        observedAt,
        arxivId: '2609.05415',
        title: 'Another paper of today',
        authorCount: 4,
        publishedAt: '2024-12-28T00:00:00.000Z',
      },
    ])
  })

  test.each(['No papers found', 'No papers found for this date', 'No results'])(
    '"%s" is an empty page',
    (line) => {
      expect(readCapturedPage(`Daily Papers\n\nJan 9\n\n${line}\n`)).toEqual({
        records: [],
        rejections: [],
        editions: [],
        notices: [{ position: 'line 5', message: 'The page lists no papers.' }],
      })
    },
  )
})
