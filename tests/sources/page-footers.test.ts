import { describe, expect, test } from 'vitest'
import { readCapturedPage } from '../../src/ingest/sources/page.ts'
import {
  pageAbstract as abstract,
  pageCard as card,
  pageFooter as footer,
  pageHeading as heading,
} from '../support/source-inputs.ts'

const cards = (text: string) => {
  const { records, rejections } = readCapturedPage(text)
  expect(rejections).toEqual([])
  return records.map(({ title, authorCount, commentCount }) => [title, authorCount, commentCount])
}

describe('the footer of a card', () => {
  test.each([
    '*',
    '-',
    '–',
    '—',
    '◦',
    '‣',
    '▪',
    '+',
    'o',
    '•',
    '∙',
    '■',
    '➤',
    '→',
    '\\-',
    '1.',
    '&bull;',
    '',
  ])('may have the list mark "%s"', (mark) => {
    const line = `  ${mark} 1,234 authors`
    for (const text of [
      `${line}\n·\nMay 30, 2025 2`,
      `${line}\n\n·\n\nMay 30, 2025 2`,
      `${line} · May 30, 2025 2`,
    ]) {
      expect(cards(`${heading}${card('One paper of today', text)}${card('Another one')}`)).toEqual([
        ['One paper of today', 1234, 2],
        ['Another one', 4, 2],
      ])
    }
  })

  test.each([
    'OCC',
    'Microsoft',
    'University of Massachusetts Amherst',
    'Acme, Inc.',
    '香港科技大学',
    'جامعة',
    '01.AI',
    'Yahoo!',
    'New',
    '100',
  ])('may name an organization in place of the authors: "%s"', (name) => {
    for (const text of [
      `${name}\n·\nMay 30, 2025 3`,
      `${name}\n\n·\n\nMay 30, 2025 3`,
      `${name} · May 30, 2025 3`,
    ]) {
      const { records, rejections } = readCapturedPage(
        heading + card('One paper of today', text) + card('Another one'),
      )
      expect(rejections).toEqual([])
      expect(records[0]).toMatchObject({
        title: 'One paper of today',
        abstract: abstract.trim(),
        commentCount: 3,
      })
      expect(records[0]).not.toHaveProperty('authorCount')
      expect(records).toHaveLength(2)
    }
  })

  test.each(['·', '∙', '|', '-', '–', '*', ',', '‧', '/', '&middot;'])(
    'may have the sign "%s" before its date',
    (sign) => {
      for (const text of [`• 3 authors\n${sign}\nMay 30, 2025 2`, `• 3 authors\n\n${sign}\n\nMay 30, 2025 2`])
        expect(cards(`${heading}${card('One paper of today', text)}`)).toEqual([['One paper of today', 3, 2]])
    },
  )

  test.each(['·', '|', '-', '–', ',', ' /'])('may be one line with the sign "%s"', (sign) => {
    const text = `- 3 authors${sign} May 30, 2025 2`
    expect(cards(`${heading}${card('One paper of today', text)}`)).toEqual([['One paper of today', 3, 2]])
  })

  test('does not take the end of an abstract for an organization', () => {
    const long = `${abstract}\n\nCode: https://example.org/x`
    const { records, rejections } = readCapturedPage(
      heading + card('A paper without authors', '·\nMay 30, 2025', long),
    )
    expect(records).toEqual([])
    expect(rejections).toMatchObject([{ path: 'authors' }])
  })
})

