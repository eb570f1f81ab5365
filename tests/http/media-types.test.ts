import { expect, test } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { exchange } from '../support/exchange.ts'

const app = useTestApp()

const send = (type: string | string[] | undefined, body = '{"query":"{ __typename }"}') =>
  exchange(app, {
    ...{ method: 'POST', target: '/graphql', body },
    headers: type === undefined ? {} : { 'content-type': type },
  })

test.each([
  'Application/JSON; Charset=UTF-8',
  'APPLICATION/JSON',
  'application/json ; charset=utf-8',
  'application/json;charset="UTF-8"',
  'application/json;\tcharset=utf8',
  'application/json; charset=',
  'application/json;',
  'application/json; profile="a;b"; charset=utf-8',
  'application/graphql+JSON',
  'application/json, application/json',
])('a body of %s is JSON', async (type) => {
  const { status, text } = await send(type)
  expect([status, JSON.parse(text)]).toEqual([200, { data: { __typename: 'Query' } }])
})

test('a header that is sent twice counts once', async () => {
  expect((await send(['application/json', 'application/json'])).status).toBe(200)
})

test('forms and documents are taken in any case of letters, too', async () => {
  const form = await send('Application/X-WWW-Form-Urlencoded ; charset=UTF-8', 'query=%7B__typename%7D')
  expect(JSON.parse(form.text)).toEqual({ data: { __typename: 'Query' } })
  const document = await send('Application/GraphQL', '{ __typename }')
  expect(JSON.parse(document.text)).toEqual({ data: { __typename: 'Query' } })
})

test.each([
  'application/json-patch+json',
  'application/jsonp',
  'text/json',
  'text/plain; application/json',
  'multipart/form-data; boundary=x',
  'json',
  '',
  undefined,
])('a body of %s is refused by name', async (type) => {
  const { status, text } = await send(type)
  expect(status).toBe(415)
  expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }] })
})
