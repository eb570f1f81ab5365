import { beforeAll, describe, expect, test, vi } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { documents, libraryVariables } from '../support/documents.ts'
import { plantLibrary } from '../support/library.ts'
import { arxivId, globalId, plant } from '../support/papers.ts'
import { sentStatements } from '../support/sent.ts'
import { countStatements } from '../support/statements.ts'

const app = useTestApp()
beforeAll(() => plantLibrary(app.db))

/** How many statements each example document takes, whatever is stored. */
const taken: Record<string, number> = {
  'account-page': 5,
  archive: 4,
  'author-page': 8,
  'browser-extension': 1,
  dashboard: 5,
  edition: 7,
  'front-page': 7,
  'keyword-page': 4,
  month: 2,
  'most-starred': 4,
  'my-alerts': 4,
  'organization-page': 4,
  'paper-page': 10,
  search: 7,
  'search-box': 1,
  trending: 2,
  week: 6,
}

test.each(documents)('$name takes a known number of statements', async ({ name, text }) => {
  const { errors, statements } = await countStatements(app, text, libraryVariables[name])
  expect(errors).toEqual([])
  expect({ [name]: statements }).toEqual({ [name]: taken[name] })
})

/** Lists in lists in lists, each with its counts and its people. */
const nasty: Record<string, string> = {
  'papers, their listings, their editions, their papers': `{
    papers(first: 100) { totalCount nodes { title listings { submitter { name submissions(first: 3) { totalCount nodes { paper { title } } } }
      edition { date previous { date } listings(first: 5) { totalCount nodes { paper { title authors { edges { account { name } } } } } } } } } }
  }`,
  'authors of papers of authors of papers': `{
    papers { nodes { authors { nodes { name papers(first: 5) { totalCount nodes { title authors { nodes {
      name accounts { name } papersPerYear { year } coAuthors { author { name papers(first: 2) { nodes { title } } } } } } } } } } } }
  }`,
  'keywords, organizations, related papers': `{
    papers { nodes { keywords { key papers(first: 3, order: UPVOTES) { totalCount nodes { organization { name papers { totalCount } papersPerYear { papers } } } } }
      related(first: 5) { paper { title trending { score } history { upvotes } revisions { title } related(first: 2) { sharedKeywords { key } paper { title } } } } } }
  }`,
  'editions with everything': `{
    editions { nodes { date previous { date next { date } } submitters { account { fullName papers { totalCount } } } readings { source }
      listings { nodes { submitter { name } paper { organization { fullName } trending { score } authors { edges { claimStatus account { fullName } } } } } } } }
  }`,
  'search results with their highlights and facets': `{
    search(text: "sparse or the or decoding") { totalCount edges { titleHighlights { text } abstractHighlights { text } node { related { paper { title } } } }
      facets { keywords { keyword { papers { totalCount } } } organizations { organization { fullName papers { totalCount } } } years { papers } } }
  }`,
}

function more(from: number, amount: number) {
  return plant(
    app.db,
    Array.from({ length: amount }, (_, place) => from + place).map((index) => ({
      arxivId: arxivId(index),
      title: `Sparse decoding, part ${index}`,
      publishedAt: `2026-06-0${1 + (index % 9)}T00:00:00.000Z`,
      authors: Array.from({ length: 1 + (index % 4) }, (_each, place) => ({
        name: `Author ${(index * 3 + place) % 20}`,
        ...(place % 2 ? {} : { account: { name: `user-${(index + place) % 7}` } }),
      })),
      keywords: [`k${index % 5}`, `k${index % 3}`, 'decoding'],
      organization: { name: `org-${index % 4}` },
      listing: { date: `2026-06-${10 + (index % 12)}`, submitter: { name: `user-${index % 9}` } },
    })),
  )
}

describe('no list asks once for each of its items', () => {
  const before: Record<string, number> = {}
  beforeAll(() => more(500, 20))

  test.each(Object.entries(nasty))('%s', async (name, text) => {
    const { errors, statements } = await countStatements(app, text)
    expect(errors).toEqual([])
    before[name] = statements
    expect(statements).toBeLessThanOrEqual(20)
  })

  test('and more papers take no more statements', async () => {
    await more(520, 60)
    for (const [name, text] of Object.entries(nasty)) {
      const { errors, statements } = await countStatements(app, text)
      expect(errors).toEqual([])
      expect({ [name]: statements }).toEqual({ [name]: before[name] })
    }
    for (const { name, text } of documents)
      expect((await countStatements(app, text, libraryVariables[name])).statements, name).toBe(taken[name])
  })
})

