import { sql } from 'kysely'
import { expect, test, vi } from 'vitest'
import { type FollowedEvent, followFeed } from '../../src/client/follow.ts'
import { startTestApp } from '../support/app.ts'
import { createTestDatabase } from '../support/database.ts'
import { addPapers, append, cursorAt, ingested } from '../support/feed.ts'
import { readFeed } from '../support/feed-stream.ts'

test('the log is written where the user may not ask Postgres for its system identifier', async () => {
  await using store = await createTestDatabase()
  const { db } = store.database
  const [paper = 0] = await addPapers(db, ['Managed'])
  await sql`revoke execute on function pg_control_system() from public`.execute(db)
  await db.transaction().execute(async (trx) => {
    await sql`create role daily_papers_managed in role pg_read_all_data, pg_write_all_data`.execute(trx)
    await sql`set local role daily_papers_managed`.execute(trx)
    await append(trx, [ingested(paper)])
    await append(trx, [ingested(paper)])
    await sql`reset role`.execute(trx)
    await sql`drop role daily_papers_managed`.execute(trx)
  })
})

test('the follower and an EventSource that come while the log is locked wait, and lose nothing', async () => {
  await using app = await startTestApp({ settings: { STATEMENT_TIMEOUT_MS: '300' } })
  for (const id of await addPapers(app.db, ['First', 'Second'])) await append(app.db, [ingested(id)])
  await using started = await startTestApp({ beside: app, settings: { STATEMENT_TIMEOUT_MS: '300' } })
  const after = await cursorAt(app, 1)
  const stop = new AbortController()
  const followed: FollowedEvent[] = []
  const onLost = vi.fn()
  const follow = async () => {
    const options = { url: started.endpoint, after, signal: stop.signal, onLost }
    for await (const event of followFeed(options)) followed.push(event)
  }
  const headers = { accept: 'text/event-stream', 'last-event-id': after }
  let following: Promise<void> | undefined
  await app.db.transaction().execute(async (trx) => {
    await sql`lock table feed_event in access exclusive mode`.execute(trx)
    following = follow()
    const turned = await fetch(`${started.url}/feed`, { headers })
    // What is not 200 ends an EventSource for good.
    expect([turned.status, turned.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ])
    expect(await turned.text()).toMatch(/^retry: \d+\n/)
    const other = await fetch(`${started.url}/feed?after=${after}`)
    expect(other.status).toBe(503)
    await vi.waitFor(() => expect(onLost).toHaveBeenCalled(), { timeout: 150_000 })
  })
  await vi.waitFor(() => expect(followed.map(({ paper }) => paper.title)).toEqual(['Second']), {
    timeout: 150_000,
  })
  const back = await readFeed(started, '', headers)
  expect((await back.next()).id).toBe(after)
  expect((await back.next()).data?.paper.title).toBe('Second')
  back.stop()
  stop.abort()
  await following
})
