import { expect, test } from 'vitest'
import { answerTo, post, useTestApp } from '../support/app.ts'
import { subscribe } from '../support/subscribe.ts'
import { bearer, createToken } from '../support/tokens.ts'

const app = useTestApp({ INTROSPECTION: 'off', GRAPHIQL: 'off', WRITE_TOKEN: 'a-token-of-the-tests' })

const questions = [
  '{ __schema { queryType { name } } }',
  '{ __type(name: "Paper") { name } }',
  '{ _service { sdl } }',
]

test.each([...questions, 'query { ...F } fragment F on Query { a: __schema { description } }'])(
  'INTROSPECTION=off answers %s to the role admin alone',
  async (query) => {
    expect(await answerTo(app, { query })).toMatchObject({
      status: 401,
      errors: [
        {
          message: expect.stringContaining('Introspection requires a token with the role "admin"'),
          extensions: { code: 'UNAUTHENTICATED' },
        },
      ],
    })
    const writer = await post(app, { query }, bearer('a-token-of-the-tests'))
    expect(await writer.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] })
    await using socket = subscribe(app, query)
    expect((await socket.nextResult()).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
  },
)

test('INTROSPECTION=off leaves it to the role admin', async () => {
  const headers = bearer(await createToken(app, 'operator', 'admin'))
  for (const query of questions)
    expect(await (await post(app, { query }, headers)).json()).toMatchObject({ data: {} })
})

test('INTROSPECTION=off leaves __typename, and errors suggest no names', async () => {
  expect(await answerTo(app, { query: '{ __typename }' })).toMatchObject({ data: { __typename: 'Query' } })
  const unknown = await answerTo(app, { query: '{ paperz { totalCount } }' })
  expect(unknown.errors?.[0]?.message).toBe('Cannot query field "paperz" on type "Query".')
  const variable = await answerTo(app, {
    query: 'query ($order: PaperOrder) { papers(order: $order) { totalCount } }',
    variables: { order: 'NEWESTT' },
  })
  expect(JSON.stringify(variable.errors)).toMatch(/NEWESTT/)
  expect(JSON.stringify(variable.errors)).not.toMatch(/Did you mean/)
})

test('GRAPHIQL=off serves a browser no page', async () => {
  const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }
  const page = await fetch(app.endpoint, { headers: browser })
  expect(await page.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] })
  expect(await (await fetch(app.url, { headers: browser })).text()).not.toContain('graphql?query=')
})
