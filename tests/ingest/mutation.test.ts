import { describe, expect, test } from 'vitest'
import { query, refusal, useTestApp } from '../support/app.ts'

const token = 'a token of the tests'.replaceAll(' ', '-')
const app = useTestApp({ WRITE_TOKEN: token })

const mutation = `mutation ($papers: [PaperInput!]!) {
  ingestPapers(papers: $papers) {
    results {
      __typename
      ... on IngestedPaper { outcome paper { title arxivId upvotes authors(first: 3) { nodes { name } } } }
      ... on RejectedPaper { path reason }
    }
    newCount changedCount unchangedCount rejectedCount
  }
}`

interface Payload {
  ingestPapers: {
    results: { __typename: string; outcome?: string; paper?: object; path?: string; reason?: string }[]
    newCount: number
    changedCount: number
    unchangedCount: number
    rejectedCount: number
  }
}

const send = async (papers: object[], bearer: string | undefined = token) =>
  (await query<Payload>(app, mutation, { papers }, bearer)).ingestPapers

const aPaper = (over: object = {}) => ({
  observedAt: '2026-06-16T12:00:00Z',
  arxivId: '2606.00001v2',
  title: 'A  Paper\n  on Papers',
  publishedAt: '2026-06-15',
  authors: [{ name: 'Ada Lovelace' }],
  upvotes: 3,
  ...over,
})

const refused = async (papers: object[], bearer: string | undefined) => {
  const { message, extensions } = await refusal(app, mutation, { papers }, bearer)
  return { code: extensions.code, message }
}

describe('ingestPapers', () => {
  test('takes in a paper, then what is new of it, then nothing', async () => {
    expect(await send([aPaper()])).toEqual({
      results: [
        {
          __typename: 'IngestedPaper',
          outcome: 'NEW',
          paper: {
            title: 'A Paper on Papers',
            arxivId: '2606.00001',
            upvotes: 3,
            authors: { nodes: [{ name: 'Ada Lovelace' }] },
          },
        },
      ],
      ...{ newCount: 1, changedCount: 0, unchangedCount: 0, rejectedCount: 0 },
    })
    const later = aPaper({ upvotes: 4, observedAt: '2026-06-16T13:00:00Z', abstract: null })
    expect(await send([later])).toMatchObject({
      results: [{ outcome: 'CHANGED', paper: { upvotes: 4 } }],
      changedCount: 1,
    })
    expect(await send([later])).toMatchObject({ results: [{ outcome: 'UNCHANGED' }], unchangedCount: 1 })
  })

  test('hidden characters are taken out of every text, and hide no paper', async () => {
    const esc = '\x1b]0;owned\x07\x1b[2J'
    const papers = [
      aPaper({
        arxivId: '2606.00099',
        title: `${esc}Read \u202eme\u202c\0 no\u200bw \ud83e`,
        authors: [{ name: `Ada${esc} ~Love\ufefflace` }, { name: 'Juan-Manuel~Pérez-Rúa' }],
      }),
    ]
    const { results } = await send(papers)
    expect(results[0]?.paper).toMatchObject({
      title: 'Read me now',
      authors: { nodes: [{ name: 'Ada Lovelace' }, { name: 'Juan-Manuel Pérez-Rúa' }] },
    })
  })

  test('a bad record is rejected by itself, with the path and the reason', async () => {
    const { results, ...counts } = await send([
      aPaper({ arxivId: 'no id' }),
      aPaper({ arxivId: '2606.00002', title: 'Good' }),
      aPaper({ arxivId: '2606.00003', authors: [{ name: 'Ada' }, { name: ' ' }] }),
      aPaper({ arxivId: '2606.00004', publishedAt: '2026-02-30' }),
    ])
    expect(counts).toEqual({ newCount: 1, changedCount: 0, unchangedCount: 0, rejectedCount: 3 })
    expect(results).toMatchObject([
      { path: 'arxivId', reason: '"no id" is not an arXiv id such as "2405.15738" or "hep-th/9901001".' },
      { outcome: 'NEW', paper: { title: 'Good' } },
      { path: 'authors.1.name', reason: 'The text is empty.' },
      { path: 'publishedAt', reason: expect.stringContaining('"2026-02-30" is not an instant') },
    ])
  })

  test('is seen by subscribers and on the source', async () => {
    const cursor = await query<{ feedPosition: string }>(app, '{ feedPosition }')
    await send([aPaper({ arxivId: '2606.00009', title: 'Told' }), aPaper({ arxivId: 'none' })])
    const { feed, sources } = await query<{
      feed: { events: { source: string; paper: { title: string } }[] }
      sources: {
        name: string
        lastReadAt: string | null
        lagSeconds: number | null
        recordsRejected: number
        papersNew: number
      }[]
    }>(
      app,
      `query ($after: FeedCursor!) {
        feed(after: $after, kinds: [INGESTED]) { events { source paper { title } } }
        sources { name lastReadAt lastSuccessAt lastErrorAt lastError lagSeconds recordsRejected papersNew }
      }`,
      { after: cursor.feedPosition },
    )
    expect(feed.events).toEqual([{ source: 'client', paper: { title: 'Told' } }])
    const client = sources.find((source) => source.name === 'client')
    expect(client?.lastReadAt).not.toBeNull()
    expect(client?.lagSeconds).toBeLessThan(60)
    expect(client?.recordsRejected).toBeGreaterThan(0)
    expect(sources.find((source) => source.name === 'arxiv')?.lastReadAt).toBeNull()
  })

  test.each([undefined, 'not the token of this server'.replaceAll(' ', '-')])(
    'without the right token (%s) writes nothing and says how to get it',
    async (bearer) => {
      const papersSent = [aPaper({ arxivId: '2606.00100', title: 'Unasked' })]
      expect(await refused(papersSent, bearer)).toEqual({
        code: 'UNAUTHENTICATED',
        message: expect.stringContaining('Writing requires a token with the role "ingest"'),
      })
      const { papers } = await query<{ papers: { nodes: { title: string }[] } }>(
        app,
        '{ papers(first: 50) { nodes { title } } }',
      )
      expect(papers.nodes.map(({ title }) => title)).not.toContain('Unasked')
    },
  )

  test('none and too many are refused as a whole', async () => {
    expect(await refused([], token)).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('at least one'),
    })
    const many = Array.from({ length: 1_001 }, () => ({ title: 'x', publishedAt: '2026-06-16' }))
    expect(await refused(many, token)).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('send at most 1000 records'),
    })
  })
})
