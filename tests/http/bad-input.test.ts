import { beforeAll, describe, expect, test } from 'vitest'
import { post, query, refusal, useTestApp } from '../support/app.ts'
import { globalId, plant } from '../support/papers.ts'

const app = useTestApp()
beforeAll(() => plant(app.db, [{ listing: { date: '2026-06-12' } }, {}]))

const sentence = expect.stringMatching(/[a-z].*[.]$/)

describe('page sizes', () => {
  test.each([
    ['first', -1],
    ['first', 0],
    ['first', 100_000],
    ['last', -1],
    ['last', 101],
  ])('%s: %i', async (argument, size) => {
    const error = await refusal(app, `{ papers(${argument}: ${size}) { nodes { id } } }`)
    expect(error.message).toBe(`${argument}: pass a whole number from 1 to 100, or omit it for 20.`)
    expect(error.extensions).toEqual({ code: 'BAD_USER_INPUT', argument, argumentPath: [argument] })
    expect(error.path).toEqual(['papers'])
  })

  test('first with last', async () => {
    const error = await refusal(app, '{ papers(first: 1, last: 1) { nodes { id } } }')
    expect(error.message).toBe('last: pass either `first` or `last`, not both.')
    expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'last' })
  })

  test('below an object that is there, the rest of the answer stands', async () => {
    const response = await post(app, {
      query:
        '{ sources { name } edition(date: "2026-06-12") { listings(first: 0) { nodes { recordedAt } } } }',
    })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      data: { sources: { length: 5 }, edition: null },
      errors: [{ extensions: { code: 'BAD_USER_INPUT' }, path: ['edition', 'listings'] }],
    })
  })
})

describe('cursors', () => {
  test.each(['x', '', 'bm90IGpzb24', '[]', 'é'])('%j is none', async (after) => {
    const error = await refusal(app, 'query ($after: String) { papers(after: $after) { nodes { id } } }', {
      after,
    })
    expect(error.message).toContain('is not a cursor; pass the `cursor` of an edge of this list')
    expect(error.extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'after', argumentPath: ['after'] })
  })

  test('one of another order, of another owner, or damaged is refused by name', async () => {
    const data = await query<{
      papers: { pageInfo: { endCursor: string } }
      editions: { pageInfo: { endCursor: string } }
      author: { papers: { pageInfo: { endCursor: string } } }
    }>(
      app,
      '{ papers { pageInfo { endCursor } } editions { pageInfo { endCursor } } author(name: "Ada Lovelace") { papers { pageInfo { endCursor } } } }',
    )
    const ask = (before: string) =>
      refusal(app, 'query ($before: String) { papers(before: $before) { nodes { id } } }', { before })
    expect((await ask(data.editions.pageInfo.endCursor)).message).toBe(
      'before: this cursor belongs to the order DATE, but the list has the order NEWEST; pass a cursor of this list, or start without one.',
    )
    expect((await ask(data.author.papers.pageInfo.endCursor)).message).toBe(
      'before: this cursor belongs to a list with another filter or owner; pass a cursor of this list, or start without one.',
    )
    const [name, scope, instant] = JSON.parse(
      Buffer.from(data.papers.pageInfo.endCursor, 'base64url').toString(),
    ) as unknown[]
    const noInstants = ['2026-06-31T25:00:00Z', '2024-02-30T00:00:00Z', '0000-01-01T00:00:00Z', "';"]
    for (const keys of [[instant], [instant, 'x'], [instant, 1, 2], ...noInstants.map((key) => [key, 1])]) {
      const damaged = Buffer.from(JSON.stringify([name, scope, ...keys])).toString('base64url')
      expect((await ask(damaged)).message).toBe(
        'before: this cursor is damaged; pass it exactly as you received it.',
      )
    }
  })
})

describe('global ids', () => {
  const malformed = [
    'x',
    '',
    '1',
    'Paper:1',
    globalId('Paper', 'abc'),
    globalId('Paper', '-1'),
    globalId('Paper', '99999999999999999999'),
    globalId('Edition', '2026-02-30'),
    globalId('Query', '1'),
    globalId('Nothing', '1'),
    globalId('Author', 'a\0b'),
    globalId('Paper', ''),
    `${globalId('Paper', 1)}!`,
  ]
  test.each(malformed)('%j is none', async (id) => {
    const one = await refusal(app, 'query ($id: ID!) { node(id: $id) { id } }', { id })
    expect(one.message).toContain('is not a global id: pass the `id` of an object that this API returned.')
    expect(one.extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'id', argumentPath: ['id'] })
    const many = await refusal(app, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: [globalId('Paper', 1), id],
    })
    expect(many.extensions.argumentPath).toEqual(['ids', 1])
  })

  test('unknown ones are null, in their places', async () => {
    const data = await query(
      app,
      'query ($ids: [ID!]!, $id: ID!) { node(id: $id) { id } nodes(ids: $ids) { id } }',
      {
        id: globalId('Paper', 999_999),
        ids: [
          globalId('Author', 'Nobody'),
          globalId('Paper', 1),
          globalId('Edition', '1999-01-01'),
          globalId('Account', '🤗'),
          globalId('Organization', 'x'),
          globalId('Keyword', 'x'),
        ],
      },
    )
    expect(data).toEqual({ node: null, nodes: [null, { id: globalId('Paper', 1) }, null, null, null, null] })
  })

  test('too many at once', async () => {
    const ids = Array.from({ length: 101 }, (_, index) => globalId('Paper', index + 1))
    const error = await refusal(app, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids })
    expect(error.message).toBe('ids: pass at most 100 ids.')
  })
})

