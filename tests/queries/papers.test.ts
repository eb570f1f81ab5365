import { beforeAll, expect, test } from 'vitest'
import type { PaperRecord } from '../../db/model/record.ts'
import { query, useTestApp } from '../support/app.ts'
import { globalId, plant } from '../support/papers.ts'

const sparse: Partial<PaperRecord> = {
  title: 'Sparse Subnetworks',
  abstract: 'We find that <EOS> tokens & $\\mu$ matter.',
  publishedAt: '2026-06-10T17:30:00.000Z',
  authors: [
    { name: 'Éva Kovács', account: { name: 'evak', fullName: 'Éva K' }, claimStatus: 'claimed_verified' },
    { name: '李明' },
    { name: 'Zed', account: { name: 'zed' }, claimStatus: 'something_new', hidden: true },
  ],
  upvotes: 12,
  commentCount: 2,
  githubRepo: 'https://github.com/a/b',
  githubStars: 7,
  organization: { name: 'deepseek-ai', fullName: 'DeepSeek', avatarUrl: 'https://x.test/a.png' },
  keywords: ['Chain-of-Thought', 'sparsity'],
  mediaUrls: ['https://x.test/m.mp4'],
}

const app = useTestApp()
beforeAll(async () => {
  await plant(app.db, [
    { ...sparse, listing: { date: '2026-06-12', submitter: { name: 'akhaliq', followerCount: 5 } } },
    {
      title: 'Second',
      publishedAt: '2026-06-11T00:00:00.000Z',
      upvotes: 40,
      listing: { date: '2026-06-12' },
    },
    { title: 'Third', publishedAt: '2026-06-09T00:00:00.000Z' },
  ])
  await plant(app.db, [
    {
      ...sparse,
      abstract: 'We find that <EOS> tokens & $\\mu$ matter a lot.',
      observedAt: '2026-06-17T00:00:00.000Z',
      upvotes: 14,
      listing: { date: '2026-06-13', submitter: { name: 'evak' } },
    },
  ])
})

test('a paper gives what the page shows, its listings, its history', async () => {
  const { paper } = await query<{ paper: unknown }>(
    app,
    `{ paper(arxivId: "https://arxiv.org/abs/2606.00001v3") {
      title abstract publishedAt publishedOn authorCount upvotes commentCount arxivId pageUrl discussionUrl arxivUrl pdfUrl
      githubRepo githubStars mediaUrls aiKeywords keywords { key } organization { name fullName avatarUrl url }
      authors { totalCount edges { position hidden claimStatus node { name } account { name fullName url } } }
      listings { edition { date } submitter { name followerCount } }
      firstListedOn lastListedOn withdrawnAt abstract
      history { observedAt upvotes commentCount }
      revisions { title abstract seenAt replacedAt }
    } }`,
  )
  expect(paper).toMatchSnapshot()
})

test('papers come newest first, with their count', async () => {
  const { papers } = await query<{ papers: unknown }>(app, '{ papers { totalCount nodes { title } } }')
  expect(papers).toEqual({
    totalCount: 3,
    nodes: [{ title: 'Second' }, { title: 'Sparse Subnetworks' }, { title: 'Third' }],
  })
})

test('an edition lists its papers by votes; editions come newest first', async () => {
  const { edition, editions, none } = await query<Record<string, unknown>>(
    app,
    `{ edition(date: "2026-06-12") { date listings { totalCount nodes { paper { title upvotes } submitter { name } } } }
       editions { totalCount nodes { date listings(first: 1) { totalCount nodes { paper { title } } } } }
       none: edition(date: "2020-02-29") { date } }`,
  )
  expect(edition).toEqual({
    date: '2026-06-12',
    listings: {
      totalCount: 2,
      nodes: [
        { paper: { title: 'Second', upvotes: 40 }, submitter: null },
        { paper: { title: 'Sparse Subnetworks', upvotes: 14 }, submitter: { name: 'akhaliq' } },
      ],
    },
  })
  expect(editions).toEqual({
    totalCount: 2,
    nodes: [
      {
        date: '2026-06-13',
        listings: { totalCount: 1, nodes: [{ paper: { title: 'Sparse Subnetworks' } }] },
      },
      { date: '2026-06-12', listings: { totalCount: 2, nodes: [{ paper: { title: 'Second' } }] } },
    ],
  })
  expect(none).toBeNull()
})

