import { ClientError } from 'graphql-request'
import { beforeAll, describe, expect, test } from 'vitest'
import { parsePeriod, periodOf } from '../../db/model/period.ts'
import { query, useTestApp } from '../support/app.ts'
import { plant } from '../support/papers.ts'
import { aReading, aRecord } from '../support/records.ts'

const app = useTestApp()
beforeAll(async () => {
  const listed = (date: string, name: string) => ({ listing: { date, submitter: { name } } })
  await plant(app.db, [
    { title: 'A', upvotes: 3, commentCount: 1, keywords: ['x', 'y'], ...listed('2026-01-02', 'akhaliq') },
    { title: 'B', upvotes: 9, commentCount: 2, keywords: ['x'], ...listed('2026-01-05', 'akhaliq') },
    { title: 'C', upvotes: 5, commentCount: 0, keywords: ['y'], ...listed('2026-01-07', 'taesiri') },
    { title: 'D', upvotes: 7, commentCount: 0, keywords: ['y'], ...listed('2026-01-07', 'akhaliq') },
    { title: 'E', upvotes: 1, commentCount: 0, keywords: ['z'], ...listed('2026-02-02', 'taesiri') },
  ])
  const reading = aReading('2026-02-03', '2026-02-03T09:00:00.000Z', [
    aRecord({ arxivId: '2606.00099', title: 'F', upvotes: 0, commentCount: 0 }),
  ])
  await plant(app.db, reading.records, { editions: reading.editions })
})

