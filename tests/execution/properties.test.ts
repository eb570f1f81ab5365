import { execute, GraphQLObjectType, GraphQLSchema, GraphQLString, isObjectType, parse } from 'graphql'
import { beforeAll, expect, test } from 'vitest'
import { createContext } from '../../schema/core/context.ts'
import { propertyOf } from '../../schema/core/properties.ts'
import { schema } from '../../schema/index.ts'
import { prepareOperation } from '../../src/execution/execute.ts'
import { objectJson } from '../../src/execution/plan.ts'
import { useTestApp } from '../support/app.ts'
import { plant } from '../support/papers.ts'

const app = useTestApp()
beforeAll(() =>
  plant(app.db, [
    {
      authors: [{ name: 'Éva "E" Kovács' }, { name: '李明', account: { name: 'liming' } }, { name: 'Zed\\' }],
      keywords: ['Chain-of-Thought', 'sparsity'],
      organization: { name: 'deepseek-ai', fullName: 'DeepSeek' },
      listing: { date: '2026-06-12', submitter: { name: 'akhaliq' } },
    },
    { abstract: 'Two\nlines, a tab\t and a "quote".', listing: { date: '2026-06-12' } },
    { title: 'A third one', listing: { date: '2026-06-13' } },
  ]),
)

const paper = `__typename id arxivId title abstract publishedAt publishedOn upvotes authorCount categories aiKeywords pageUrl
  organization { name fullName } keywords { name }
  authors(first: 2) { totalCount pageInfo { hasNextPage startCursor endCursor } edges { cursor position node { name } } nodes { id name } }`

test.each([
  `{ papers(first: 2) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { ${paper} } } nodes { ${paper} } } }`,
  `{ papers(last: 2, order: UPVOTES) { nodes { authors { nodes { name papers(first: 1) { nodes { title } } } } } } }`,
  `{ paper(arxivId: "2606.00001") { ${paper} } }`,
  `{ search(text: "paper") { pageInfo { hasNextPage } edges { relevance node { title } } nodes { title authors { nodes { name } } } } }`,
  `{ edition(date: "2026-06-12") { date listings { nodes { paper { title } submitter { name } } pageInfo { endCursor } } } }`,
  `{ account(name: "liming") { name papers { nodes { authors { edges { account { name } node { name } } } } } } }`,
  `{ papers(first: 1) { nodes { a: title b: title authors(last: 1) { nodes { name } } } } }`,
])('the served schema is answered as graphql-js answers it: %s', async (text) => {
  const document = parse(text)
  const context = () => createContext({ db: app.db, feed: app.feed })
  const expected = await execute({ schema, document, contextValue: context() })
  const { fields, errors } = await prepareOperation({ schema, document }).run(undefined, context())
  expect(expected.errors).toBeUndefined()
  expect(errors).toBeUndefined()
  expect(fields ? objectJson(fields) : 'null').toBe(JSON.stringify(expected.data))
})

const object = (name: string, property: unknown) => {
  let resolved = 0
  const child = new GraphQLObjectType({ name: 'Child', fields: { name: { type: GraphQLString } } })
  const query = new GraphQLObjectType({
    name: 'Query',
    fields: {
      root: {
        type: new GraphQLObjectType({
          name: 'Root',
          fields: {
            shown: {
              type: child,
              extensions: { property: 'kept' },
              resolve: () => {
                resolved += 1
                return { name }
              },
            },
          },
        }),
        resolve: () => ({ kept: property }),
      },
    },
  })
  const document = parse('{ root { shown { name } } }')
  const operation = prepareOperation({ schema: new GraphQLSchema({ query }), document })
  return async () => {
    const { fields } = await operation.run(undefined, undefined)
    return { json: fields && objectJson(fields), resolved }
  }
}

test('a field that shows a property is read without its resolver', async () => {
  expect(await object('resolved', { name: 'read' })()).toEqual({
    json: '{"root":{"shown":{"name":"read"}}}',
    resolved: 0,
  })
})

test.each([
  ['a key'],
  [7],
  [Promise.resolve({})],
  [() => ({})],
  [new Error('A fault.')],
  [{ name: () => 'x' }],
])('its resolver is asked where the property holds %s', async (property) => {
  expect(await object('resolved', property)()).toEqual({
    json: '{"root":{"shown":{"name":"resolved"}}}',
    resolved: 1,
  })
})

test('a field that requires a right is never read past its resolver', () => {
  let guarded = 0
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue
    for (const field of Object.values(type.getFields())) {
      const { pothosOptions } = field.extensions as { pothosOptions?: { authScopes?: unknown } }
      if (!pothosOptions?.authScopes) continue
      guarded += 1
      expect(propertyOf({ ...field, extensions: { ...field.extensions, property: 'x' } }), field.name).toBe(
        undefined,
      )
    }
  }
  expect(guarded).toBeGreaterThan(3)
})
