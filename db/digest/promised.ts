import { createHmac } from 'node:crypto'
import { sql } from 'kysely'
import type { Db } from '../database.ts'
import type { MailKind } from '../mail-tables.ts'

/** The key of signatures in links and of hashed addresses: 32 bytes. */
export function readMailKey(db: Db): Promise<Buffer> {
  return db
    .selectFrom('mail_key')
    .select('key')
    .executeTakeFirstOrThrow()
    .then(({ key }) => key)
}

/** Promises a mail of today, once. */
export async function promiseMail(
  db: Db,
  id: string,
  kind: Exclude<MailKind, 'digest'>,
  now: Date,
): Promise<void> {
  await sql`
    insert into mail_delivery (subscriber_id, day, kind, expires_at, next_attempt_at)
    values (${id}, (${now}::timestamptz at time zone 'UTC')::date, ${kind}, ${now}::timestamptz + interval '1 day', clock_timestamp())
    on conflict do nothing`.execute(db)
}

/** What is kept of an address that must not be mailed to. */
export function hashOfAddress(key: Buffer, addressKey: string): Buffer {
  return createHmac('sha256', key).update(`address ${addressKey}`).digest()
}
