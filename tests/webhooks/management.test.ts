import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { query, refusal, useTestApp } from '../support/app.ts'
import { ingestPaper } from '../support/feed.ts'
import { answerWith, startReceiver, verifySignature } from '../support/webhook-receiver.ts'
import { adminToken, createWebhook, webhookSettings } from '../support/webhooks.ts'

const app = useTestApp({ ...webhookSettings, MAX_WEBHOOKS: '3' })
let token = ''
beforeAll(async () => {
  token = await adminToken(app.db)
})
afterEach(() => app.db.deleteFrom('webhook').execute())

// biome-ignore lint/suspicious/noExplicitAny: the tests look into it.
async function run(field: string, variables: Record<string, unknown> = {}): Promise<any> {
  const types: Record<string, string> = { id: 'ID!', url: 'URL', after: 'FeedCursor!', hours: 'Int!' }
  const given = Object.keys(variables).map((name) => `$${name}: ${types[name]}`)
  const document = `mutation ${given.length > 0 ? `(${given.join(', ')})` : ''} { ${field} }`
  return Object.values(await query<Record<string, unknown>>(app, document, variables, token))[0]
}

const shown = 'webhook { id name host status disabledReason kinds filter cursor }'

test('an endpoint that does not answer the challenge gets no events until it does', async () => {
  await using receiver = await startReceiver()
  receiver.answer = answerWith(401)
  const { webhook, secret, verification } = await createWebhook(app, token, { url: `${receiver.url}/hook` })
  expect(webhook).toMatchObject({
    status: 'DISABLED',
    disabledReason: expect.stringContaining('webhook.verify'),
  })
  expect(verification).toMatchObject({ succeeded: false, status: 401, error: expect.stringContaining('401') })
  await ingestPaper(app.db, 'First')
  await app.feed.refresh()
  expect(
    await run(`enableWebhook(id: $id) { ${shown} verification { status } }`, { id: webhook.id }),
  ).toMatchObject({
    ...{ webhook: { status: 'DISABLED' }, verification: { status: 401 } },
  })
  // It knows the secret now.
  receiver.answer = (received, response) => {
    verifySignature(received, secret)
    response.end()
  }
  expect(await run(`enableWebhook(id: $id) { ${shown} }`, { id: webhook.id })).toMatchObject({
    webhook: { status: 'ACTIVE', disabledReason: null, host: new URL(receiver.url).host },
  })
  const [first] = await receiver.accepts(1)
  expect(first?.json.data.paper.title).toBe('First')
})

test('during a rotation each delivery has a signature of both secrets, afterwards of the new one alone', async () => {
  await using receiver = await startReceiver()
  const { webhook, secret } = await createWebhook(app, token, { url: `${receiver.url}/hook` })
  const rotate = 'rotateWebhookSecret(id: $id, keepPreviousHours: $hours) { secret previousUntil }'
  const { secret: second } = await run(rotate, { id: webhook.id, hours: 1 })
  expect(second).toMatch(/^whsec_[\w+/]{43}=$/)
  await ingestPaper(app.db, 'To both')
  const [toBoth] = await receiver.accepts(1)
  if (!toBoth) return expect.fail('Nothing was delivered.')
  for (const either of [secret, second]) verifySignature(toBoth, either)
  const { secret: third } = await run(rotate, { id: webhook.id, hours: 0 })
  await ingestPaper(app.db, 'To one')
  const toOne = (await receiver.accepts(2))[1]
  if (!toOne) return expect.fail('Nothing was delivered.')
  verifySignature(toOne, third)
  expect(() => verifySignature(toOne, second)).toThrow('No matching signature')
})

test('rewinding delivers again, with the same ids, and a test is sent at once outside of the order', async () => {
  await using receiver = await startReceiver()
  const { webhook } = await createWebhook(app, token, { url: `${receiver.url}/hook` })
  await ingestPaper(app.db, 'One')
  await ingestPaper(app.db, 'Two')
  const before = await receiver.accepts(2)
  const after = before[0]?.json.data.previousCursor
  await run(`rewindWebhook(id: $id, after: $after) { ${shown} }`, { id: webhook.id, after })
  const all = await receiver.accepts(4)
  expect(all.slice(2).map(({ id }) => id)).toEqual(before.map(({ id }) => id))
  expect(all[2]?.json.data.previousCursor).toBe(after)
  await run('disableWebhook(id: $id) { webhook { status } }', { id: webhook.id })
  receiver.answer = answerWith(418)
  expect(
    await run('testWebhook(id: $id) { attempt { event succeeded status answer } }', { id: webhook.id }),
  ).toEqual({
    attempt: { event: 'webhook.test', succeeded: false, status: 418, answer: 'status 418' },
  })
})

