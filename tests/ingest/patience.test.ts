import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { DatabaseBusyError } from '../../db/connection/write-queue.ts'
import { retryWhileTransient } from '../../src/ingest/patience.ts'
import { startCli } from '../support/cli.ts'
import { testClock } from '../support/clock.ts'
import { createTestDatabase } from '../support/database.ts'
import { hold, writersNeed } from '../support/hold.ts'
import { startDatabaseProxy } from '../support/proxy.ts'
import { entries } from '../support/upstream-data.ts'

const again = 'What was stored is kept: run the same command again, nothing is stored twice.'

/** An ingest of two papers from its standard input. */
const ingesting = (url: string, env: Record<string, string> = {}) =>
  startCli(['ingest', '-', '--json', '--observed-at', '2026-06-16T12:00:00Z'], {
    cwd: tmpdir(),
    env: { DATABASE_URL: url, ...env },
    input: JSON.stringify(entries(2, '2026-06-16')),
  })

test('an ingest that meets a lock waits, says so once, and stores everything when it is free', async () => {
  await using database = await createTestDatabase()
  await using held = await hold(database.database.db, writersNeed['the row of the feed'])
  await using cli = ingesting(database.url, { WRITE_WAIT_MS: '200' })
  await cli.said(/hold its locks for too long\. .* Retrying for up to 600 s\./)
  await held.release()
  expect(await cli.ended).toEqual({ code: 0, signal: null })
  expect(JSON.parse(cli.stdout)).toMatchObject({ new: 2 })
  expect(cli.stderr.match(/Retrying/g)).toHaveLength(1)
})

test('an ingest that meets an outage waits for its end', async () => {
  await using database = await createTestDatabase()
  await using proxy = await startDatabaseProxy(database.url)
  await using held = await hold(database.database.db, writersNeed['the row of the feed'])
  await using cli = ingesting(proxy.url)
  await held.someoneWaits()
  proxy.accepts = false
  proxy.cut()
  await held.release()
  await cli.said(/The database cannot be used at the moment: .* Retrying/)
  proxy.accepts = true
  expect(await cli.ended).toEqual({ code: 0, signal: null })
  expect(JSON.parse(cli.stdout)).toMatchObject({ new: 2 })
})

test('an ingest whose patience is over says what to run again', async () => {
  await using database = await createTestDatabase()
  await using proxy = await startDatabaseProxy(database.url)
  await using held = await hold(database.database.db, writersNeed['the row of the feed'])
  await using cli = ingesting(proxy.url, { INGEST_RETRY_MS: '300' })
  await held.someoneWaits()
  proxy.accepts = false
  proxy.cut()
  expect(await cli.ended).toEqual({ code: 1, signal: null })
  expect(cli.stderr).toMatch(new RegExp(`The database cannot be used at the moment: .* ${again}`))
  expect(cli.stderr).not.toContain('This should not have happened')
})

test('what does not pass is not tried again, and what passes is only for as long as patience lasts', async () => {
  const clock = testClock()
  const busy = new DatabaseBusyError({ maxWaitMs: 1, maxWaiting: 1 })
  const seen: unknown[] = []
  const patience = { retryMs: 60_000, onRetry: (error: unknown) => seen.push(error), clock }
  let tries = 0
  const failing = (error: unknown) => () => {
    tries += 1
    return Promise.reject(error)
  }
  await expect(retryWhileTransient(failing(new Error('bug')), patience, undefined)).rejects.toThrow('bug')
  expect([tries, seen, clock.waits]).toEqual([1, [], []])
  await expect(retryWhileTransient(failing(busy), patience, undefined)).rejects.toBe(busy)
  expect(seen).toEqual([busy])
  expect(clock.waits.reduce((sum, wait) => sum + wait, 0)).toBe(60_000)
})
