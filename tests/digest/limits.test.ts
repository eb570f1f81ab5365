import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Db } from '../../db/database.ts'
import { confirmDigest, forgetOldMail } from '../../db/digest/readers.ts'
import { askForDigest } from '../../db/digest/subscribers.ts'
import { createTestDatabase } from '../support/database.ts'
import { preferences } from '../support/digest.ts'

const start = Date.parse('2026-06-16T06:00:00.000Z')
const dayMs = 86_400_000
const after = (days: number) => new Date(start + days * dayMs)

const ask = (db: Db, address: string, days = 0) => askForDigest(db, address, preferences(), after(days))

test('a list of strangers is cut short: by their domain, and in all', async () => {
  await using database = await createTestDatabase()
  const { db } = database.database
  for (let index = 0; index < 100; index++) await ask(db, `reader${index}@one.example`)
  const refused = 'Too many have subscribed in the last hour. Try again in an hour.'
  await expect(ask(db, 'reader100@one.example')).rejects.toThrow(refused)
  // The answer does not tell who is on the list.
  await expect(ask(db, 'reader7@one.example')).rejects.toThrow(refused)
  await ask(db, 'reader@one.example.org')
  await sql`
    insert into mail_subscriber (address, address_key, status, cadence, weekday, hour, zone, filter, format, asked_at)
    select 'reader@' || n || '.example', 'reader@' || n || '.example', 'pending', 'daily', 1, 7, 'UTC', '{}', 'both',
      ${after(0)} from generate_series(102, 1000) n`.execute(db)
  await expect(ask(db, 'late@another.example')).rejects.toThrow(refused)
  await ask(db, 'late@another.example', 1 / 23)
})

test('who does not confirm is asked three times, a day apart, and forgotten after a week', async () => {
  await using database = await createTestDatabase()
  const { db } = database.database
  const asked = () => db.selectFrom('mail_delivery').select('day').where('kind', '=', 'confirm').execute()
  for (const days of [0, 0.5, 1.1, 1.5, 2.2, 3.3, 4.4]) await ask(db, 'ada@example.org', days)
  expect(await asked()).toHaveLength(3)
  await ask(db, 'bea@example.org')
  const { id, generation } = await db
    .selectFrom('mail_subscriber')
    .select(['id', 'generation'])
    .where('address', '=', 'bea@example.org')
    .executeTakeFirstOrThrow()
  await confirmDigest(db, { id, generation }, after(1))
  const addresses = async () =>
    (await db.selectFrom('mail_subscriber').select('address').orderBy('address').execute()).map(
      ({ address }) => address,
    )
  await forgetOldMail(db, after(9))
  expect(await addresses()).toEqual(['ada@example.org', 'bea@example.org'])
  await forgetOldMail(db, after(9.3))
  expect(await addresses()).toEqual(['bea@example.org'])
  // Its mails went with it; those of others are kept for some time.
  expect(await asked()).toHaveLength(1)
  await forgetOldMail(db, after(92))
  expect(await asked()).toHaveLength(0)
})
