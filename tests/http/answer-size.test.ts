import { getIntrospectionQuery } from 'graphql'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { answerTo, post, query, useTestApp } from '../support/app.ts'
import { plant } from '../support/papers.ts'
import { sentStatements } from '../support/sent.ts'
import { subscribe, subscribeSse } from '../support/subscribe.ts'

const maxBytes = 20_000
const app = useTestApp({ MAX_ANSWER_BYTES: String(maxBytes), MAX_QUERY_ALIASES: '100' })
const abstract = 'A sentence of an abstract. '.repeat(40).trim()

beforeAll(() =>
  plant(
    app.db,
    Array.from({ length: 30 }, () => ({ abstract, keywords: ['routing'] })),
  ),
)
afterEach(() => vi.restoreAllMocks())

const refused = {
  message: `The answer would be larger than ${maxBytes} bytes. Request smaller pages (\`first\`), fewer nested lists or fewer long texts.`,
  extensions: { code: 'ANSWER_TOO_LARGE' },
}
const large = '{ papers(first: 30) { nodes { abstract } } }'
const copies = (amount: number, field: string) =>
  Array.from({ length: amount }, (_, at) => `a${at}: ${field}`).join(' ')

describe('an answer beyond the limit is refused whole', () => {
  test('over HTTP, with the status of the code', async () => {
    expect(await answerTo(app, { query: large })).toEqual({ status: 400, data: null, errors: [refused] })
    expect((await post(app, { query: large }, { accept: 'application/json' })).status).toBe(200)
  })

  test('however small the parts of it are', async () => {
    const query = `{ papers(first: 30) { nodes { ${copies(90, 'upvotes')} } } }`
    expect(await answerTo(app, { query })).toMatchObject({ data: null, errors: [refused] })
  })

  test('over SSE and over WebSocket', async () => {
    await using overSse = await subscribeSse(app, large)
    expect(await overSse.nextResult()).toEqual({ data: null, errors: [refused] })
    await using overSocket = subscribe(app, large)
    expect(await overSocket.nextResult()).toEqual({ data: null, errors: [refused] })
  })

  test('to a gateway', async () => {
    const { nodes } = (
      await query<{ papers: { nodes: { id: string }[] } }>(app, '{ papers(first: 30) { nodes { id } } }')
    ).papers
    const representations = nodes.map(({ id }) => ({ __typename: 'Paper', id }))
    const document =
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Paper { abstract } } }'
    expect(await answerTo(app, { query: document, variables: { representations } })).toMatchObject({
      data: null,
      errors: [refused],
    })
  })

  test('in the middle of a snapshot, whose transaction ends', async () => {
    const document = `{ feedPosition ${large.slice(1)}`
    expect(await answerTo(app, { query: document })).toMatchObject({ data: null, errors: [refused] })
    expect(await query(app, '{ papers(first: 1) { nodes { abstract } } }')).toBeDefined()
  })

  test('if it describes the schema, which no resolver counts', async () => {
    expect(await answerTo(app, { query: getIntrospectionQuery() })).toMatchObject({
      data: null,
      errors: [refused],
    })
  })

  test('without the statements that it would have needed further on', async () => {
    const nested = (texts: string) =>
      `{ papers(first: 8) { nodes { ${texts} keywords { papers(first: 2) { nodes { listings { recordedAt } } } } } } }`
    const statementsFor = async (document: string) => {
      const sent = sentStatements()
      await answerTo(app, { query: document })
      vi.restoreAllMocks()
      return sent.filter((text) => text.includes('paper')).length
    }
    const whole = await statementsFor(nested('title'))
    expect(await statementsFor(nested('a: abstract b: abstract c: abstract'))).toBeLessThan(whole)
  })
})

test('an answer in parts ends with a part that says so', async () => {
  const document =
    '{ papers(first: 2) { nodes { title ... @defer { keywords { papers(first: 30) { nodes { abstract } } } } } } }'
  const text = await (await post(app, { query: document }, { accept: 'multipart/mixed' })).text()
  const parts = [...text.matchAll(/^\{.*\}\r?$/gm)].map(([json]) => JSON.parse(json))
  expect(parts[0]).toMatchObject({ data: { papers: { nodes: [{}, {}] } }, hasNext: true })
  expect(parts.at(-1)).toMatchObject({ incremental: [{ data: null, errors: [refused] }], hasNext: false })
  expect(text.match(/ANSWER_TOO_LARGE/g)).toHaveLength(1)
  expect(text.length).toBeLessThan(maxBytes + 1_000)
})

describe('a subscription', () => {
  const wide = (amount: number) =>
    `subscription { paperIngested(after: "START") { cursor paper { ${copies(amount, 'abstract')} } } }`

  test('ends with the code at an event that would be too large', async () => {
    await using overSocket = subscribe(app, wide(40))
    expect(await overSocket.ended()).toMatchObject([refused])
    await using overSse = await subscribeSse(app, wide(40))
    expect(await overSse.nextResult()).toMatchObject({ errors: [refused] })
  })

  test('is limited by event, and not in sum', async () => {
    await using events = subscribe(app, wide(10))
    for (let event = 0; event < 30; event += 1) await events.next()
  })
})

test('an answer just below the limit is sent', async () => {
  const { papers } = await query<{ papers: { nodes: { abstract: string }[] } }>(
    app,
    '{ papers(first: 15) { nodes { abstract } } }',
  )
  expect(papers.nodes.length).toBe(15)
})
