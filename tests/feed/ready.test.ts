import { expect, test, vi } from 'vitest'
import { readiness } from '../../src/readiness.ts'
import { startTestApp } from '../support/app.ts'
import { createTestDatabase } from '../support/database.ts'
import { startDatabaseProxy } from '../support/proxy.ts'

const checks = {
  feed: { readAgeMs: 1_234.5 },
  answers: async () => true,
  isStopping: () => false,
  maxFeedAgeMs: 30_000,
}

test('a server is ready while it answers, reads the feed and is not stopping; otherwise it says why not', async () => {
  const reasonWith = async (over: Partial<typeof checks>) => (await readiness({ ...checks, ...over })).reason
  expect(await readiness(checks)).toEqual({ reason: null, feedAgeMs: 1_235 })
  expect(await reasonWith({ feed: { readAgeMs: 30_000 } })).toBeNull()
  expect(await reasonWith({ feed: { readAgeMs: 41_000 } })).toBe(
    'The feed was last read 41 s ago, so subscribers receive nothing new.',
  )
  expect(await reasonWith({ answers: async () => false })).toBe('The database does not answer.')
  expect(await reasonWith({ isStopping: () => true })).toBe('The server is stopping.')
})

test('while its links to the database are silent, /ready answers 503 with the age of the last reading, then 200', async () => {
  await using database = await createTestDatabase()
  await using proxy = await startDatabaseProxy(database.url)
  await using app = await startTestApp({
    settings: { DATABASE_URL: proxy.url, READY_MAX_FEED_AGE_MS: '6000' },
    isAlert: true,
  })
  const ask = async () => {
    const response = await fetch(`${app.url}/ready`)
    return { status: response.status, body: await response.json() }
  }
  expect(await ask()).toMatchObject({ status: 200, body: { status: 'ready' } })
  proxy.accepts = false
  proxy.silence()
  await vi.waitFor(
    async () => {
      const { status, body } = await ask()
      expect(status).toBe(503)
      expect(body.feedAgeMs).toBeGreaterThan(6_000)
    },
    { timeout: 25_000, interval: 200 },
  )
  proxy.accepts = true
  await vi.waitFor(async () => expect((await ask()).status).toBe(200), { timeout: 25_000, interval: 200 })
})