describe('papers', () => {
  test('by neither or both of id and arXiv id', async () => {
    expect((await refusal(app, '{ paper { id } }')).message).toBe('id: pass either `id` or `arxivId`.')
    const both = await refusal(app, `{ paper(id: "${globalId('Paper', 1)}", arxivId: "2606.00001") { id } }`)
    expect(both.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'id' })
  })

  test('by what is no arXiv id, or the id of something else', async () => {
    const text = await refusal(app, '{ paper(arxivId: "attention is all you need") { id } }')
    expect(text.message).toContain('arxivId: not an arXiv id; expected e.g. "2505.11711"')
    const author = await refusal(app, `{ paper(id: "${globalId('Author', 'Ada Lovelace')}") { id } }`)
    expect(author.message).toBe('This is the global id of an Author: pass one of a Paper.')
  })
})

describe('days and names', () => {
  test.each(['2026-02-30', '2026-13-01', '26-01-01', '0000-01-01', 'today', ''])(
    '%j is no day',
    async (date) => {
      const literal = await refusal(app, `{ edition(date: ${JSON.stringify(date)}) { date } }`)
      expect(literal).toMatchObject({ message: sentence, extensions: { code: 'BAD_USER_INPUT' } })
      expect(literal.message).toContain('write an existing day as "YYYY-MM-DD"')
      const variable = await refusal(app, 'query ($date: Date!) { edition(date: $date) { date } }', { date })
      expect(variable.message).toContain('write an existing day as "YYYY-MM-DD"')
      expect(variable.extensions.code).toBe('BAD_USER_INPUT')
    },
  )

  test.each(['author(name:', 'account(name:', 'organization(name:', 'keyword(key:'])(
    '%s …) of no name',
    async (field) => {
      const [argument] = field.split(/[(:]/).slice(1)
      for (const name of ['', '  ', 'x'.repeat(501), 'a\0b', '\ud800']) {
        const error = await refusal(app, `query ($name: String!) { ${field} $name) { id } }`, { name })
        expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument })
        expect(error.message).toEqual(sentence)
      }
    },
  )

  test('the far past and future are days like others', async () => {
    expect(
      await query(app, '{ a: edition(date: "0001-01-01") { date } b: edition(date: "9999-12-31") { date } }'),
    ).toEqual({ a: null, b: null })
  })
})

describe('filters', () => {
  const ask = (filter: Record<string, unknown>) =>
    refusal(app, 'query ($filter: PaperFilter) { papers(filter: $filter) { nodes { id } } }', { filter })

  test.each([
    [{ text: '' }, ['filter', 'text'], 'write at least one word.'],
    [{ text: ' \n' }, ['filter', 'text'], 'write at least one word.'],
    [{ text: 'x'.repeat(10_000) }, ['filter', 'text'], 'write at most 1000 characters.'],
    [{ text: 'a\0b' }, ['filter', 'text'], 'must be valid text; it contains a NUL or an unpaired surrogate.'],
    [
      { text: '\ud800' },
      ['filter', 'text'],
      'must be valid text; it contains a NUL or an unpaired surrogate.',
    ],
    [{ text: `x or ${'y '.repeat(19)}` }, ['filter', 'text'], 'a text with "or" may have at most 20 words.'],
    [{ keywords: ['x', ''] }, ['filter', 'keywords', 1], 'must not be blank.'],
    [{ authors: [] }, ['filter', 'authors'], 'pass at least one, or omit it for all.'],
    [{ authors: Array(51).fill('x') }, ['filter', 'authors'], 'pass at most 50.'],
    [{ minUpvotes: -1 }, ['filter', 'minUpvotes'], 'pass 0 or more.'],
    [
      { publishedFrom: '2026-02-01', publishedTo: '2026-01-31' },
      ['filter', 'publishedTo'],
      'must not be before `publishedFrom`.',
    ],
  ])('%j', async (filter, path, message) => {
    const error = await ask(filter)
    expect(error.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument: 'filter',
      argumentPath: path,
    })
    expect(error.message.endsWith(message), error.message).toBe(true)
  })

  test.each(['the of and', 'a', '- or', '"', '\u{200b}'])('no word to search for: %j', async (text) => {
    const error = await ask({ text })
    expect(error.message).toContain('contains no searchable word')
    expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argumentPath: ['filter', 'text'] })
  })

  test.each(['"unbalanced', 'שלום', 'x or', "drop table paper; --'", 'x\\'])(
    'whatever else people type is answered: %j',
    async (text) => {
      const document = 'query ($text: String) { papers(filter: { text: $text }) { totalCount } }'
      expect(await query(app, document, { text })).toEqual({ papers: { totalCount: 0 } })
    },
  )

  test('a cursor of another filter', async () => {
    const document =
      'query ($filter: PaperFilter, $after: String) { papers(filter: $filter, after: $after) { pageInfo { endCursor } } }'
    const { papers } = await query<{ papers: { pageInfo: { endCursor: string } } }>(app, document)
    const error = await refusal(app, document, {
      after: papers.pageInfo.endCursor,
      filter: { hasCode: false },
    })
    expect(error.message).toContain('this cursor belongs to a list with another filter')
  })
})
