import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { pruneLog } from '../../db/feed/prune.ts'
import { useTestDatabase } from '../support/database.ts'
import { listPapers, runDigest, subscribed } from '../support/digest.ts'
import { openMailbox } from '../support/mailbox.ts'

const copy = useTestDatabase()
const hourMs = 3_600_000
/** The log has events for each new paper and for each listing. */
const events = (papers: number) => papers * 2

test('events wait for the readers of digests beyond their age, for a week; after that the mail says what it lacks', async () => {
  const { db } = copy.database
  const age = (days: number) =>
    sql`update feed_event set recorded_at = now() - make_interval(days => ${days}::integer)`.execute(db)
  await using mailbox = await openMailbox()
  await using digest = await runDigest(db, mailbox)
  await subscribed(db, mailbox, 'ada@example.org', digest)

  await listPapers(db, '2026-06-16', ['Waited for'])
  await age(3)
  expect(await pruneLog(db, 2)).toBe(0)
  digest.advance(hourMs)
  const { mail: whole } = await mailbox.next()
  expect(whole.text).toContain('Waited for')
  expect(whole.text).not.toContain('are missing')
  await expect.poll(() => pruneLog(db, 2)).toBe(events(1))

  await listPapers(db, '2026-06-17', ['Gone'])
  await age(10)
  expect(await pruneLog(db, 2)).toBe(events(1))
  await listPapers(db, '2026-06-18', ['Young'])
  digest.advance(24 * hourMs)
  const { mail } = await mailbox.next()
  expect(mail.text).toContain('Some papers of the time before this mail are missing')
  expect(mail.html).toContain('Some papers of the time before this mail are missing')
  expect(mail.text).toContain('Young')
  expect(mail.text).not.toContain('Gone')
})

test('events wait for no reader who has ended the digest', async () => {
  const { db } = copy.database
  await using mailbox = await openMailbox()
  await using digest = await runDigest(db, mailbox)
  await subscribed(db, mailbox, 'bob@example.org', digest)
  await db.updateTable('mail_subscriber').set({ status: 'stopped', next_due_at: null }).execute()
  await listPapers(db, '2026-06-19', ['For nobody'])
  await sql`update feed_event set recorded_at = now() - interval '3 days'`.execute(db)
  expect(await pruneLog(db, 2)).toBeGreaterThan(0)
})
