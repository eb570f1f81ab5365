import { getIntrospectionQuery, getOperationAST, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { schema } from '../../schema/index.ts'
import { measure } from '../../src/graphql/measure.ts'
import { answerTo, startTestApp, useTestApp } from '../support/app.ts'
import { subscribe } from '../support/subscribe.ts'

function measured(query: string, variables: Record<string, unknown> = {}) {
  const document = parse(query)
  const operation = getOperationAST(document)
  if (!operation) throw new Error('no operation')
  return measure(schema, document, operation, variables)
}

describe('what a query can ask for', () => {
  test.each([
    ['{ __typename }', { depth: 1, aliases: 0, values: 1 }],
    ['{ paper { title categories } }', { depth: 2, aliases: 0, values: 3 }],
    // A connection, its 3 papers, and 2 listings of each, as the field assumes, with a value.
    ['{ papers(first: 3) { nodes { listings { recordedAt } } } }', { depth: 4, aliases: 0, values: 16 }],
    [
      '{ papers(first: 3) { edges { cursor node { title } } pageInfo { hasNextPage } } }',
      { depth: 4, aliases: 0, values: 15 },
    ],
    ['{ papers { nodes { title } } }', { depth: 3, aliases: 0, values: 41 }],
    ['{ a: paper { title } b: paper { t: title } }', { depth: 2, aliases: 3, values: 4 }],
    ['{ nodes(ids: ["a", "b", "c"]) { id ... on Paper { title } } }', { depth: 2, aliases: 0, values: 9 }],
    ['{ nodes(ids: "a") { id } }', { depth: 2, aliases: 0, values: 2 }],
    ['{ feed(first: 7) { events { cursor } } }', { depth: 3, aliases: 0, values: 15 }],
    ['{ feed(kinds: [INGESTED, UPDATED]) { events { cursor } } }', { depth: 3, aliases: 0, values: 101 }],
    ['{ suggestions(typed: "a") { text } }', { depth: 2, aliases: 0, values: 16 }],
    ['{ paper { history(last: 30) { upvotes } } }', { depth: 3, aliases: 0, values: 61 }],
    [
      '{ ...F } fragment F on Query { paper { ...G } } fragment G on Paper { x: title }',
      { depth: 2, aliases: 1, values: 2 },
    ],
    [
      '{ a: papers(first: 2) { ...G } b: papers(first: 3) { ...G } } fragment G on PaperConnection { nodes { id } }',
      { depth: 3, aliases: 2, values: 12 },
    ],
    [
      '{ paper { authors { nodes { papers(last: 5) { nodes { id } } } } } }',
      { depth: 6, aliases: 0, values: 242 },
    ],
  ])('%s', (query, expected) => {
    expect(measured(query)).toMatchObject({ ...expected, entities: 0 })
  })

  test('sizes in variables count', () => {
    const query =
      'query ($n: Int!, $ids: [ID!]!) { papers(first: $n) { nodes { id } } nodes(ids: $ids) { id } }'
    expect(measured(query, { n: 4, ids: ['a', 'b'] }).values).toBe(1 + 4 * 2 + 2 * 2)
  })

  test('a mutation has a result for each record that it sends', () => {
    const mutation =
      'mutation ($papers: [PaperInput!]!) { ingestPapers(papers: $papers) { results { __typename } } }'
    expect(measured(mutation, { papers: [{}, {}, {}] }).values).toBe(1 + 3 * 2)
  })

  test('references count together, in whatever fragments and under whatever names, as they are resolved', () => {
    const query = `query ($references: [_Any!]!) {
      a: _entities(representations: $references) { ... on Paper { title } } ...B ...B }
      fragment B on Query { b: _entities(representations: [{ __typename: "Paper" }]) { __typename } }`
    expect(measured(query, { references: [{}, {}] })).toMatchObject({ entities: 3 })
  })

  test('an absurd page size counts as a large one: the field refuses it in its own words', () => {
    expect(measured('{ papers(first: 100000) { nodes { id } } }').values).toBe(1 + 1000 * 2)
  })

  test('fragments within fragments take no exponential time', () => {
    const fragments = Array.from(
      { length: 40 },
      (_, at) => `fragment F${at} on Paper { ${at === 39 ? 'id' : `...F${at + 1} ...F${at + 1}`} }`,
    )
    expect(measured(`{ paper { ...F0 } } ${fragments.join('\n')}`).depth).toBe(2)
  })
})

describe('limits of a server', () => {
  const app = useTestApp({
    MAX_QUERY_DEPTH: '4',
    MAX_QUERY_ALIASES: '2',
    MAX_QUERY_COST: '180',
    MAX_QUERY_TOKENS: '400',
  })

  const ask = (query: string, variables = {}) => answerTo(app, { query, variables })
  const refused = (message: string) => ({
    status: 400,
    errors: [{ message, extensions: { code: 'QUERY_TOO_LARGE' } }],
  })
  const tooExpensive = (message: string) => ({
    status: 400,
    errors: [{ message, extensions: { code: 'QUERY_TOO_EXPENSIVE' } }],
  })

  test('aliases', async () => {
    expect(await ask('{ a: __typename b: __typename }')).toMatchObject({ status: 200 })
    expect(await ask('{ a: __typename b: __typename c: __typename }')).toEqual(
      refused('The query has 3 aliases; the limit is 2. Split it into several queries.'),
    )
  })

  test('cost, by the length of the lists that were passed', async () => {
    const ids = (count: number) => Array.from({ length: count }, () => 'UGFwZXI6MQ')
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Paper { related { score } } } }'
    expect(await ask(query, { ids: ids(1) })).toMatchObject({ status: 200 })
    expect(await ask(query, { ids: ids(12) })).toEqual(
      tooExpensive(
        'The query costs 182 points; the limit is 180. The dearest field is Paper.related with 180 points. ' +
          'Request smaller pages (`first`) or fewer nested lists, or split it into several queries.',
      ),
    )
  })

  test('cost, by the default values of variables, and anew for others', async () => {
    const query = 'query ($__proto__: Int = 60) { papers(first: $__proto__) { nodes { related { score } } } }'
    expect(await ask(query)).toMatchObject({ errors: [{ extensions: { code: 'QUERY_TOO_EXPENSIVE' } }] })
    const one = Object.fromEntries([['__proto__', 1]])
    expect(await ask(query, one)).toMatchObject({ status: 200 })
    expect(await ask(query)).toMatchObject({ errors: [{ extensions: { code: 'QUERY_TOO_EXPENSIVE' } }] })
  })

  test.each(['Query', 'Paper'])('fragments on %s within fragments take no exponential time', async (type) => {
    const fragments = Array.from(
      { length: 30 },
      (_, at) => `fragment F${at} on ${type} { ${at === 29 ? '__typename' : `...F${at + 1} ...F${at + 1}`} }`,
    )
    const root = type === 'Query' ? '...F0' : 'paper(arxivId: "2606.00001") { ...F0 }'
    expect(await ask(`{ ${root} } ${fragments.join(' ')}`)).toMatchObject({ status: 200 })
  })

  test('nesting beyond what can be read', async () => {
    await using deepApp = await startTestApp({ settings: { MAX_QUERY_TOKENS: '1000000' } })
    expect(await answerTo(deepApp, { query: `{ nodes(ids: ${'['.repeat(100_000)}` })).toMatchObject({
      status: 400,
      errors: [{ message: expect.stringContaining('too deeply'), extensions: { code: 'QUERY_TOO_LARGE' } }],
    })
  })

  test('tokens', async () => {
    const long = `{ ${'__typename '.repeat(400)} }`
    const refused = [
      { message: expect.stringContaining('more than 400 tokens'), extensions: { code: 'QUERY_TOO_LARGE' } },
    ]
    // The second time it is known.
    for (let asked = 0; asked < 2; asked += 1) {
      expect(await ask(long)).toMatchObject({ status: 400, errors: refused })
    }
    await using overSocket = subscribe(app, long)
    const over = await overSocket.nextResult().catch(({ cause }: Error) => cause)
    expect(over).toMatchObject(refused)
  })

  test('the same limits hold over WebSocket, and cost one operation, not the socket', async () => {
    await using refusedOne = subscribe(app, '{ a: __typename b: __typename c: __typename }')
    expect(await refusedOne.nextResult()).toMatchObject({
      errors: [{ extensions: { code: 'QUERY_TOO_LARGE' } }],
    })
  })

  test('the introspection of GraphiQL and of code generators passes within a hundred and eighty points', async () => {
    const query = getIntrospectionQuery({
      inputValueDeprecation: true,
      schemaDescription: true,
      directiveIsRepeatable: true,
      specifiedByUrl: true,
      oneOf: true,
    })
    expect(await ask(query)).toMatchObject({
      status: 200,
      data: { __schema: { queryType: { name: 'Query' } } },
    })
  })
})
