import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { post, startTestApp, type TestApp } from '../support/app.ts'
import { awaiting } from '../support/patience.ts'
import { subscribe, subscribeSse } from '../support/subscribe.ts'

const live = 'subscription { paperIngested { paper { title } } }'

/** A query that the database answers only when `release` is called. */
async function slowQuery(app: TestApp) {
  const release = Promise.withResolvers<void>()
  const locked = Promise.withResolvers<void>()
  const holder = app.database.database.db.transaction().execute(async (other) => {
    await sql`lock table paper`.execute(other)
    locked.resolve()
    await release.promise
  })
  await awaiting(() => 'the table to be locked', locked.promise)
  const response = post(app, { query: '{ papers(first: 1) { nodes { title } } }' })
  await untilWaiting(app)
  const end = () => {
    release.resolve()
    return holder
  }
  return { response, release: end }
}

/** Resolves when a statement waits for a lock in the app's database. */
async function untilWaiting(app: TestApp): Promise<void> {
  const waiting = async () => {
    const { rows } = await sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
    `.execute(app.database.database.db)
    return rows.length
  }
  await expect.poll(waiting, { timeout: 150_000 }).toBeGreaterThan(0)
}

describe('stopping', () => {
  test('subscribers see an end, not a cut', async () => {
    await using app = await startTestApp()
    await using sse = await subscribeSse(app, live)
    await using ws = subscribe(app, live)
    await expect.poll(() => app.hub.held.subscriptions).toBe(2)
    await app.close()
    expect(await sse.ended()).toBeUndefined()
    await ws.ended()
  })

  test('a request that runs is answered; new ones find nobody', async () => {
    await using app = await startTestApp()
    const slow = await slowQuery(app)
    const closing = app.close()
    await expect(fetch(`${app.url}/health`)).rejects.toThrow()
    await slow.release()
    const response = await slow.response
    expect(await response.json()).toEqual({ data: { papers: { nodes: [] } } })
    await closing
  })

  test('a request that does not end is cut after the time that the settings give', async () => {
    await using app = await startTestApp({ settings: { SHUTDOWN_MS: '300' } })
    const slow = await slowQuery(app)
    const cut = expect(slow.response).rejects.toThrow()
    const closing = app.close()
    await cut
    await slow.release()
    await closing
  })

  test('closing twice is closing once', async () => {
    await using app = await startTestApp()
    await Promise.all([app.close(), app.close()])
  })
})
