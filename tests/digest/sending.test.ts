import { expect, test } from 'vitest'
import type { Db } from '../../db/database.ts'
import { askForDigest } from '../../db/digest/subscribers.ts'
import { createTestDatabase, useTestDatabase } from '../support/database.ts'
import { becomesTrue, listPapers, preferences, publicUrl, runDigest, subscribed } from '../support/digest.ts'
import { openMailbox } from '../support/mailbox.ts'

const copy = useTestDatabase()
const hourMs = 3_600_000

test('a digest tells of what was listed since the last one, each paper once, late ones under their own heading', async () => {
  const { db } = copy.database
  await using mailbox = await openMailbox()
  await using digest = await runDigest(db, mailbox)
  await listPapers(db, '2026-06-15', ['Before the reader came'])
  await subscribed(db, mailbox, 'ada@example.org', digest)
  await listPapers(db, '2026-06-16', ['First paper', 'Second <b>paper</b> & more'])
  digest.advance(hourMs)
  const first = await mailbox.next()
  expect(first.to).toEqual(['ada@example.org'])
  expect(first.mail.subject).toBe('2026-06-16: 2 papers, first First paper')
  expect(first.mail.text).toContain('Second <b>paper</b> & more')
  expect(first.mail.html).toContain('Second &lt;b&gt;paper&lt;/b&gt; &amp; more')
  expect(first.mail.text).not.toContain('Before the reader came')
  expect(first.header('list-unsubscribe')).toMatch(new RegExp(`^<${publicUrl}/mail/[\\w-]+/stop>$`))
  expect(first.header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
  expect(first.header('auto-submitted')).toBe('auto-generated')
  expect(first.header('message-id')).toMatch(/^<digest\.2026-06-16\.[\da-f-]{36}@papers\.example\.org>$/)

  await listPapers(db, '2026-06-16', ['A late one'])
  await listPapers(db, '2026-06-17', ['Third paper'])
  digest.advance(24 * hourMs)
  const { mail } = await mailbox.next()
  expect(mail.text).toMatch(
    /Third paper[\s\S]*Added to earlier lists[\s\S]*A late one[\s\S]*list of 2026-06-16/,
  )
  expect(mail.text).not.toContain('First paper')
  expect(mailbox.received).toHaveLength(3)
})

test('an address is asked once a day, whoever asks; nobody is told whether it is known', async () => {
  const { db } = copy.database
  await using mailbox = await openMailbox()
  await using digest = await runDigest(db, mailbox)
  const ask = async (address: string) => {
    await askForDigest(db, address, preferences(), digest.clock.now())
    digest.wake()
  }
  await ask('Bob@Example.org')
  const { mail } = await mailbox.next()
  expect(mail.subject).toBe('Confirm your Daily Papers digest')
  expect(mail.text).toMatch(/https:\/\/papers\.example\.org\/mail\/[\w-]{55}\n/)
  await ask('bob@example.org')
  await ask('carol@example.org')
  expect((await mailbox.next()).to).toEqual(['carol@example.org'])
  expect(mailbox.received).toHaveLength(2)
})

test('what a relay refuses for now is tried again, and no paper is lost when it never is', async () => {
  const { db } = copy.database
  await using mailbox = await openMailbox()
  await using digest = await runDigest(db, mailbox)
  await subscribed(db, mailbox, 'Dora@Example.org', digest)
  await listPapers(db, '2026-06-18', ['Told a day later'])
  mailbox.mood = { refuses: 'recipient', code: 451, text: '4.7.1 <dora@example.org>: Greylisted' }
  const attempted = mailbox.attempt()
  digest.advance(hourMs)
  await attempted
  await becomesTrue(
    async () => (await mailOf(db, 'Dora@Example.org'))?.failure?.includes('Greylisted') ?? false,
  )
  mailbox.mood = 'takes'
  await listPapers(db, '2026-06-19', ['Told on its day'])
  digest.advance(24 * hourMs)
  const { mail } = await mailbox.next()
  expect(mail.text).toContain('Told a day later')
  expect(mail.text).toContain('Told on its day')
  // Relays repeat the address in their own spelling.
  expect(digest.logged.join('\n')).toContain('4.7.1 <the address>: Greylisted')
  expect(digest.logged.join('\n').toLowerCase()).not.toContain('dora@')
})

test('a relay that never answers for one mail holds up neither the others nor the end of the server', async () => {
  await using database = await createTestDatabase()
  const { db } = database.database
  await using mailbox = await openMailbox()
  await using digest = await runDigest(db, mailbox)
  const addresses = ['eve@example.org', 'finn@example.org', 'gus@example.org', 'hanna@example.org']
  for (const address of addresses) await subscribed(db, mailbox, address, digest)
  await listPapers(db, '2026-06-16', ['Waits for an answer'])
  mailbox.mood = 'stalls'
  digest.advance(hourMs)
  const stalled = await mailbox.next()
  const others = [await mailbox.next(), await mailbox.next(), await mailbox.next()]
  expect([stalled, ...others].map(({ to }) => to[0]).toSorted()).toEqual(addresses)
  const left = () =>
    db
      .selectFrom('mail_delivery')
      .select(['attempts', 'failure', 'claimed_until'])
      .where('kind', '=', 'digest')
      .where('sent_at', 'is', null)
      .execute()
  await becomesTrue(async () => (await left()).length === 1)
  await digest[Symbol.asyncDispose]()
  // It did not wait until the connection had been silent for too long, which would be a failure.
  expect(await left()).toEqual([{ attempts: 0, failure: null, claimed_until: null }])

  await db
    .updateTable('mail_delivery')
    .set({ next_attempt_at: new Date(0) })
    .execute()
  await using _next = await runDigest(db, mailbox, { start: '2026-06-16T08:00:00.000Z' })
  const again = await mailbox.next()
  expect(again.header('message-id')).toBe(stalled.header('message-id'))
  await becomesTrue(async () => (await left()).length === 0)
  expect(mailbox.received).toHaveLength(2 * addresses.length + 1)
})

test.each([
  [
    'no such mailbox ends it at once',
    { refuses: 'recipient', code: 550, text: '5.1.1 No such user' },
    'suppressed',
  ],
  ['refused content does not', { refuses: 'content', code: 554, text: '5.7.1 Spam' }, 'active'],
  [
    'a refused sender is the fault of the operator',
    { refuses: 'sender', code: 550, text: '5.7.1 No' },
    'active',
  ],
] as const)('%s', async (_, mood, status) => {
  const { db } = copy.database
  await using mailbox = await openMailbox()
  await using digest = await runDigest(db, mailbox)
  const address = `${mood.text.replace(/\W/g, '')}@example.org`
  await subscribed(db, mailbox, address, digest)
  await listPapers(db, '2026-06-20', [`Paper for ${address}`])
  mailbox.mood = mood
  digest.advance(hourMs)
  await becomesTrue(async () => (await mailOf(db, address))?.failure != null)
  const reader = () =>
    db.selectFrom('mail_subscriber').select('status').where('address', '=', address).executeTakeFirstOrThrow()
  await becomesTrue(async () => (await reader()).status === status)
  expect(digest.logged.join('\n')).not.toContain(address)
})

function mailOf(db: Db, address: string) {
  return db
    .selectFrom('mail_delivery')
    .innerJoin('mail_subscriber', 'id', 'subscriber_id')
    .selectAll('mail_delivery')
    .where('address', '=', address)
    .where('kind', '=', 'digest')
    .executeTakeFirst()
}
