import { describe, expect, test } from 'vitest'
import type { PaperRecord } from '../../db/model/record.ts'
import { readDailyPapers } from '../../src/ingest/sources/daily-papers.ts'
import { changedEntry, fixtureEntries, onlyRecord } from '../support/source-data.ts'

const observedAt = '2026-07-02T09:00:00.000Z'

function read(file: string, date?: string): PaperRecord {
  return onlyRecord(readDailyPapers(fixtureEntries(file), { observedAt, ...(date && { date }) }))
}

/** The newest shape, with other values at some paths of its first entry. */
function changed(changes: Record<string, unknown>) {
  const [first, ...others] = fixtureEntries('2026-07-02.json')
  return readDailyPapers([changedEntry(first, changes), ...others], { observedAt })
}

describe('texts', () => {
  test('the title within the paper wins over the one outside, which only fills in', () => {
    expect(read('2024-06-04.json').title).toMatch(/^μLO: /)
    expect(read('2025-03-07.json').title).toBe(
      'L^2M: Mutual Information Scaling Law for Long-Context Language Modeling',
    )
    const filled = changed({ 'paper.title': undefined, title: 'From outside' })
    expect(filled.records[0]?.title).toBe('From outside')
  })

  test('are folded and composed, and otherwise left alone', () => {
    const { records } = changed({
      'paper.title': '  $\\mu$LO:\n  a <person,\u00A0action> in cafe\u0301 &amp; 香港 ',
      'paper.summary': 'Line\nbreaks\r\n\r\nand <EOS>.\n',
    })
    expect(records[0]).toMatchObject({
      title: '$\\mu$LO: a <person, action> in café &amp; 香港',
      abstract: 'Line breaks and <EOS>.',
    })
  })

  test.each([
    ['a title of half a character', 'paper.title', { 'paper.title': '\uD83E' }, /empty/],
    ['a name of NUL', 'paper.authors.1.name', { 'paper.authors.1.name': '\0' }, /empty/],
    ['an empty title', 'paper.title', { 'paper.title': ' \n' }, /empty/],
    [
      'an endless title',
      'paper.title',
      { 'paper.title': 'x'.repeat(1001) },
      /1001 characters; at most 1000 are allowed/,
    ],
    [
      'a title that grows beyond an index',
      'paper.title',
      { 'paper.title': '\uFDFA'.repeat(200) },
      /too many bytes/,
    ],
    [
      'an endless abstract',
      'paper.summary',
      { 'paper.summary': 'x'.repeat(20_001) },
      /at most 20000 are allowed/,
    ],
    ['no title anywhere', 'paper.title', { title: undefined, 'paper.title': undefined }, /missing/],
    ['no id', 'paper.id', { 'paper.id': undefined }, /missing/],
    ['a foreign id', 'paper.id', { 'paper.id': 'my-paper' }, /"my-paper" is not an arXiv id/],
    ['no publication', 'paper.publishedAt', { 'paper.publishedAt': undefined }, /missing/],
    [
      'a day that is none',
      'paper.publishedAt',
      { 'paper.publishedAt': '2025-02-30T00:00:00.000Z' },
      /not an instant/,
    ],
    [
      'a year out of range',
      'paper.publishedAt',
      { 'paper.publishedAt': '0202-02-03T00:00:00.000Z' },
      /not an instant/,
    ],
    ['negative votes', 'paper.upvotes', { 'paper.upvotes': -3 }, /-3 is not a whole number from 0/],
    ['half a vote', 'paper.upvotes', { 'paper.upvotes': 2.5 }, /2.5 is not a whole number/],
    [
      'votes in words',
      'paper.upvotes',
      { 'paper.upvotes': 'many' },
      /Expected a number, not the text "many"/,
    ],
    ['too many comments for Postgres', 'numComments', { numComments: 2 ** 31 }, /2147483648 is not/],
    ['an author without a name', 'paper.authors.0.name', { 'paper.authors.0.name': undefined }, /missing/],
    [
      'authors that are no list',
      'paper.authors',
      { 'paper.authors': {} },
      /Expected an array, not an object/,
    ],
    [
      'too many authors',
      'paper.authors',
      { 'paper.authors': Array(10_001).fill({ name: 'A' }) },
      /at most 10000 items are allowed/,
    ],
    [
      'endless names',
      'paper.authors',
      { 'paper.authors': Array(1_000).fill({ name: 'A'.repeat(450) }) },
      /450000/,
    ],
    ['no paper', 'paper', { paper: null }, /Expected an object, not null/],
  ] as [string, string, Record<string, unknown>, RegExp][])(
    'with %s cost this item alone',
    (_, path, change, reason) => {
      const { records, rejections } = changed(change)
      expect(rejections).toEqual([{ position: 'item 1', path, reason: expect.stringMatching(reason) }])
      expect(records.map(({ arxivId }) => arxivId)).toEqual(['2607.00248'])
    },
  )

  test('several faults in one item are one rejection that counts them', () => {
    const { rejections } = changed({ 'paper.upvotes': -1, numComments: -1, 'paper.id': 7 })
    expect(rejections).toEqual([
      { position: 'item 1', path: 'paper.id', reason: expect.stringMatching(/And 2 more errors/) },
    ])
  })
})