test('authors, accounts, organizations and keywords lead to their papers', async () => {
  const data = await query<Record<string, unknown>>(
    app,
    `{ author(name: " Éva  Kovács ") { name accounts { name } papers { totalCount nodes { title } } }
       unknown: author(name: "éva kovács") { name }
       account(name: "evak") { papers { nodes { title } } submissions { totalCount nodes { edition { date } paper { title } } } }
       organization(name: "deepseek-ai") { papers { nodes { title } } }
       keyword(key: "chain-OF-thought") { key papers { nodes { title } } } }`,
  )
  const papers = { nodes: [{ title: 'Sparse Subnetworks' }] }
  expect(data).toEqual({
    author: { name: 'Éva Kovács', accounts: [{ name: 'evak' }], papers: { totalCount: 1, ...papers } },
    unknown: null,
    account: {
      papers,
      submissions: {
        totalCount: 1,
        nodes: [{ edition: { date: '2026-06-13' }, paper: { title: 'Sparse Subnetworks' } }],
      },
    },
    organization: { papers },
    keyword: { key: 'chain-of-thought', papers },
  })
})

test('sources tell how fresh they are', async () => {
  const { sources } = await query<{ sources: { name: string; lagSeconds: number | null }[] }>(
    app,
    '{ sources { name lastReadAt lastSuccessAt lagSeconds lastError recordsRead } }',
  )
  expect(sources.map(({ name }) => name)).toEqual(['arxiv', 'client', 'huggingface', 'json', 'page'])
})

test('a list reads for each field just what a whole paper has', async () => {
  const { __type } = await query<{ __type: { fields: FieldType[] } }>(
    app,
    '{ __type(name: "Paper") { fields { name args { name } type { kind ofType { kind ofType { kind ofType { kind } } } } } } }',
  )
  const leaves = __type.fields
    .filter((field) => !kinds(field.type).includes('OBJECT'))
    .map(({ name }) => (name === 'citation' ? 'citation(format: RIS)' : name))
  expect(leaves.length).toBeGreaterThan(25)
  const { nodes } = (await query<{ papers: { nodes: { id: string }[] } }>(app, '{ papers { nodes { id } } }'))
    .papers
  for (const leaf of leaves) {
    const { list, whole } = await query<{ list: { nodes: unknown[] }; whole: unknown[] }>(
      app,
      `query ($ids: [ID!]!) { list: papers { nodes { ${leaf} } } whole: nodes(ids: $ids) { ... on Paper { ${leaf} } } }`,
      { ids: nodes.map(({ id }) => id) },
    )
    expect(list.nodes, leaf).toEqual(whole)
  }
})

test('global ids of any script lead back', async () => {
  const { nodes } = await query<{ nodes: unknown[] }>(
    app,
    'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }',
    { ids: [globalId('Author', '李明'), globalId('Edition', '2026-06-13'), globalId('Author', '李明')] },
  )
  expect(nodes).toEqual([
    { __typename: 'Author', id: globalId('Author', '李明') },
    { __typename: 'Edition', id: globalId('Edition', '2026-06-13') },
    { __typename: 'Author', id: globalId('Author', '李明') },
  ])
})

interface FieldType {
  name: string
  type: TypeRef
}
interface TypeRef {
  kind: string
  ofType?: TypeRef | null
}

function kinds({ kind, ofType }: TypeRef): string[] {
  return ofType ? [kind, ...kinds(ofType)] : [kind]
}