describe('editions', () => {
  test('the latest, its neighbours, its submitters, its freshness', async () => {
    const data = await query(
      app,
      `{ latest: edition { date previous { date previous { date previous { date } } } next { date } readings { source readAt } }
         edition(date: "2026-01-07") { next { date } submitters { account { name } papers } readings { readAt } } }`,
    )
    expect(data).toEqual({
      latest: {
        date: '2026-02-03',
        previous: { date: '2026-02-02', previous: { date: '2026-01-07', previous: { date: '2026-01-05' } } },
        next: null,
        readings: [{ source: 'huggingface', readAt: '2026-02-03T09:00:00.000Z' }],
      },
      edition: {
        next: { date: '2026-02-02' },
        submitters: [
          { account: { name: 'akhaliq' }, papers: 1 },
          { account: { name: 'taesiri' }, papers: 1 },
        ],
        readings: [],
      },
    })
  })

  test('a range that ends before it begins is refused', async () => {
    const error = await query(
      app,
      '{ editions(from: "2026-02-01", to: "2026-01-01") { nodes { date } } }',
    ).catch((reason) => reason)
    expect((error as ClientError).response.errors?.[0]).toMatchObject({
      message: 'to: must not be before `from`.',
      extensions: { code: 'BAD_USER_INPUT', argument: 'to' },
    })
  })

  test('its papers, page by page, for many editions at once', async () => {
    const data = await query(
      app,
      `{ edition(date: "2026-01-07") { papers(first: 1) { totalCount nodes { title } pageInfo { hasNextPage endCursor } } }
         editions(to: "2026-01-31") { nodes { date papers(order: NEWEST) { totalCount nodes { title } } } } }`,
    )
    expect(data).toMatchObject({
      edition: { papers: { totalCount: 2, nodes: [{ title: 'D' }], pageInfo: { hasNextPage: true } } },
      editions: {
        nodes: [
          { date: '2026-01-07', papers: { totalCount: 2 } },
          { date: '2026-01-05', papers: { totalCount: 1, nodes: [{ title: 'B' }] } },
          { date: '2026-01-02', papers: { totalCount: 1, nodes: [{ title: 'A' }] } },
        ],
      },
    })
    const { papers } = (data as { edition: { papers: { pageInfo: { endCursor: string } } } }).edition
    const rest = await query(
      app,
      `query ($after: String!) { edition(date: "2026-01-07") { papers(first: 1, after: $after) { nodes { title } } } }`,
      { after: papers.pageInfo.endCursor },
    )
    expect(rest).toEqual({ edition: { papers: { nodes: [{ title: 'C' }] } } })
  })

  test('the papers of a period have no order RELEVANCE: the refusal names the list that has', async () => {
    const error = await query(
      app,
      '{ period(month: "2026-01") { papers(order: RELEVANCE) { totalCount } } }',
    ).catch((reason) => reason)
    const { message, extensions } = (error as ClientError).response.errors?.[0] ?? {}
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', argumentPath: ['order'] })
    expect(message).toContain(
      'use papers(filter: { text: …, editionFrom: "2026-01-01", editionTo: "2026-01-31" }, order: RELEVANCE)',
    )
  })

  test.each([
    ['week', 'period(week: "9999-W52") { to }'],
    ['day', 'period(day: "9999-12-31") { next { to } }'],
    ['month', 'period(month: "0001-01") { previous { editions { date } } }'],
    ['from', 'topKeywords(from: "0001-01-01", to: "0001-01-02") { papers }'],
    ['asOf', 'papers(first: 1, order: TRENDING, asOf: "9999-12-31T23:59:59Z") { nodes { id } }'],
    ['asOf', 'papers(first: 1) { nodes { trending(asOf: "9999-12-31T23:59:59Z") { score } } }'],
  ])('%s beyond the years that can be reckoned with is refused: %s', async (argument, field) => {
    const error = await query(app, `{ ${field} }`).catch((reason) => reason)
    const { message, extensions } = (error as ClientError).response.errors?.[0] ?? {}
    expect(extensions?.code).toBe('BAD_USER_INPUT')
    expect(message).toMatch(new RegExp(`^(${argument}|to): the year must be from 1900 to 2200`))
  })

  test('weeks and months rank their papers', async () => {
    const data = await query(
      app,
      `{ week: period(week: "2026-W02") { kind from to editions { date } papers { totalCount nodes { title } } previous { name papers { nodes { title } } } next { name } }
         month: period(month: "2026-01") { from to papers(first: 2) { totalCount nodes { title } } submitters { account { name } papers } next { name from to } }
         day: period(day: "2026-01-07") { name papers { nodes { title } } } }`,
    )
    expect(data).toEqual({
      week: {
        kind: 'WEEK',
        from: '2026-01-05',
        to: '2026-01-11',
        editions: [{ date: '2026-01-07' }, { date: '2026-01-05' }],
        papers: { totalCount: 3, nodes: [{ title: 'B' }, { title: 'D' }, { title: 'C' }] },
        previous: { name: '2026-W01', papers: { nodes: [{ title: 'A' }] } },
        next: { name: '2026-W03' },
      },
      month: {
        from: '2026-01-01',
        to: '2026-01-31',
        papers: { totalCount: 4, nodes: [{ title: 'B' }, { title: 'D' }] },
        submitters: [
          { account: { name: 'akhaliq' }, papers: 3 },
          { account: { name: 'taesiri' }, papers: 1 },
        ],
        next: { name: '2026-02', from: '2026-02-01', to: '2026-02-28' },
      },
      day: { name: '2026-01-07', papers: { nodes: [{ title: 'D' }, { title: 'C' }] } },
    })
  })

  test.each([
    ['week: "2026-W54"', '"2026-W54" is not a week'],
    ['week: "2026-W00"', 'is not a week'],
    ['week: "2025-W53"', 'is not a week'],
    ['week: "2026-2"', 'write a year and its ISO week, like "2026-W02"'],
    ['month: "2026-13"', 'write a year and month, like "2026-01"'],
    ['month: "2026-01-05"', 'is not a month'],
    ['week: "2026-W02", month: "2026-01"', 'pass exactly one of `day`, `week` and `month`.'],
    ['day: null', 'pass exactly one of `day`, `week` and `month`.'],
  ])('period(%s) is refused', async (args, message) => {
    const error = await query(app, `{ period(${args}) { name } }`).catch((reason) => reason)
    expect(error).toBeInstanceOf(ClientError)
    const [first] = (error as ClientError).response.errors ?? []
    expect(first?.message).toContain(message)
    expect(first?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
  })
})

describe('ISO weeks', () => {
  test.each([
    ['2026-01-01', '2026-W01', '2025-12-29', '2026-01-04'],
    ['2027-01-01', '2026-W53', '2026-12-28', '2027-01-03'],
    ['2024-12-30', '2025-W01', '2024-12-30', '2025-01-05'],
    ['2021-01-03', '2020-W53', '2020-12-28', '2021-01-03'],
    ['2026-06-17', '2026-W25', '2026-06-15', '2026-06-21'],
  ])('%s is in %s', (day, name, from, to) => {
    expect(periodOf('week', day)).toEqual({ kind: 'week', name, from, to })
    expect(parsePeriod('week', name)).toEqual({ kind: 'week', name, from, to })
  })
})

describe('stats', () => {
  test('points over time, the empty ones too', async () => {
    const { stats } = await query<{ stats: unknown }>(
      app,
      '{ stats(by: WEEK, from: "2026-01-03", to: "2026-02-05") { start papers upvotes comments } }',
    )
    expect(stats).toEqual([
      { start: '2025-12-29', papers: 1, upvotes: 3, comments: 1 },
      { start: '2026-01-05', papers: 3, upvotes: 21, comments: 2 },
      { start: '2026-01-12', papers: 0, upvotes: 0, comments: 0 },
      { start: '2026-01-19', papers: 0, upvotes: 0, comments: 0 },
      { start: '2026-01-26', papers: 0, upvotes: 0, comments: 0 },
      { start: '2026-02-02', papers: 2, upvotes: 1, comments: 0 },
    ])
    const months = await query(
      app,
      '{ stats(by: MONTH, from: "2026-01-31", to: "2026-02-01") { start papers } }',
    )
    expect(months).toEqual({
      stats: [
        { start: '2026-01-01', papers: 4 },
        { start: '2026-02-01', papers: 2 },
      ],
    })
  })

  test('keywords and their growth', async () => {
    const { topKeywords } = await query<{ topKeywords: unknown }>(
      app,
      '{ topKeywords(from: "2026-01-05", to: "2026-01-08") { keyword { key } papers previousPapers growth } }',
    )
    expect(topKeywords).toEqual([
      { keyword: { key: 'y' }, papers: 2, previousPapers: 1, growth: 2 },
      { keyword: { key: 'x' }, papers: 1, previousPapers: 1, growth: 1 },
    ])
  })

  test.each([
    'stats(by: DAY, from: "2025-01-01", to: "2026-01-01") { start }',
    'stats(by: MONTH, from: "0001-01-01", to: "9999-12-31") { start }',
    'stats(by: DAY, from: "2026-01-02", to: "2026-01-01") { start }',
    'topKeywords(from: "2025-01-01", to: "2026-01-01") { papers }',
    'stats(by: WEEK, from: "9999-12-01", to: "9999-12-31") { start }',
  ])('%s is refused', async (field) => {
    const error = await query(app, `{ ${field} }`).catch((reason) => reason)
    expect((error as ClientError).response.errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument: 'to',
    })
  })
})
