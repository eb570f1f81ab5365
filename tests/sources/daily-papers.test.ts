import { describe, expect, test } from 'vitest'
import type { PaperRecord } from '../../db/model/record.ts'
import { readDailyPapers } from '../../src/ingest/sources/daily-papers.ts'
import { fixtureEntries, onlyRecord } from '../support/source-data.ts'

const observedAt = '2026-07-02T09:00:00.000Z'

function read(file: string, date?: string): PaperRecord {
  return onlyRecord(readDailyPapers(fixtureEntries(file), { observedAt, ...(date && { date }) }))
}

describe('shapes since 2023', () => {
  test('the newest: everything that it tells', () => {
    const { records, rejections, editions } = readDailyPapers(fixtureEntries('2026-07-02.json'), {
      observedAt,
    })
    expect(rejections).toEqual([])
    expect(editions).toEqual([{ date: '2026-07-02', readAt: observedAt }])
    expect(records[0]).toMatchObject({
      observedAt,
      arxivId: '2607.01218',
      title: 'The State-Prediction Separation Hypothesis',
      publishedAt: '2026-07-01T00:00:00.000Z',
      upvotes: 4,
      commentCount: 1,
      authors: expect.arrayContaining([{ name: expect.any(String), hidden: false }]),
      organization: {
        name: 'lil-lab',
        hfId: expect.stringMatching(/^[\da-f]{24}$/),
        fullName: expect.any(String),
      },
      aiSummary: expect.any(String),
      keywords: expect.arrayContaining(['Transformers', 'gradients']),
      thumbnailUrl: 'https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2607.01218.png',
      authorParticipating: expect.any(Boolean),
      discussionId: expect.stringMatching(/^[\da-f]{24}$/),
      listing: {
        date: '2026-07-02',
        submitter: { name: 'nthngdy', isPro: expect.any(Boolean), isHf: false },
      },
    })
    expect(records[0]?.listing).not.toHaveProperty('submittedAt')
  })

  test('of May 2024: the thumbnail is "mediaUrl", nobody is named as submitter, the account is "user"', () => {
    const record = read('2024-06-06.json', '2024-06-06')
    expect(record).toMatchObject({
      arxivId: '2406.02856',
      thumbnailUrl: 'https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2406.02856.png',
      listing: { date: '2024-06-06', submittedAt: '2024-06-06T02:46:59.263Z' },
    })
    expect(record.listing).not.toHaveProperty('submitter')
    expect(record.authors?.find(({ name }) => name === 'Xucheng Huang')).toMatchObject({
      claimStatus: 'admin_assigned',
      claimChangedAt: expect.stringMatching(/^2024-06-06T/),
      account: {
        name: expect.any(String),
        avatarUrl: expect.stringMatching(/^https:\/\/huggingface\.co\/avatars\//),
      },
    })
  })

  test('of August 2024: the account id is "id", the submitter "name"', () => {
    const record = read('2024-08-01.json', '2024-08-01')
    expect(record.listing).toMatchObject({
      submitter: { name: 'sileod' },
      submittedAt: '2024-08-01T06:54:45.904Z',
    })
    expect(record.authors?.find(({ claimStatus }) => claimStatus)?.account?.hfId).toMatch(/^[\da-f]{24}$/)
  })

  test('of March 2025: the outer time is no list time any more, keywords come without a summary', () => {
    const record = read('2025-03-12.json', '2025-03-12')
    expect(record.listing).toEqual({ date: '2025-03-12' })
    expect(record.keywords).toContain('RayFlow')
    expect(record).not.toHaveProperty('aiSummary')
  })

  test('of May 2025: the list time within the paper; a repository without stars', () => {
    const record = read('2025-05-30.json')
    expect(record.listing).toMatchObject({ date: '2025-05-30', submittedAt: '2025-05-30T01:51:16.066Z' })
    expect(record.githubRepo).toBe('https://github.com/zitian-gao/one-shot-em')
    expect(record).not.toHaveProperty('githubStars')
  })

  test('of October 2025: the organization is the submitter\u2019s', () => {
    expect(read('2025-10-02.json').organization).toMatchObject({ name: 'stabilityai' })
  })

  test('a hidden author and a withdrawn paper', () => {
    expect(read('2025-11-17.json').authors).toContainEqual(expect.objectContaining({ hidden: true }))
    expect(read('2024-10-10.json')).toMatchObject({
      withdrawnAt: '2025-02-13T19:07:06.000Z',
      listing: { date: '2024-10-10' },
    })
  })

  test('one entry, one paper of /api/papers/{id}, flat items of /api/papers', () => {
    const [entry] = fixtureEntries('2026-07-02.json')
    const { title: _, ...outer } = entry
    expect(onlyRecord(readDailyPapers(outer, { observedAt }))).toMatchObject({
      arxivId: '2607.01218',
      upvotes: 4,
    })
    const single = { ...entry.paper, linkedModels: [], numTotalModels: 0, thumbnailUrl: null }
    const reading = readDailyPapers(single, { observedAt })
    expect(onlyRecord(reading)).toMatchObject({
      arxivId: '2607.01218',
      listing: { date: '2026-07-02', submitter: { name: 'nthngdy' } },
    })
    expect(reading.editions).toEqual([])
    const { id, title, upvotes, publishedAt, authors, summary, organization } = entry.paper
    const flat = {
      id,
      title,
      upvotes,
      publishedAt,
      authors,
      summary,
      organization,
      thumbnailUrl: 'https://example.org/t.png',
    }
    const [record] = readDailyPapers([flat], { observedAt }).records
    expect(record).toMatchObject({
      title,
      thumbnailUrl: 'https://example.org/t.png',
      organization: { name: 'lil-lab' },
    })
    expect(record).not.toHaveProperty('listing')
    expect(readDailyPapers([{ ...flat, upvotes: -1 }], { observedAt }).rejections).toMatchObject([
      { path: 'upvotes' },
    ])
  })

  test('an empty answer is no paper and no edition', () => {
    expect(readDailyPapers([], { observedAt, date: '2026-07-04' })).toEqual({
      records: [],
      rejections: [],
      editions: [],
    })
  })
})