describe('numbers between two cards', () => {
  const one = (footer: string) => `One paper of today\n\n${abstract}\n\n${footer}\n\n`
  const two = `Another one\n\n${abstract}\n\n${footer('Mar 8, 2024 6')}\n\n`
  const comments = (text: string) => cards(text).map(([, , count]) => count)
  const date = footer('May 30, 2025')

  test.each([
    ['votes above each title', `${heading}-\n\n${one(date)}65\n\n${two}`, [0, 6]],
    ['votes without blank lines', `${heading}-\n${one(date).trimEnd()}\n65\n\n${two}`, [0, 6]],
    ['comments and votes', `${heading}3\n\n${one(`${date}\n12`)}65\n\n${two}`, [12, 6]],
    ['a label above votes', `${heading}Upvote\n\n7\n\n${one(date)}Upvote\n65\n\n${two}`, [0, 6]],
    ['a label below', `${heading}${one(date)}Upvote\n\n117\n\n${two}`, [0, 6]],
    [
      'submitters',
      `${heading}Submitted by\nakhaliq\n\n1\n\n${one(date)}Submitted by user-2\n\n65\n\n${two}`,
      [0, 6],
    ],
    ['votes with words', `${heading}Upvotes: 7\n\n${one(date)}65 upvotes\n\n${two}`, [0, 6]],
    ['votes with signs', `${heading}▲ 7\n\n${one(date)}👍 65\n\n${two}`, [0, 6]],
    ['comments with words', `${heading}${one(`${date}\n12 comments`)}${two}`, [12, 6]],
    ['comments with signs', `${heading}${one(`${date} 💬 12`)}${two}`, [12, 6]],
    [
      'names of submitters with spaces',
      `${heading}Submitted by\nJane van Doe\n\n1\n\n${one(date)}Submitted by\n[Jane's avatar] jane\n\n65\n\n${two}`,
      [0, 6],
    ],
    ['comments on lines of their own', `${heading}${one(`${date}\n12`)}${two}`, [12, 6]],
    ['comments after a blank line, no votes', `${heading}${one(`${date}\n\n12`)}${two}`, [12, 6]],
    ['votes after the last card', `${heading}-\n\n${one(date)}65\n\n${two}9`, [0, 6]],
  ])('%s', (_, text, expected) => {
    expect(comments(text)).toEqual(expected)
  })

  test('are nobody\u2019s where a file may end with the votes of a card or the comments of one', () => {
    const { records } = readCapturedPage(
      `${heading}7\n\n${one(`${date}\n\n12`)}65\n\nThe last one\n\n${abstract}\n\n${date}\n\n9\n`,
    )
    expect(records.map(({ commentCount }) => commentCount)).toEqual([12, undefined])
  })

  test('which may be either are nobody\u2019s', () => {
    // Without its heading the page does not show whether the first title has votes.
    const { records } = readCapturedPage(`${one(date)}65\n\n${two}`)
    expect(records.map(({ commentCount }) => commentCount)).toEqual([undefined, 6])
  })
})

describe('hostile pages', () => {
  const good = card('A good paper')
  test.each([
    ['a title of signs alone', '!!! ??? ---', undefined],
    ['a title of 10,000 characters without a space', 'x'.repeat(10_000), /at most 1000/],
    ['right-to-left text', 'שלום עולם: مرحبا بالعالم', undefined],
    ['CJK text', '大规模语言模型的稀疏注意力机制研究', undefined],
    ['private-use characters', 'A \uE000\uF8FF paper of \u{F0000}', undefined],
    ['marks of Markdown', '[[[[![![](x)**__``` > # ](y)', undefined],
    ['markup', '<script>alert(1)</script><b>A paper</b>', undefined],
  ])('%s', (_, title, reason) => {
    const { records, rejections } = readCapturedPage(heading + card(title) + good)
    expect(records.map((record) => record.title)).toEqual(reason ? ['A good paper'] : [title, 'A good paper'])
    expect(rejections.map((rejection) => rejection.reason)).toEqual(
      reason ? [expect.stringMatching(reason)] : [],
    )
  })

  test('control characters leave the title', () => {
    const { records } = readCapturedPage(heading + card('A \u0001\u0007\u001b[31m paper') + good)
    expect(records.map((record) => record.title)).toEqual(['A paper', 'A good paper'])
  })

  test.each([
    ['authors', `  • ${'9'.repeat(40)} authors\n·\nMay 30, 2025`, 'authorCount'],
    ['comments', `  • 4 authors\n·\nMay 30, 2025 ${'9'.repeat(40)}`, 'commentCount'],
  ])('forty digits as the number of %s cost that card alone', (_, text, path) => {
    const { records, rejections } = readCapturedPage(heading + card('A bad paper here', text) + good)
    expect(records.map((record) => record.title)).toEqual(['A good paper'])
    expect(rejections).toMatchObject([{ path, reason: expect.stringContaining('is not a whole number') }])
  })

  test.each([
    ['brackets', '['.repeat(1_000_000)],
    ['links', '[a](https://huggingface.co/papers/1)'.repeat(100_000)],
    ['dots', '· '.repeat(1_000_000)],
    ['blank lines', '\n'.repeat(1_000_000)],
    ['list marks', '- \n'.repeat(200_000)],
    ['days', 'Jan 5\n\n'.repeat(100_000)],
    ['numbers', '65\n'.repeat(200_000)],
    ['fences and hashes', '#'.repeat(1_000_000)],
  ])('a million %s are read in time', (_, bomb) => {
    const markdown = '### [A title](https://huggingface.co/papers/2401.00001)\n\n'
    for (const text of [bomb, heading + markdown + bomb, `${heading}${good}${bomb}`]) {
      try {
        readCapturedPage(text)
      } catch (error) {
        expect(error).toHaveProperty('name', 'SourceError')
      }
    }
  })
})
