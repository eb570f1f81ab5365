import { expect, test } from 'vitest'
import { type Answer, answerTo, post, query, startTestApp } from '../support/app.ts'
import { createTestDatabase } from '../support/database.ts'
import { execute } from '../support/execute.ts'
import { subscribe, subscribeSse } from '../support/subscribe.ts'

const token = 'a-token-of-the-tests'
const ingest = 'mutation ($papers: [PaperInput!]!) { ingestPapers(papers: $papers) { newCount } }'
const papers = (number: number) => [
  {
    observedAt: '2026-06-16T12:00:00Z',
    arxivId: `2606.0001${number}`,
    title: `Paper ${number}`,
    publishedAt: '2026-06-15',
    authors: [{ name: 'Ada Lovelace' }],
  },
]

/** Ends the sessions of a database but for this one's, as a switch to another server does. */
const endSessions = (url: string) =>
  execute(
    url,
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )

test('while the database is read-only, writes are told to come back and reads go on; after that writes work at once', async () => {
  const database = await createTestDatabase()
  const name = new URL(database.url).pathname.slice(1)
  await using app = await startTestApp({ settings: { DATABASE_URL: database.url, WRITE_TOKEN: token } })
  const write = (number: number) =>
    post(app, { query: ingest, variables: { papers: papers(number) } }, { authorization: `Bearer ${token}` })
  expect(await (await write(1)).json()).toEqual({ data: { ingestPapers: { newCount: 1 } } })

  await execute(database.url, `alter database ${name} set default_transaction_read_only = on`)
  await endSessions(database.url)
  app.logged.length = 0
  for (const number of [2, 3]) {
    const refused = await write(number)
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'DATABASE_UNAVAILABLE' } }] })
    expect(refused.headers.get('retry-after')).toBe('5')
  }
  // Several at once, so that several connections are opened while writes are forbidden.
  const reads = await Promise.all([1, 2, 3, 4].map(() => query(app, '{ papers { totalCount } }')))
  expect(reads).toEqual(reads.map(() => ({ papers: { totalCount: 1 } })))
  expect((await fetch(`${app.url}/ready`)).status).toBe(200)
  const lines = app.logged.filter(
    (line) => line.includes('read-only transaction') && !line.includes('debug:'),
  )
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/warn: The database is read-only; .* reason=".*"$/)

  await execute(
    database.url,
    `begin; set transaction read write; alter database ${name} reset default_transaction_read_only; commit`,
  )
  expect(await (await write(4)).json()).toEqual({ data: { ingestPapers: { newCount: 1 } } })
  expect(await answerTo(app, { query: '{ papers { totalCount } }' })).toMatchObject({
    data: { papers: { totalCount: 2 } },
  })
})

test('through read-only turns, subscribers lose nothing, and each write gets a result or a code', async () => {
  const database = await createTestDatabase()
  const name = new URL(database.url).pathname.slice(1)
  await using app = await startTestApp({ settings: { DATABASE_URL: database.url, WRITE_TOKEN: token } })
  const document = 'subscription { paperIngested(after: "START") { paper { arxivId } } }'
  type Received = { paperIngested: { paper: { arxivId: string } } }
  await using socket = subscribe<Received>(app, document)
  await using stream = await subscribeSse<Received>(app, document)
  const stored: string[] = []
  let number = 0
  const write = async () => {
    number += 1
    const [paper] = papers(number)
    const body = { query: ingest, variables: { papers: [paper] } }
    const response = await post(app, body, { authorization: `Bearer ${token}` })
    const { data, errors } = (await response.json()) as Answer
    if (errors) return errors[0]?.extensions.code
    expect(data).toEqual({ ingestPapers: { newCount: 1 } })
    stored.push(paper?.arxivId ?? '')
    return 'stored'
  }
  for (const isCut of [false, true]) {
    expect(await write()).toBe('stored')
    await execute(database.url, `alter database ${name} set default_transaction_read_only = on`)
    if (isCut) await endSessions(database.url)
    const outcomes = [await write(), await write()]
    // Sessions that are open keep what they began with.
    expect(outcomes).toEqual(isCut ? ['DATABASE_UNAVAILABLE', 'DATABASE_UNAVAILABLE'] : ['stored', 'stored'])
    await execute(
      database.url,
      `begin; set transaction read write; alter database ${name} reset default_transaction_read_only; commit`,
    )
    expect(await write()).toBe('stored')
  }
  for (const subscription of [socket, stream]) {
    const received: string[] = []
    while (received.length < stored.length)
      received.push((await subscription.next(20_000)).paperIngested.paper.arxivId)
    expect([received, subscription.waiting]).toEqual([stored, 0])
  }
})

test('a server starts on a database that may only be read, and reads', async () => {
  const database = await createTestDatabase()
  const name = new URL(database.url).pathname.slice(1)
  await execute(database.url, `alter database ${name} set default_transaction_read_only = on`)
  await using app = await startTestApp({ settings: { DATABASE_URL: database.url, PLANT_SEEDS: 'on' } })
  expect(await query(app, '{ papers { totalCount } }')).toEqual({ papers: { totalCount: 0 } })
})