test('what is updated counts from the next event on, and another URL is verified first', async () => {
  await using receiver = await startReceiver()
  const { webhook } = await createWebhook(app, token, { url: `${receiver.url}/old` })
  const update = `updateWebhook(id: $id, url: $url, kinds: [LISTED], filter: { text: "sparse" }) { ${shown} verification { status } }`
  receiver.answer = answerWith(404)
  expect(await run(update, { id: webhook.id, url: `${receiver.url}/new` })).toMatchObject({
    webhook: { status: 'DISABLED', kinds: ['LISTED'], filter: '{"text":"sparse"}' },
    verification: { status: 404 },
  })
  receiver.answer = undefined
  expect(await run(update, { id: webhook.id, url: `${receiver.url}/new` })).toMatchObject({
    ...{ webhook: { status: 'ACTIVE' }, verification: { status: 200 } },
  })
  const all =
    'updateWebhook(id: $id, name: "all", kinds: null, filter: null) { webhook { name kinds filter } verification { status } }'
  expect(await run(all, { id: webhook.id })).toEqual({
    ...{ webhook: { name: 'all', kinds: null, filter: '{}' }, verification: null },
  })
  await ingestPaper(app.db, 'Wanted')
  expect((await receiver.accepts(1, '/new'))[0]?.json.data.paper.title).toBe('Wanted')
  expect(await run('deleteWebhook(id: $id) { deletedId }', { id: webhook.id })).toEqual({
    deletedId: webhook.id,
  })
})

test('neither URL nor secret can be read or are logged', async () => {
  await using receiver = await startReceiver()
  const { secret } = await createWebhook(app, token, {
    name: 'quiet',
    url: `${receiver.url}/very-secret-path`,
  })
  receiver.answer = (_received, _response, request) => request.socket.destroy()
  await ingestPaper(app.db, 'Not delivered')
  const all = '{ webhooks { id name host status filter attempts { event eventId error answer } } }'
  await vi.waitFor(
    async () => expect(JSON.stringify(await query(app, all, {}, token))).toContain('FAILING'),
    { timeout: 150_000 },
  )
  const said = JSON.stringify(await query(app, all, {}, token)) + app.logged.join('\n')
  expect(said).toContain('A webhook fails, retrying.')
  for (const hidden of ['very-secret-path', secret, secret.slice('whsec_'.length)])
    expect(said).not.toContain(hidden)
  const { __type } = await query<{ __type: { fields: { name: string }[] } }>(
    ...([app, '{ __type(name: "Webhook") { fields { name } } }'] as const),
  )
  expect(__type.fields.map(({ name }) => name).filter((name) => /url|secret/i.test(name))).toEqual([])
})

test('what cannot be done is refused with what to do instead', async () => {
  await using receiver = await startReceiver()
  const { webhook } = await createWebhook(app, token, { name: 'taken', url: `${receiver.url}/hook` })
  const refusedWith = async (document: string, variables: Record<string, unknown> = {}, by = token) => {
    const { message, extensions } = await refusal(app, document, variables as never, by)
    return [extensions.code, extensions.argument, message]
  }
  const create = (rest: string) => `mutation { createWebhook(${rest}) { secret } }`
  expect(await refusedWith(create(`name: "taken", url: "${receiver.url}"`))).toEqual([
    ...['BAD_USER_INPUT', 'name', expect.stringContaining('another webhook has this name')],
  ])
  expect(await refusedWith(create('name: "x", url: "https://example.org:25/"'))).toEqual([
    ...['BAD_USER_INPUT', 'url', expect.stringContaining('port 443')],
  ])
  expect(await refusedWith(create('name: " ", url: "https://example.org/"'))).toEqual([
    ...['BAD_USER_INPUT', 'name', expect.stringContaining('must not be blank')],
  ])
  expect(
    await refusedWith(create('name: "x", url: "https://example.org/", filter: { text: "the" }')),
  ).toEqual([...['BAD_USER_INPUT', 'filter', expect.stringContaining('no searchable word')]])
  expect(await refusedWith(create('name: "x", url: "https://example.org/", after: "nonsense"'))).toEqual([
    ...['CURSOR_MALFORMED', undefined, expect.stringContaining('not a feed cursor')],
  ])
  for (const id of ['nonsense', '00000000-0000-0000-0000-000000000000'])
    expect(
      await refusedWith('mutation ($id: ID!) { testWebhook(id: $id) { attempt { status } } }', { id }),
    ).toEqual([...['BAD_USER_INPUT', 'id', expect.stringContaining('no webhook has this id')]])
  const hours = 'mutation ($id: ID!) { rotateWebhookSecret(id: $id, keepPreviousHours: 721) { secret } }'
  expect(await refusedWith(hours, { id: webhook.id })).toEqual([
    ...['BAD_USER_INPUT', 'keepPreviousHours', expect.stringContaining('0 to 720')],
  ])
  for (const name of ['two', 'three'])
    await createWebhook(app, token, { name, url: `${receiver.url}/${name}` })
  expect(await refusedWith(create(`name: "four", url: "${receiver.url}"`))).toEqual([
    ...['TOO_MANY_WEBHOOKS', undefined, expect.stringContaining('There are 3 webhooks already')],
  ])
  for (const document of [
    '{ webhooks { id } }',
    '{ webhookState { lag } }',
    create('name: "x", url: "https://x.test/"'),
  ])
    expect((await refusedWith(document, {}, 'not-a-token-of-this-server'))[0]).toBe('UNAUTHENTICATED')
})
