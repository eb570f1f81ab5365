import { expect, test, vi } from 'vitest'
import { WriteQueue } from '../../db/connection/write-queue.ts'
import { post, query, startTestApp } from '../support/app.ts'
import { hold, writersNeed } from '../support/hold.ts'

const token = 'a-token-for-tests'
const settings = { WRITE_TOKEN: token, POOL_SIZE: '4' }

const mutation = `mutation ($title: String!) {
  ingestPapers(papers: [{ title: $title, authors: [{ name: "Ada" }], publishedAt: "2026-06-15T00:00:00Z" }]) {
    newCount
  }
}`

test.each(Object.entries(writersNeed))(
  'while another program holds %s, reads go on, and then each write is stored',
  async (_name, lock) => {
    await using app = await startTestApp({ settings: { ...settings, WRITE_WAIT_MS: '60000' } })
    await using held = await hold(app.database.database.db, lock)
    const writes = Array.from({ length: 15 }, (_, index) =>
      query<{ ingestPapers: { newCount: number } }>(app, mutation, { title: `Paper ${index}` }, token),
    )
    await held.someoneWaits()
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 4 }, () => query(app, '{ papers(first: 1) { totalCount } }')))
    }
    expect((await fetch(`${app.url}/ready`)).status).toBe(200)
    await held.release()
    for (const write of writes) expect((await write).ingestPapers.newCount).toBe(1)
  },
  60_000,
)

test('a write that waits for too long is refused with a code, a status and a time to come back', async () => {
  await using app = await startTestApp({ settings: { ...settings, WRITE_WAIT_MS: '300' } })
  await using held = await hold(app.database.database.db, writersNeed['the row of the feed'])
  const answers = await Promise.all(
    Array.from({ length: 5 }, (_, index) =>
      post(
        app,
        { query: mutation, variables: { title: `Paper ${index}` } },
        {
          accept: 'application/graphql-response+json',
          authorization: `Bearer ${token}`,
        },
      ),
    ),
  )
  await held.release()
  for (const answer of answers) {
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
    const { errors } = (await answer.json()) as { errors: { extensions: object }[] }
    expect(errors).toEqual([
      {
        message: 'The database is busy with other writes, and nothing was stored. Repeat the request later.',
        path: ['ingestPapers'],
        locations: expect.anything(),
        extensions: { code: 'DATABASE_BUSY', retryAfterMs: expect.any(Number) },
      },
    ])
  }
  const { papers } = await query<{ papers: { totalCount: number } }>(
    app,
    '{ papers(first: 1) { totalCount } }',
  )
  expect(papers.totalCount).toBe(0)
})

test('more writes than may wait are refused at once', async () => {
  const queue = new WriteQueue({ maxWaiting: 1, maxWaitMs: 60_000 })
  const first = Promise.withResolvers<string>()
  const running = queue.run(() => first.promise)
  const second = queue.run(async () => 'second')
  await expect(queue.run(async () => 'third')).rejects.toMatchObject({
    name: 'DatabaseBusyError',
    retryAfterMs: expect.any(Number),
  })
  first.resolve('first')
  expect([await running, await second]).toEqual(['first', 'second'])
  expect(await queue.run(async () => 'fourth')).toBe('fourth')
})

test('a write that gave up does not run, and one that failed lets the next one through', async () => {
  const queue = new WriteQueue({ maxWaiting: 10, maxWaitMs: 50 })
  const first = Promise.withResolvers<void>()
  const running = queue.run(() => first.promise)
  const late = vi.fn(async () => {})
  await expect(queue.run(late)).rejects.toThrow('The database is busy with other writes.')
  const next = queue.run(async (leftMs) => leftMs)
  first.reject(new Error('It failed.'))
  await expect(running).rejects.toThrow('It failed.')
  expect(await next).toBeLessThanOrEqual(50)
  expect(late).not.toHaveBeenCalled()
})
