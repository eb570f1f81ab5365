import { sql } from 'kysely'
import { write } from '../connection/write-queue.ts'
import type { Db } from '../database.ts'
import { codeOf } from '../error.ts'
import type { MailCadence, MailFormat } from '../mail-tables.ts'
import type { PaperFilter } from '../search/filter.ts'
import { hashOfAddress, promiseMail, readMailKey } from './promised.ts'

/** What a reader chooses. */
export interface DigestPreferences {
  readonly cadence: MailCadence
  /** 1 (Monday) to 7. */
  readonly weekday: number
  /** 0 to 23. */
  readonly hour: number
  readonly zone: string
  readonly filter: PaperFilter
  readonly format: MailFormat
}

/** Too many have asked for mail just now. */
export class DigestLimitError extends Error {
  override name = 'DigestLimitError'
  readonly retryAfterMs = 3_600_000
}

/** Mails that ask for confirmation, until it is given. */
const mostAsks = 3
/** New readers in an hour, of one mail domain and in all: a list of strangers' addresses is cut short. */
const mostPerHour = { domain: 100, all: 1_000 }
/**
 * Somebody wants the digest at an address. Asks it for confirmation, at most once a day and three times; one that has
 * the digest is mailed its links instead. Tells nobody which it was. Throws `DigestLimitError`.
 */
export async function askForDigest(
  db: Db,
  address: string,
  preferences: DigestPreferences,
  now: Date,
): Promise<void> {
  const key = await readMailKey(db)
  const addressKey = address.toLowerCase()
  await write(db, async (trx) => {
    // Whoever asks: a refusal of new readers alone would tell who is none.
    await assertFewNew(trx, addressKey, now)
    const known = await trx
      .selectFrom('mail_subscriber')
      .select(['id', 'status'])
      .where('address_key', '=', addressKey)
      .forUpdate()
      .executeTakeFirst()
    if (known?.status === 'suppressed' || (await isSuppressed(trx, key, addressKey))) return
    if (known?.status === 'active') return promiseMail(trx, known.id, 'links', now)
    const wanted = { ...preferences, filter: JSON.stringify(preferences.filter), address }
    const asked = await trx
      .insertInto('mail_subscriber')
      .values({ ...wanted, address_key: addressKey, status: 'pending', asked_at: now })
      .onConflict((conflict) =>
        conflict
          .column('address_key')
          .doUpdateSet((eb) => ({
            ...wanted,
            status: 'pending',
            asked_at: now,
            asks: eb
              .case()
              .when('mail_subscriber.status', '=', 'pending')
              .then(eb('mail_subscriber.asks', '+', 1))
              .else(1)
              .end(),
          }))
          // Not while a mail of the same day may still lie unread.
          .where(({ eb, or, ref }) =>
            or([
              eb('mail_subscriber.status', '=', 'stopped'),
              eb.and([
                eb('mail_subscriber.asks', '<', mostAsks),
                eb(ref('mail_subscriber.asked_at'), '<', sql<Date>`${now}::timestamptz - interval '1 day'`),
              ]),
            ]),
          ),
      )
      .returning('id')
      .executeTakeFirst()
    if (asked) await promiseMail(trx, asked.id, 'confirm', now)
  })
}

async function isSuppressed(db: Db, key: Buffer, addressKey: string): Promise<boolean> {
  const hash = hashOfAddress(key, addressKey)
  const row = await db.selectFrom('mail_suppressed').select('why').where('hash', '=', hash).executeTakeFirst()
  return row !== undefined
}

async function assertFewNew(db: Db, addressKey: string, now: Date): Promise<void> {
  const domain = addressKey.slice(addressKey.lastIndexOf('@'))
  const { all, ofDomain } = await db
    .selectFrom('mail_subscriber')
    .select(({ fn }) => [
      fn.countAll<number>().as('all'),
      fn
        .countAll<number>()
        .filterWhere(sql<boolean>`right(address_key, ${domain.length}) = ${domain}`)
        .as('ofDomain'),
    ])
    .where('status', '=', 'pending')
    .where('asked_at', '>', sql<Date>`${now}::timestamptz - interval '1 hour'`)
    .executeTakeFirstOrThrow()
  if (all >= mostPerHour.all || ofDomain >= mostPerHour.domain)
    throw new DigestLimitError('Too many have subscribed in the last hour. Try again in an hour.')
}

/** Whether Postgres knows a time zone by its name. */
export async function knowsZone(db: Db, zone: string): Promise<boolean> {
  try {
    await sql`select now() at time zone ${zone}`.execute(db)
    return true
  } catch (error) {
    if (codeOf(error) === '22023') return false
    throw error
  }
}
