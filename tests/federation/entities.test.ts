import { beforeAll, describe, expect, test } from 'vitest'
import { post, useTestApp } from '../support/app.ts'
import { arxivId, globalId, plant } from '../support/papers.ts'
import { countStatements } from '../support/statements.ts'

const document = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on Paper { arxivId title }
    ... on Author { name }
    ... on Account { name fullName }
    ... on Organization { name }
    ... on Keyword { key }
    ... on Edition { date }
  }
}`

interface Answer {
  data?: { _entities: (Record<string, unknown> | null)[] } | null
  errors?: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[]
}

const app = useTestApp()
beforeAll(async () => {
  await plant(
    app.db,
    Array.from({ length: 1000 }, (_, index) => ({
      organization: { name: 'deepseek-ai' },
      keywords: ['Chain-of-Thought'],
      ...(index < 3 && { listing: { date: '2026-06-12', submitter: { name: 'akhaliq', fullName: 'AK' } } }),
    })),
  )
})

/** As a gateway asks. */
async function entities(representations: readonly unknown[], query = document): Promise<Answer> {
  const response = await post(app, { query, variables: { representations } }, { accept: 'application/json' })
  return (await response.json()) as Answer
}

const paper = (number: number) => ({ __typename: 'Paper', arxivId: arxivId(number) })

describe('entities', () => {
  test('each type is known by its natural key and by its global id, in the order of the request', async () => {
    const { data, errors } = await entities([
      { __typename: 'Edition', date: '2026-06-12' },
      { __typename: 'Account', name: 'akhaliq' },
      paper(2),
      { __typename: 'Author', name: 'Ada Lovelace' },
      { __typename: 'Paper', id: await idOf(1) },
      { __typename: 'Organization', id: globalId('Organization', 'deepseek-ai') },
      { __typename: 'Organization', name: 'deepseek-ai' },
      { __typename: 'Keyword', key: 'chain-of-thought' },
      { __typename: 'Author', id: globalId('Author', 'Alan Turing') },
      { __typename: 'Edition', id: globalId('Edition', '2026-06-12') },
      { __typename: 'Account', id: globalId('Account', 'akhaliq') },
      { __typename: 'Keyword', id: globalId('Keyword', 'chain-of-thought') },
      paper(2),
    ])
    expect(errors).toBeUndefined()
    expect(data?._entities).toEqual([
      { __typename: 'Edition', date: '2026-06-12' },
      { __typename: 'Account', name: 'akhaliq', fullName: 'AK' },
      { __typename: 'Paper', arxivId: arxivId(2), title: 'Paper 2' },
      { __typename: 'Author', name: 'Ada Lovelace' },
      { __typename: 'Paper', arxivId: arxivId(1), title: 'Paper 1' },
      { __typename: 'Organization', name: 'deepseek-ai' },
      { __typename: 'Organization', name: 'deepseek-ai' },
      { __typename: 'Keyword', key: 'chain-of-thought' },
      { __typename: 'Author', name: 'Alan Turing' },
      { __typename: 'Edition', date: '2026-06-12' },
      { __typename: 'Account', name: 'akhaliq', fullName: 'AK' },
      { __typename: 'Keyword', key: 'chain-of-thought' },
      { __typename: 'Paper', arxivId: arxivId(2), title: 'Paper 2' },
    ])
  })

  test('an arXiv id is understood in the forms that subgraphs keep', async () => {
    const forms = ['2606.00001v2', 'arXiv:2606.00001', 'https://arxiv.org/abs/2606.00001']
    const { data } = await entities(forms.map((form) => ({ __typename: 'Paper', arxivId: form })))
    expect(data?._entities.map((entity) => entity?.title)).toEqual(['Paper 1', 'Paper 1', 'Paper 1'])
  })

  test('what else a gateway sends along does not matter, and a key that is null is no key', async () => {
    const { data, errors } = await entities([{ ...paper(1), id: null, title: 'Old', upvotes: 0 }])
    expect(errors).toBeUndefined()
    expect(data?._entities).toMatchObject([{ title: 'Paper 1' }])
  })

  test('an unknown key is null, and no error', async () => {
    const { data, errors } = await entities([
      { __typename: 'Paper', arxivId: '1706.03762' },
      paper(1),
      { __typename: 'Paper', id: globalId('Paper', 999_999_999) },
      { __typename: 'Edition', date: '1999-01-01' },
      { __typename: 'Author', name: 'Nobody' },
    ])
    expect(errors).toBeUndefined()
    expect(data?._entities).toEqual([null, expect.objectContaining({ title: 'Paper 1' }), null, null, null])
  })

  test.each([
    ['a word', 'paper', /A representation must be an object with a `__typename`/],
    ['no type', { arxivId: '2606.00001' }, /A representation must be an object with a `__typename`/],
    ['an unknown type', { __typename: 'Review', id: '1' }, /"Review" is not an entity of this subgraph/],
    ['a type without a key', { __typename: 'Listing' }, /"Listing" is not an entity of this subgraph/],
    [
      'no key',
      { __typename: 'Paper' },
      /This representation of a Paper has no key: send `id` or `arxivId`\./,
    ],
    ['a key of nothing', { __typename: 'Account', name: null }, /send `name` or `id`\./],
    ['a key of another kind', { __typename: 'Paper', arxivId: 2606.00001 }, /`arxivId` .* must be a string/],
    [
      'no arXiv id',
      { __typename: 'Paper', arxivId: 'attention' },
      /"attention" is not an arXiv id; expected e.g./,
    ],
    ['no global id', { __typename: 'Paper', id: 'x' }, /"x" is not a global id/],
    [
      'the id of another type',
      { __typename: 'Paper', id: globalId('Author', 'A') },
      /the global id of an Author/,
    ],
    ['a day that is none', { __typename: 'Edition', date: '2026-02-30' }, /"2026-02-30" is not a day/],
    [
      'half a character',
      { __typename: 'Author', name: '\ud800' },
      /`name` of this Author must be valid text/,
    ],
  ])('%s is an error in its place alone', async (_case, malformed, message) => {
    const { data, errors } = await entities([paper(1), malformed, paper(2)])
    expect(data?._entities).toMatchObject([{ title: 'Paper 1' }, null, { title: 'Paper 2' }])
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(message),
        path: ['_entities', 1],
        extensions: { code: 'BAD_USER_INPUT' },
      }),
    ])
  })

  test.each([1, 25, 1000])('%i papers by arXiv id are one statement', async (amount) => {
    const references = Array.from({ length: amount }, (_, index) => paper(index + 1))
    const { statements, result } = await counted(references)
    expect(result.data?._entities).toHaveLength(amount)
    expect(statements).toBe(1)
  })

  test('a mixed batch is one statement for each type, by whichever key', async () => {
    const ids = await Promise.all([1, 2, 3].map(idOf))
    const { statements, result } = await counted([
      ...[1, 2, 3].map(paper),
      ...ids.map((id) => ({ __typename: 'Paper', id })),
      { __typename: 'Author', name: 'Ada Lovelace' },
      { __typename: 'Author', name: 'Alan Turing' },
      { __typename: 'Edition', date: '2026-06-12' },
      { __typename: 'Edition', date: '2026-06-13' },
    ])
    expect(result.errors).toBeUndefined()
    expect(statements).toBe(3)
  })

  test('fields below entities are batched as below any list', async () => {
    const { statements } = await counted(
      Array.from({ length: 25 }, (_, index) => paper(index + 1)),
      `query ($representations: [_Any!]!) { _entities(representations: $representations) {
        ... on Paper { title organization { fullName } listings { submitter { name } } } } }`,
    )
    expect(statements).toBe(4) // papers, organizations, listings, accounts
  })

  test('a batch beyond the limit is refused with a code that a gateway keeps', async () => {
    const many = Array.from({ length: 1001 }, () => paper(1))
    expect(await entities(many)).toEqual({
      errors: [
        {
          message: 'The request refers to 1001 entities; the limit is 1000. Split it into several requests.',
          extensions: { code: 'TOO_MANY_ENTITIES' },
        },
      ],
    })
    const twice = `query ($representations: [_Any!]!) {
      a: _entities(representations: $representations) { __typename }
      ... on Query { b: _entities(representations: $representations) { __typename } } ...C }
      fragment C on Query { c: _entities(representations: [{ __typename: "Paper", arxivId: "2606.00001" }]) { __typename } }`
    const { errors } = await entities(many.slice(0, 500), twice)
    expect(errors?.[0]?.message).toContain('refers to 1001 entities')
  })
})

async function idOf(number: number): Promise<string> {
  const row = await app.db
    .selectFrom('paper')
    .select('id')
    .where('arxiv_id', '=', arxivId(number))
    .executeTakeFirstOrThrow()
  return globalId('Paper', row.id)
}

/** The same in this process, with the statements counted. */
async function counted(representations: readonly unknown[], query = document) {
  const { statements, data, errors } = await countStatements(app, query, { representations })
  const result = { data: data as NonNullable<Answer['data']>, ...(errors.length > 0 && { errors }) }
  return { statements, result }
}
