import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { canonicalFilter, matchFilters, type PaperFilter } from '../../db/search/filter.ts'
import { createTestDatabase } from '../support/database.ts'
import { becomesTrue, listPapers, runDigest, subscribed } from '../support/digest.ts'
import { openMailbox } from '../support/mailbox.ts'

const hourMs = 3_600_000
const words = ['diffusion', 'agents', 'speech', 'robots', 'proofs']

/** Days of listings, some on days that had papers before; between them digests are due. */
const plans = fc.array(
  fc.record({
    day: fc.integer({ min: 16, max: 28 }),
    words: fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }),
    hours: fc.integer({ min: 0, max: 60 }),
  }),
  { minLength: 3, maxLength: 10 },
)

const filters: readonly PaperFilter[] = [
  {},
  { text: 'diffusion' },
  { text: 'speech or robots' },
  { minUpvotes: 2 },
  { text: '-agents', minUpvotes: 2 },
]

test('the papers of all mails of a reader are those that the filter lets through, each once', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      await using database = await createTestDatabase()
      const { db } = database.database
      await using mailbox = await openMailbox()
      // Two servers, so that claims meet.
      await using digest = await runDigest(db, mailbox)
      await using other = await runDigest(db, mailbox)
      for (const [index, filter] of filters.entries())
        await subscribed(db, mailbox, `reader${index}@example.org`, digest, {
          filter,
          cadence: index === 3 ? 'weekly' : 'daily',
        })
      const titles: string[] = []
      const advance = async (milliseconds: number) => {
        digest.advance(milliseconds)
        other.advance(milliseconds)
        await settled()
      }
      const settled = () =>
        becomesTrue(async () => {
          const { rows } = await sql<{ busy: boolean }>`
            select exists (select from mail_delivery where sent_at is null and skipped_at is null and failed_at is null)
              or exists (select from mail_subscriber where next_due_at <= ${digest.clock.now()}) as busy`.execute(
            db,
          )
          return rows[0]?.busy === false
        })
      for (const [index, { day, words, hours }] of plan.entries()) {
        titles.push(
          ...(await listPapers(
            db,
            `2026-06-${day}`,
            words.map((word, place) => `Paper ${index}.${place} on ${word}`),
          )),
        )
        await advance(hours * hourMs)
      }
      await advance(8 * 24 * hourMs)
      for (const [index, filter] of filters.entries()) {
        const mails = mailbox.received.filter(
          ({ to, mail }) => to[0] === `reader${index}@example.org` && !mail.subject?.startsWith('Confirm'),
        )
        const told = mails.flatMap(({ mail }) => mail.text?.match(/^Paper \d+\.\d+ on \w+$/gm) ?? [])
        const { rows } = await sql<{ id: number; title: string }>`select id, title from paper`.execute(db)
        const matching = new Set(
          (
            await matchFilters(
              db,
              rows.map(({ id }) => id),
              [canonicalFilter(filter)],
            )
          ).map(({ paperId }) => paperId),
        )
        const wanted = rows.filter(({ id }) => matching.has(id)).map(({ title }) => title)
        expect(told.sort()).toEqual(wanted.sort())
        for (const { mail } of mails) {
          const shown = mail.html?.match(/Paper \d+\.\d+ on \w+(?=<\/a>)/g) ?? []
          expect(shown.sort()).toEqual((mail.text?.match(/^Paper \d+\.\d+ on \w+$/gm) ?? []).sort())
        }
      }
      expect(titles.length).toBeGreaterThan(0)
      const ids = mailbox.received.map((received) => received.header('message-id'))
      expect(new Set(ids).size).toBe(ids.length)
    }),
    { numRuns: 3 },
  )
}, 300_000)

test('a mail whose relay took it without an answer is sent again under the same Message-ID', async () => {
  await using database = await createTestDatabase()
  const { db } = database.database
  await using mailbox = await openMailbox()
  await using digest = await runDigest(db, mailbox)
  await subscribed(db, mailbox, 'ada@example.org', digest)
  await listPapers(db, '2026-06-16', ['Taken twice'])
  mailbox.mood = 'cuts'
  digest.advance(hourMs)
  const first = await mailbox.next()
  await becomesTrue(async () => {
    const row = await db
      .selectFrom('mail_delivery')
      .select(['failure', 'claimed_until'])
      .where('kind', '=', 'digest')
      .executeTakeFirst()
    return row?.failure != null && row.claimed_until === null
  })
  mailbox.mood = 'takes'
  // The minute until the next attempt is over.
  await db
    .updateTable('mail_delivery')
    .set({ next_attempt_at: new Date(0) })
    .where('kind', '=', 'digest')
    .execute()
  digest.wake()
  const second = await mailbox.next()
  expect(second.header('message-id')).toBe(first.header('message-id'))
  expect(second.header('list-unsubscribe')).toBe(first.header('list-unsubscribe'))
})
