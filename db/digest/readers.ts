import { type Selectable, sql } from 'kysely'
import { write } from '../connection/write-queue.ts'
import type { Db } from '../database.ts'
import type { MailSubscriberTable } from '../mail-tables.ts'
import { dueTimesOfSubscriber, nextDueAfter } from './due.ts'
import { hashOfAddress, promiseMail, readMailKey } from './promised.ts'
import type { DigestPreferences } from './subscribers.ts'

/** A reader as a link names it: the link is dead once the generation is another. */
export interface LinkedReader {
  readonly id: string
  readonly generation: number
}

export type DigestReader = Selectable<MailSubscriberTable>

/** The reader of a link; undefined for a dead link. */
export function findReader(db: Db, { id, generation }: LinkedReader): Promise<DigestReader | undefined> {
  return db
    .selectFrom('mail_subscriber')
    .selectAll()
    .where('id', '=', id)
    .where('generation', '=', generation)
    .executeTakeFirst()
}

/** Begins the digest, from what is listed after now. Returns the reader with its new generation; undefined for a dead link. */
export function confirmDigest(
  db: Db,
  { id, generation }: LinkedReader,
  now: Date,
): Promise<DigestReader | undefined> {
  const head = (trx: Db) => trx.selectFrom('feed').select('head')
  return write(db, (trx) =>
    trx
      .updateTable('mail_subscriber as s')
      .set((eb) => ({
        status: 'active',
        generation: eb('s.generation', '+', 1),
        asks: 0,
        confirmed_at: now,
        ended_at: null,
        ended_why: null,
        since_position: head(trx),
        position: head(trx),
        next_due_at: nextDueAfter(sql`${now}::timestamptz`, dueTimesOfSubscriber),
      }))
      .where('s.id', '=', id)
      .where('s.generation', '=', generation)
      .where('s.status', '=', 'pending')
      .returningAll('s')
      .executeTakeFirst(),
  )
}

/** Returns whether the link was alive. What is due next follows from the new times. */
export async function changeDigest(
  db: Db,
  { id, generation }: LinkedReader,
  { filter, ...rest }: DigestPreferences,
  now: Date,
): Promise<boolean> {
  return await write(db, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('mail_subscriber')
      .set({ ...rest, filter: JSON.stringify(filter) })
      .where('id', '=', id)
      .where('generation', '=', generation)
      .executeTakeFirstOrThrow()
    await trx
      .updateTable('mail_subscriber as s')
      .set({ next_due_at: nextDueAfter(sql`${now}::timestamptz`, dueTimesOfSubscriber) })
      .where('s.id', '=', id)
      .where('s.status', '=', 'active')
      .execute()
    return numUpdatedRows > 0
  })
}

/** Ends the digest, by the reader's wish. Returns whether the link was alive; doing it twice is the same. */
export async function stopDigest(db: Db, { id, generation }: LinkedReader, now: Date): Promise<boolean> {
  return await write(db, async (trx) => {
    await trx
      .updateTable('mail_subscriber')
      .set({ status: 'stopped', next_due_at: null, ended_at: now, ended_why: 'by the reader' })
      .where('id', '=', id)
      .where('generation', '=', generation)
      .where('status', 'in', ['active', 'pending'])
      .execute()
    return (await findReader(trx, { id, generation })) !== undefined
  })
}

/** Kills all links mailed so far, and mails new ones. Returns whether the link was alive. */
export async function renewLinks(db: Db, { id, generation }: LinkedReader, now: Date): Promise<boolean> {
  return await write(db, async (trx) => {
    const renewed = await trx
      .updateTable('mail_subscriber')
      .set((eb) => ({ generation: eb('generation', '+', 1) }))
      .where('id', '=', id)
      .where('generation', '=', generation)
      .where('status', '=', 'active')
      .returning('id')
      .executeTakeFirst()
    if (renewed) await promiseMail(trx, renewed.id, 'links', now)
    return renewed !== undefined
  })
}

/**
 * Deletes all that is known of a reader. What stays is a keyed hash of the address, so that nobody can subscribe the
 * person again. Returns whether the link was alive.
 */
export async function forgetReader(db: Db, reader: LinkedReader, now: Date): Promise<boolean> {
  const key = await readMailKey(db)
  return await write(db, async (trx) => {
    const gone = await trx
      .deleteFrom('mail_subscriber')
      .where('id', '=', reader.id)
      .where('generation', '=', reader.generation)
      .returning('address_key')
      .executeTakeFirst()
    if (gone) await suppressHash(trx, hashOfAddress(key, gone.address_key), 'forgotten', now)
    return gone !== undefined
  })
}

async function suppressHash(db: Db, hash: Buffer, why: string, at: Date): Promise<void> {
  await db
    .insertInto('mail_suppressed')
    .values({ hash, why, at })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute()
}

/** Mail to an address failed for good, or was called spam: nothing is sent to it any more. */
export async function suppressReader(db: Db, id: string, why: string, now: Date): Promise<void> {
  await write(db, (trx) =>
    trx
      .updateTable('mail_subscriber')
      .set({ status: 'suppressed', next_due_at: null, ended_at: now, ended_why: why })
      .where('id', '=', id)
      .where('status', '<>', 'suppressed')
      .execute(),
  )
}

export function findReaderByAddress(db: Db, address: string) {
  return db
    .selectFrom('mail_subscriber')
    .select('id')
    .where('address_key', '=', address.toLowerCase())
    .executeTakeFirst()
}

/** Those who subscribed last come last. */
export function allReaders(db: Db) {
  return db
    .selectFrom('mail_subscriber')
    .select(['address', 'status', 'cadence', 'hour', 'zone', 'filter', 'position'])
    .orderBy('asked_at')
    .orderBy('id')
    .execute()
}

/** What an export holds besides the reader's row. */
export function deliveriesOf(db: Db, id: string) {
  return db
    .selectFrom('mail_delivery')
    .selectAll()
    .where('subscriber_id', '=', id)
    .orderBy('day')
    .orderBy('kind')
    .execute()
}

/** How long somebody may take to confirm. */
export const confirmDays = 7

/** Deletes who did not confirm in time, and what was mailed long ago. */
export async function forgetOldMail(db: Db, now: Date): Promise<void> {
  await write(db, async (trx) => {
    await trx
      .deleteFrom('mail_subscriber')
      .where('status', '=', 'pending')
      .where('asked_at', '<', sql<Date>`${now}::timestamptz - ${sql.lit(confirmDays)} * interval '1 day'`)
      .execute()
    await trx
      .deleteFrom('mail_delivery')
      .where('expires_at', '<', sql<Date>`${now}::timestamptz - interval '90 days'`)
      .execute()
  })
}