test('what is not selected is not read', async () => {
  const count = async (text: string) => (await countStatements(app, text)).statements
  expect(
    await count(
      '{ papers { nodes { title authors { nodes { name } totalCount } organization { __typename } } } }',
    ),
  ).toBeLessThanOrEqual(2)
  expect(await count('{ papers { nodes { title authors { nodes { name } } } } }')).toBe(1)
  expect(await count('{ papers { totalCount } }')).toBe(1)
  expect(await count('{ papers { pageInfo { hasNextPage } } }')).toBe(1)
  expect(
    await count(
      '{ papers { nodes { title @skip(if: true) listings @include(if: false) { edition { date } } } } }',
    ),
  ).toBe(1)
  expect(await count('{ editions { nodes { listings { totalCount } } } }')).toBe(2)
})

test('of a paper only the columns are read that its fields need, whichever way it is asked for', async () => {
  const id = globalId('Paper', 1)
  const sent = sentStatements()
  for (const text of [
    '{ papers(first: 1) { nodes { id title } } }',
    `{ paper(id: "${id}") { id title } }`,
    `{ node(id: "${id}") { id ... on Node { id } ... on Author { name } ... on Paper { title } } }`,
  ])
    await countStatements(app, text)
  vi.restoreAllMocks()
  const read = sent.filter((statement) => / from "?paper"? /.test(`${statement} `))
  expect(read).toHaveLength(3)
  expect(read.filter((statement) => !/\btitle\b/.test(statement))).toEqual([])
  expect(read.filter((statement) => /\babstract\b/.test(statement))).toEqual([])
})

test('papers that a text has named are counted, not sought again', async () => {
  const { statements, data } = await countStatements(
    app,
    '{ papers(first: 100, filter: { text: "decoding" }) { totalCount nodes { title } } }',
  )
  const { papers } = data as { papers: { totalCount: number; nodes: unknown[] } }
  expect(papers.totalCount).toBeGreaterThan(0)
  expect(papers.nodes).toHaveLength(papers.totalCount)
  expect(statements).toBe(2)
})

test('aliases of one field are answered together', async () => {
  const ids = Array.from({ length: 20 }, (_, place) => arxivId(500 + place))
  const paper =
    '{ title authors(first: 1) { nodes { papers(first: 2) { totalCount nodes { title } } } } related { score } }'
  const text = (aliases: number) =>
    `{ ${ids.slice(0, aliases).map((id, place) => `p${place}: paper(arxivId: "${id}") ${paper}`)} }`
  const few = await countStatements(app, text(2))
  const many = await countStatements(app, text(20))
  expect(many.errors).toEqual([])
  expect(Object.keys(many.data as object)).toHaveLength(20)
  expect(JSON.stringify(many.data)).not.toContain('null')
  expect(many.statements).toBe(few.statements)
  expect(many.statements).toBe(4)
})

test('papers are read by one statement, by whichever field and key they are asked for', async () => {
  const ids = await app.db
    .selectFrom('paper')
    .select(['id', 'arxiv_id'])
    .where('arxiv_id', 'is not', null)
    .orderBy('id')
    .limit(4)
    .execute()
  const [first, second, third, fourth] = ids.map(({ id, arxiv_id }) => ({
    id: globalId('Paper', id),
    arxivId: arxiv_id,
  }))
  const text = `query ($first: ID!, $second: ID!, $arxivId: String!, $references: [_Any!]!) {
    byId: paper(id: $first) { arxivId }
    byArxivId: paper(arxivId: $arxivId) { title }
    node(id: $second) { ... on Author { name } ... on Paper { arxivId abstract } }
    nodes(ids: [$first, $second]) { id ... on Paper { upvotes } }
    _entities(representations: $references) { ... on Keyword { key } ... on Paper { arxivId } }
  }`
  const { data, errors, statements } = await countStatements(app, text, {
    first: first?.id,
    second: second?.id,
    arxivId: third?.arxivId,
    references: [
      { __typename: 'Paper', id: first?.id },
      { __typename: 'Paper', arxivId: second?.arxivId },
      { __typename: 'Paper', arxivId: fourth?.arxivId },
    ],
  })
  expect(errors).toEqual([])
  expect(data).toMatchObject({
    byId: { arxivId: first?.arxivId },
    byArxivId: { title: expect.any(String) },
    node: { arxivId: second?.arxivId },
    nodes: [{ id: first?.id }, { id: second?.id }],
    _entities: [first, second, fourth].map((paper) => ({ arxivId: paper?.arxivId })),
  })
  expect(statements).toBe(1)
})
