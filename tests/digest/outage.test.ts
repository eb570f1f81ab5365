import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Db } from '../../db/database.ts'
import { createTestDatabase } from '../support/database.ts'
import { becomesTrue, listPapers, runDigest, subscribed } from '../support/digest.ts'
import { openMailbox } from '../support/mailbox.ts'

const hourMs = 3_600_000

/** Mails that are promised and not ended. */
const waiting = (db: Db) =>
  db
    .selectFrom('mail_delivery')
    .select(['day', 'attempts', 'failure'])
    .where('sent_at', 'is', null)
    .where('skipped_at', 'is', null)
    .where('failed_at', 'is', null)
    .execute()

async function digestDays(db: Db, address: string) {
  const { rows } = await sql<{ day: string; became: string }>`
    select day::text, case when sent_at is not null then 'sent' when skipped_at is not null then 'skipped'
      when failed_at is not null then 'failed' else 'waits' end as became
    from mail_delivery d join mail_subscriber s on s.id = d.subscriber_id
    where s.address = ${address} and d.kind = 'digest' order by day`.execute(db)
  return rows.map(({ day, became }) => `${day} ${became}`)
}

test('after days without a server each reader gets one mail, with all papers of these days', async () => {
  await using database = await createTestDatabase()
  const { db } = database.database
  await using mailbox = await openMailbox()
  await using before = await runDigest(db, mailbox, { start: '2026-06-16T06:00:00.000Z' })
  await subscribed(db, mailbox, 'ada@example.org', before)
  await subscribed(db, mailbox, 'weekly@example.org', before, { cadence: 'weekly', weekday: 5 })
  await before[Symbol.asyncDispose]()
  for (const day of [16, 17, 18]) await listPapers(db, `2026-06-${day}`, [`Listed on the ${day}th`])
  // Three mornings, and the hour of the weekly digest, went by.
  await using _after = await runDigest(db, mailbox, { start: '2026-06-19T20:00:00.000Z' })
  const mails = [await mailbox.next(), await mailbox.next()]
  expect(mails.map(({ to }) => to[0]).toSorted()).toEqual(['ada@example.org', 'weekly@example.org'])
  for (const { mail } of mails)
    expect(mail.text?.match(/^Listed on the \d+th$/gm)?.toSorted()).toEqual([
      'Listed on the 16th',
      'Listed on the 17th',
      'Listed on the 18th',
    ])
  await becomesTrue(async () => (await waiting(db)).length === 0)
  expect(await digestDays(db, 'ada@example.org')).toEqual(['2026-06-19 sent'])
  expect(await digestDays(db, 'weekly@example.org')).toEqual(['2026-06-19 sent'])
  const { rows } = await sql<{
    due: Date
  }>`select next_due_at as due from mail_subscriber order by address`.execute(db)
  expect(rows.map(({ due }) => due.toISOString())).toEqual([
    '2026-06-20T07:00:00.000Z',
    '2026-06-26T07:00:00.000Z',
  ])
})

test('a server that was away for some hours of a day sends what was due then, once', async () => {
  await using database = await createTestDatabase()
  const { db } = database.database
  await using mailbox = await openMailbox()
  await using before = await runDigest(db, mailbox, { start: '2026-07-01T06:00:00.000Z' })
  await subscribed(db, mailbox, 'bea@example.org', before)
  await listPapers(db, '2026-07-01', ['In the morning'])
  await before[Symbol.asyncDispose]()
  await using first = await runDigest(db, mailbox, { start: '2026-07-01T18:30:00.000Z' })
  expect((await mailbox.next()).mail.text).toContain('In the morning')
  await becomesTrue(async () => (await waiting(db)).length === 0)
  await first[Symbol.asyncDispose]()
  // Started again on the same day: nothing is due.
  await listPapers(db, '2026-07-01', ['In the evening'])
  await using second = await runDigest(db, mailbox, { start: '2026-07-01T22:00:00.000Z' })
  second.advance(8 * hourMs)
  expect(await digestDays(db, 'bea@example.org')).toEqual(['2026-07-01 sent'])
  second.advance(hourMs)
  const { mail } = await mailbox.next()
  expect(mail.text).toContain('In the evening')
  expect(mail.text).not.toContain('In the morning')
})

test('a relay that was away for a day and a half costs no paper and no second mail', async () => {
  await using database = await createTestDatabase()
  const { db } = database.database
  await using mailbox = await openMailbox()
  await using digest = await runDigest(db, mailbox, { start: '2026-08-03T06:00:00.000Z' })
  await subscribed(db, mailbox, 'cleo@example.org', digest)
  mailbox.mood = { refuses: 'sender', code: 421, text: '4.3.2 Closed for maintenance' }
  for (const day of ['03', '04']) {
    await listPapers(db, `2026-08-${day}`, [`Listed on the ${day}`])
    const refused = mailbox.attempt()
    digest.advance(day === '03' ? hourMs : 24 * hourMs)
    await refused
    await becomesTrue(async () => (await waiting(db)).some(({ failure }) => failure !== null))
  }
  mailbox.mood = 'takes'
  await listPapers(db, '2026-08-05', ['Listed on the 05'])
  digest.advance(24 * hourMs)
  const { mail } = await mailbox.next()
  expect(mail.text?.match(/^Listed on the \d+$/gm)?.toSorted()).toEqual([
    'Listed on the 03',
    'Listed on the 04',
    'Listed on the 05',
  ])
  // What is given up is not sent later.
  await db
    .updateTable('mail_delivery')
    .set({ next_attempt_at: new Date(0) })
    .execute()
  digest.wake()
  await becomesTrue(async () => (await waiting(db)).length === 0)
  expect(await digestDays(db, 'cleo@example.org')).toEqual([
    '2026-08-03 failed',
    '2026-08-04 failed',
    '2026-08-05 sent',
  ])
  expect(mailbox.received).toHaveLength(2)
})
