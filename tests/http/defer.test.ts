import { buildHTTPExecutor } from '@graphql-tools/executor-http'
import { parse } from 'graphql'
import { createClient } from 'graphql-ws'
import { sql } from 'kysely'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { post, query, useTestApp } from '../support/app.ts'
import { plantLibrary } from '../support/library.ts'
import { awaiting } from '../support/patience.ts'
import { sentStatements } from '../support/sent.ts'
import { subscribeSse } from '../support/subscribe.ts'

const app = useTestApp()
beforeAll(() => plantLibrary(app.db))
afterEach(() => vi.restoreAllMocks())

/** The screen of a paper: what is above the fold first, the search for related papers later. */
const paperPage = `query {
  paper(arxivId: "2605.00001") {
    title
    ... @defer(label: "related") { related(first: 3) { paper { title } } }
  }
}`
const whole = paperPage.replace('@defer(label: "related")', '')

function send(document: string, accept?: string): Promise<Response> {
  return post(app, { query: document }, { ...(accept && { accept }) })
}

/** The parts of a multipart answer as they came. */
async function partsOf(response: Response): Promise<Record<string, unknown>[]> {
  const text = await response.text()
  return [...text.matchAll(/^\{.*\}\r?$/gm)].map(([json]) => JSON.parse(json))
}

describe('a client that takes parts', () => {
  test.each(['-1', 'null'])('@stream(initialCount: %s) is refused in words', async (count) => {
    const response = await send(
      `{ papers { nodes @stream(initialCount: ${count}) { id } } }`,
      'multipart/mixed',
    )
    expect(await response.text()).toContain('@stream(initialCount:): pass a whole number of at least 0')
  })

  test('merges them into the answer that it would have had as a whole', async () => {
    const executor = buildHTTPExecutor({ endpoint: app.endpoint })
    const result = await executor({ document: parse(paperPage) })
    expect(Symbol.asyncIterator in result).toBe(true)
    const seen: unknown[] = []
    for await (const { data } of result as AsyncIterable<{ data: unknown }>) seen.push(structuredClone(data))
    expect(seen.length).toBeGreaterThan(1)
    expect(seen[0]).toEqual({ paper: { title: expect.any(String) } })
    expect(seen.at(-1)).toEqual(await query(app, whole))
  })

  test('has the first part while the rest is still computed', async () => {
    await using lock = await heldTable('paper_keyword')
    const response = await send(paperPage, 'multipart/mixed')
    expect(response.headers.get('cache-control')).toBe('no-store, no-transform')
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString()
      if (text.includes('"hasNext":true')) lock.release()
    }
    expect(text.indexOf('"hasNext":true')).toBeLessThan(text.indexOf('"label":"related"'))
    expect(text).toContain('"hasNext":false')
  })

  test('streams a list', async () => {
    const document =
      '{ paper(arxivId: "2605.00001") { listings @stream(initialCount: 0) { edition { date } } } }'
    const parts = await partsOf(await send(document, 'multipart/mixed, application/json'))
    expect(parts[0]).toMatchObject({ data: { paper: { listings: [] } }, hasNext: true })
    expect(JSON.stringify(parts.slice(1))).toContain('2026-06-01')
  })

  test('costs no statement for each item of a list', async () => {
    const list = (defer: string) =>
      `{ papers(first: 6) { nodes { id ... ${defer} { related(first: 2) { paper { title keywords { key } } } } } } }`
    const count = async (document: string) => {
      const sent = sentStatements()
      await partsOf(await send(document, 'multipart/mixed'))
      const about = sent.filter((text) => /paper/.test(text)).length
      vi.restoreAllMocks()
      return about
    }
    const whole = await count(list(''))
    expect(whole).toBeGreaterThan(1)
    expect(await count(list('@defer'))).toBeLessThanOrEqual(whole + 2)
  })

  test('is told of faults in later parts as of any: masked, logged once', async () => {
    await sql`alter table paper_keyword rename to elsewhere`.execute(app.db)
    const parts = await partsOf(await send(paperPage, 'multipart/mixed'))
    await sql`alter table elsewhere rename to paper_keyword`.execute(app.db)
    expect(JSON.stringify(parts)).not.toMatch(/relation|paper_keyword|unexpected/)
    const errors = parts.flatMap((part) => (part.incremental ?? []) as { errors?: object[] }[])
    expect(errors.flatMap((part) => part.errors ?? [])).toMatchObject([
      { message: 'Something went wrong on our side.', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ])
    expect(app.logged.filter((line) => line.includes('paper_keyword')).length).toBe(1)
  })
})

describe('one whole answer goes', () => {
  test.each([undefined, '*/*', 'application/json', 'application/graphql-response+json'])(
    'to a client that accepts %s',
    async (accept) => {
      const response = await send(paperPage, accept)
      expect(response.headers.get('content-type')).toMatch(/json/)
      expect(await response.json()).toEqual({ data: await query(app, whole) })
    },
  )

  test('to a question for feedPosition, whose snapshot holds for all of it', async () => {
    const document = `{ feedPosition ... @defer { paper(arxivId: "2605.00001") { title } } }`
    const parts = await partsOf(await send(document, 'multipart/mixed'))
    expect(parts).toEqual([
      { data: { feedPosition: expect.any(String), paper: { title: expect.any(String) } } },
    ])
  })

  test('over WebSocket, and with each event of a subscription', async () => {
    const client = createClient({ url: app.wsEndpoint, webSocketImpl: WebSocket })
    expect((await client.iterate({ query: paperPage }).next()).value).toEqual({
      data: await query(app, whole),
    })
    await client.dispose()
    const document = `subscription { paperIngested(after: START) { cursor paper { id ... @defer { title } } } }`
    await using events = await subscribeSse(app, document)
    expect(await events.next()).toMatchObject({
      paperIngested: { paper: { title: expect.any(String) } },
    })
  })
})

test('labels that are not unique, and streams of what is no list, are refused', async () => {
  const twice = '{ a: paper(id: "x") { ... @defer(label: "x") { id } ... @defer(label: "x") { title } } }'
  expect(await (await send(twice)).text()).toContain('label argument must be unique')
  const noList = '{ paper(id: "x") @stream { id } }'
  expect(await (await send(noList)).text()).toContain('cannot be used on non-list field')
})

/** Holds a table so that nobody reads it, until released. */
async function heldTable(table: string) {
  const held = Promise.withResolvers<void>()
  const taken = Promise.withResolvers<void>()
  const transaction = app.db.transaction().execute(async (trx) => {
    await sql`lock table ${sql.table(table)} in access exclusive mode`.execute(trx)
    taken.resolve()
    await held.promise
  })
  await awaiting(() => 'the table to be locked', taken.promise)
  const release = () => held.resolve()
  return {
    release,
    async [Symbol.asyncDispose]() {
      release()
      await transaction
    },
  }
}
