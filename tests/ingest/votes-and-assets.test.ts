import { describe, expect, test } from 'vitest'
import { ingest } from '../../src/ingest/run.ts'
import { readDailyPapers } from '../../src/ingest/sources/daily-papers.ts'
import { query, useTestApp } from '../support/app.ts'
import { anEntry } from '../support/upstream-data.ts'

const writeToken = 'a-token-of-the-tests'
const app = useTestApp({ WRITE_TOKEN: writeToken })

describe('votes of other sites', () => {
  const send = (votes: object[], observedAt: string) =>
    query<{ ingestPapers: { results: object[] } }>(
      app,
      `mutation ($papers: [PaperInput!]!) {
        ingestPapers(papers: $papers) {
          results { ... on IngestedPaper { outcome } ... on RejectedPaper { path reason } }
        }
      }`,
      { papers: [{ title: 'Voted', publishedAt: '2026-06-01', arxivId: '2606.55555', observedAt, votes }] },
      writeToken,
    )
  const outcome = async (votes: object[], observedAt: string) =>
    (await send(votes, observedAt)).ingestPapers.results[0]

  test('come with ingestPapers, the newest observation of each site', async () => {
    const alphaxiv = { site: 'alphaxiv', votes: 7 }
    expect(await outcome([alphaxiv, { site: 'reddit.com', votes: 90 }], '2026-06-02')).toEqual({
      outcome: 'NEW',
    })
    expect(await outcome([{ site: 'alphaxiv', votes: 9 }], '2026-06-03')).toEqual({ outcome: 'CHANGED' })
    expect(await outcome([{ site: 'alphaxiv', votes: 9 }], '2026-06-04')).toEqual({ outcome: 'UNCHANGED' })
    expect(await outcome([alphaxiv], '2026-06-01')).toEqual({ outcome: 'UNCHANGED' })
    const { paper } = await query<{ paper: { votes: object[] } }>(
      app,
      '{ paper(arxivId: "2606.55555") { votes { site votes observedAt } } }',
    )
    expect(paper.votes).toEqual([
      { site: 'reddit.com', votes: 90, observedAt: '2026-06-02T00:00:00.000Z' },
      { site: 'alphaxiv', votes: 9, observedAt: '2026-06-03T00:00:00.000Z' },
    ])
  })

  test.each([
    ['Alpha Xiv', /is not the name of a site/],
    ['huggingface', /whose votes are `upvotes`/],
  ])('of %j are refused with a sentence', async (site, reason) => {
    expect(await outcome([{ site, votes: 1 }], '2026-06-02')).toEqual({
      path: 'votes.0.site',
      reason: expect.stringMatching(reason),
    })
  })
})

test('assets are all that can be opened of a paper, in one list', async () => {
  const { paper } = anEntry({ id: '2606.77777', date: '2026-06-16' })
  const entry = {
    ...anEntry({ id: '2606.77777', date: '2026-06-16' }),
    thumbnail: 'https://a.example/t.png',
    paper: {
      ...paper,
      githubRepo: 'https://github.com/a/b',
      projectPage: 'https://a.example/project',
      mediaUrls: ['https://a.example/one.png', 'https://a.example/two.mp4?x=1'],
    },
  }
  const reading = readDailyPapers([entry], { observedAt: '2026-06-16T12:00:00.000Z' })
  await ingest(app.database.database.db, 'json', [reading])
  const answer = await query<{ paper: { assets: object[] } }>(
    app,
    '{ paper(arxivId: "2606.77777") { assets { kind url } } }',
  )
  expect(answer.paper.assets).toEqual([
    { kind: 'PDF', url: 'https://arxiv.org/pdf/2606.77777' },
    { kind: 'CODE', url: 'https://github.com/a/b' },
    { kind: 'PROJECT_PAGE', url: 'https://a.example/project' },
    { kind: 'THUMBNAIL', url: 'https://a.example/t.png' },
    { kind: 'IMAGE', url: 'https://a.example/one.png' },
    { kind: 'VIDEO', url: 'https://a.example/two.mp4?x=1' },
  ])
})