describe('what is not essential', () => {
  test.each([
    ['githubRepo', { 'paper.githubRepo': 42 }, 'githubRepo'],
    ['a script as project page', { 'paper.projectPage': 'javascript:alert(1)' }, 'projectPage'],
    ['stars below none', { 'paper.githubStars': -1 }, 'githubStars'],
    ['an organization without a name', { 'paper.organization': {}, organization: {} }, 'organization'],
    ['keywords that are no list', { 'paper.ai_keywords': 'attention' }, 'keywords'],
    ['a discussion of no text', { 'paper.discussionId': {} }, 'discussionId'],
    ['a summary of NUL', { 'paper.ai_summary': '\0' }, 'aiSummary'],
    ['a null', { 'paper.upvotes': null }, 'upvotes'],
    ['an empty abstract', { 'paper.summary': '', summary: '' }, 'abstract'],
    ['an empty list of authors', { 'paper.authors': [] }, 'authors'],
  ] as [string, Record<string, unknown>, string][])(
    'counts as not told when it cannot be read: %s',
    (_, change, field) => {
      const { records, rejections } = changed(change)
      expect(rejections).toEqual([])
      expect(records).toHaveLength(2)
      expect(records[0]).not.toHaveProperty(field)
    },
  )

  test('a broken account costs the account, not its author; a broken address not its list', () => {
    const { records } = changed({
      'paper.authors.0.user': { fullname: 'Nobody' },
      'paper.authors.1.user': {
        user: 'somebody',
        isPro: 'yes',
        avatarUrl: 'avatars/x.svg',
        followerCount: 3,
      },
      'paper.mediaUrls': ['https://example.org/a.mp4', 7, 'ftp://example.org/b', 'https://example.org/a.mp4'],
    })
    expect(records[0]?.authors?.[0]).toEqual({ name: expect.any(String), hidden: false })
    expect(records[0]?.authors?.[1]?.account).toEqual({ name: 'somebody', followerCount: 3 })
    expect(records[0]?.mediaUrls).toEqual(['https://example.org/a.mp4'])
  })

  test('addresses are freed of blanks around and line breaks within, keywords freed of blanks and repetitions, ids of versions', () => {
    const { records } = changed({
      'paper.projectPage': ' https://example.\norg/page ',
      'paper.ai_keywords': ['attention', '', 'attention', ' sparse\n attention '],
      'paper.id': '2607.01218v3',
    })
    expect(records[0]).toMatchObject({
      arxivId: '2607.01218',
      projectPage: 'https://example.org/page',
      keywords: ['attention', 'sparse attention'],
    })
  })

  test('unknown fields pass', () => {
    const { records, rejections } = changed({ new: { anything: [1] }, 'paper.new': 7 })
    expect([records.length, rejections.length]).toEqual([2, 0])
    expect(records[0]).not.toHaveProperty('new')
  })
})
