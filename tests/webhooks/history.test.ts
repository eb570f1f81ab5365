import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { pruneLog } from '../../db/feed/prune.ts'
import { startTestApp } from '../support/app.ts'
import { cursorAt, ingestPaper } from '../support/feed.ts'
import { answerWith, startReceiver } from '../support/webhook-receiver.ts'
import { adminToken, createWebhook, repeatUntil, webhookSettings } from '../support/webhooks.ts'

test('after a restore an endpoint is told what was replaced, and continues from the shared position', async () => {
  await using app = await startTestApp({ settings: webhookSettings })
  await using receiver = await startReceiver()
  const token = await adminToken(app.db)
  await ingestPaper(app.db, 'Kept')
  await createWebhook(app, token, { url: receiver.url, after: 'START' })
  for (const title of ['Lost 1', 'Lost 2']) await ingestPaper(app.db, title)
  const before = await receiver.accepts(3)
  const shared = await cursorAt(app, 1)
  // As a failover does that loses the commits after it; the row of the webhook is of a later time than the log.
  await app.db.transaction().execute(async (trx) => {
    await sql`delete from feed_event where number > 1`.execute(trx)
    await sql`update feed set head = 1`.execute(trx)
  })
  await ingestPaper(app.db, 'New')
  await app.feed.refresh()
  const reset = await receiver.receives(({ json }) => json.type === 'feed.reset')
  expect(reset.json.data).toEqual({
    ...{ cursor: shared, previousCursor: before[2]?.json.data.cursor },
    code: expect.stringMatching(/^CURSOR_(FOREIGN|FUTURE)$/),
    message: expect.stringContaining('restored'),
  })
  const accepted = await receiver.accepts(4)
  expect(accepted.map(({ json }) => json.data.paper.title)).toEqual(['Kept', 'Lost 1', 'Lost 2', 'New'])
  expect(accepted[3]?.json.data.previousCursor).toBe(shared)
})

test('events wait for an active endpoint beyond their age, for a week; after that it is told what it has lost', async () => {
  await using app = await startTestApp({ settings: webhookSettings })
  const { db } = app
  await using receiver = await startReceiver()
  const token = await adminToken(db)
  await createWebhook(app, token, { url: receiver.url, after: 'START' })
  receiver.answer = answerWith(500)
  await ingestPaper(db, 'Old')
  await receiver.receives(({ json }) => json.data.paper?.title === 'Old')
  // The next attempt, which comes by itself after some seconds, must not fall between the steps that follow.
  const later = db
    .updateTable('webhook')
    .set({ next_attempt_at: new Date(Date.now() + 3_600_000) })
    .where('failures', '=', 1)
    .where('claimed_until', 'is', null)
  await expect.poll(async () => (await later.executeTakeFirstOrThrow()).numUpdatedRows).toBe(1n)
  const age = (days: number) =>
    sql`update feed_event set recorded_at = now() - make_interval(days => ${days}::integer)`.execute(db)
  await age(3)
  expect(await pruneLog(db, 2)).toBe(0)
  await age(10)
  expect(await pruneLog(db, 2)).toBe(1)
  await ingestPaper(db, 'Young')
  receiver.answer = undefined
  const told = receiver.receives(({ json }) => json.type === 'feed.reset')
  const reset = await repeatUntil(app, told)
  expect(reset.json.data).toMatchObject({
    code: 'CURSOR_EXPIRED',
    message: expect.stringContaining('deleted'),
  })
  const [young] = await receiver.accepts(1)
  expect(young?.json.data.paper.title).toBe('Young')
  const numbers = [reset.json.data.cursor, young?.json.data.previousCursor].map(async (cursor) => {
    const { number } = await app.feed.position(cursor)
    return number
  })
  expect(await Promise.all(numbers)).toEqual([1, 1])
})

test('a disabled endpoint holds no events back', async () => {
  await using app = await startTestApp({ settings: webhookSettings })
  const { db } = app
  await using receiver = await startReceiver()
  receiver.answer = answerWith(500)
  await createWebhook(app, await adminToken(db), { url: receiver.url, after: 'START' })
  await ingestPaper(db, 'Old')
  await sql`update feed_event set recorded_at = now() - interval '3 days'`.execute(db)
  expect(await pruneLog(db, 2)).toBe(1)
})
