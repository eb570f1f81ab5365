import { describe, expect, test } from 'vitest'
import { readCapturedPage } from '../../src/ingest/sources/page.ts'
import {
  pageAbstract as abstract,
  pageCard as card,
  pageFooter as footer,
  pageHeading as heading,
} from '../support/source-inputs.ts'

describe('a card', () => {
  test.each([
    ['May 16, 2025', 0],
    ['May 16, 2025 0', 0],
    ['May 16, 2025 1,234', 1234],
    ['May 16, 2025\n1,234', 1234],
    ['May 16, 2025\n\n12', 12],
  ])('with "%s" has %i comments', (date, comments) => {
    const { records, rejections } = readCapturedPage(
      heading + card('One paper of today', footer(date)) + card('Another one'),
    )
    expect(rejections).toEqual([])
    expect(records.map(({ title, commentCount }) => [title, commentCount])).toEqual([
      ['One paper of today', comments],
      ['Another one', 2],
    ])
  })

  test('may have a number as its title', () => {
    const { records } = readCapturedPage(
      `${heading}${card('One paper', footer('May 16, 2025'))}${card('1984')}`,
    )
    expect(records.map(({ title, commentCount }) => [title, commentCount])).toEqual([
      ['One paper', 0],
      ['1984', 2],
    ])
  })

  test('may have an abstract of several paragraphs, with a list and an address in it', () => {
    const paragraphs = [
      abstract,
      'It adds up to this:',
      '- one thing of some length',
      abstract,
      'Code: https://example.org/x',
    ]
    const text = `${heading}${card('One paper of today', undefined, paragraphs.join('\n\n'))}${card('Another one')}`
    const { records, rejections } = readCapturedPage(text)
    expect(rejections).toEqual([])
    expect(records.map(({ title }) => title)).toEqual(['One paper of today', 'Another one'])
    expect(records[0]?.abstract).toBe(paragraphs.join(' ').replace(/\s+/g, ' '))
  })

  test('keeps LaTeX, angle brackets and Unicode as they are, with accents composed', () => {
    const [record] = readCapturedPage(heading + card('On $\\mu$LO <EOS> and cafe\u0301 & 香港 🤗')).records
    expect(record?.title).toBe('On $\\mu$LO <EOS> and café & 香港 🤗')
  })

  const good = card('A good paper before') + card('A good paper after')
  test.each([
    [
      'no abstract',
      `Only a title of some words\n\n${footer('May 16, 2025')}\n\n`,
      'abstract',
      /one paragraph, "Only a title/,
    ],
    [
      'no title',
      `${abstract}\n\n${footer('May 16, 2025')}\n\n`,
      'abstract',
      /expected a title and an abstract/,
    ],
    [
      'no author line',
      card('A bad paper here', '·\nMay 16, 2025'),
      'authors',
      /no line such as "• 4 authors"/,
    ],
    [
      'no author count',
      card('A bad paper here', '  • authors\n·\nMay 16, 2025'),
      'authors',
      /does not state the number/,
    ],
    [
      'a word as author count',
      card('A bad paper here', '  • several authors\n·\nMay 16, 2025'),
      'authors',
      /does not state the number/,
    ],
    ['no authors at all', card('A bad paper here', '  • 0 authors\n·\nMay 16, 2025'), 'authorCount', /./],
    ['no date', card('A bad paper here', '  • 4 authors\n·'), 'date', /no date such as/],
    [
      'only its authors after the abstract',
      card('A bad paper here', '  • 4 authors'),
      'date',
      /no date such as/,
    ],
    [
      'a month that is none',
      card('A bad paper here', footer('Foo 16, 2025 2')),
      'date',
      /"Foo 16, 2025 2" is not a date/,
    ],
    [
      'a day that is none',
      card('A bad paper here', footer('Feb 30, 2025')),
      'date',
      /"Feb 30, 2025" is not a date/,
    ],
    [
      'no year, after the day of the heading',
      card('A bad paper here', footer('Feb 3')),
      'date',
      /"Feb 3" has no year/,
    ],
    ['no footer', card('A bad paper here', ''), 'authors', /no line such as "• 4 authors"/],
    ['an endless title', card('word '.repeat(300)), 'title', /at most 1000 are allowed/],
  ])('with %s is rejected alone, by line and reason', (_, broken, path, reason) => {
    const text = heading + good.replace('A good paper after', `${broken}A good paper after`)
    const line = text.slice(0, text.indexOf(broken)).split('\n').length
    const { records, rejections, editions } = readCapturedPage(text, { name: 'page.txt' })
    expect(records.map(({ title }) => title)).toEqual(['A good paper before', 'A good paper after'])
    expect(rejections).toEqual([
      { position: `page.txt line ${line}`, path, reason: expect.stringMatching(reason) },
    ])
    expect(editions).toEqual([])
  })

  test('without footer after another without footer: each is rejected at its own line', () => {
    const lost = Array.from({ length: 3 }, (_, n) => card(`The lost paper number ${n}`, '')).join('')
    const { records, rejections } = readCapturedPage(`${heading}${lost}${card('A good paper after')}`)
    expect(records.map(({ title }) => title)).toEqual(['A good paper after'])
    expect(rejections.map(({ position, path }) => [position, path])).toEqual([
      ['line 11', 'authors'],
      ['line 17', 'authors'],
      ['line 23', 'authors'],
    ])
  })
})
