import { type Selectable, sql } from 'kysely'
import { write } from '../connection/write-queue.ts'
import type { Db } from '../database.ts'
import type { MailDeliveryTable, MailStatus, MailSubscriberTable } from '../mail-tables.ts'
import type { Outbox } from '../outbox/claims.ts'
import { dueTimesOfSubscriber, nextDueAfter } from './due.ts'

/** Readers whose digests one statement promises. */
const scheduledTogether = 500

/**
 * Promises the digests that are due, each cut at the head of the log as it is now. After an outage a reader gets the
 * newest one alone: it tells of everything since the last that was sent. Returns how many readers were due.
 */
export async function scheduleDigests(db: Db, now: Date): Promise<number> {
  const at = sql`${now}::timestamptz`
  const today = sql`(${at} at time zone s.zone)::date::timestamp`
  const { numAffectedRows = 0n } = await write(db, (trx) =>
    sql`
      with due as (
        select s.id, s.position, ${nextDueAfter(at, dueTimesOfSubscriber)} as next_due_at,
          (select max(day)::date from generate_series(${today} - interval '7 days', ${today}, interval '1 day') as day
           where (s.cadence = 'daily' or extract(isodow from day) = s.weekday)
             and (day + make_time(s.hour, 0, 0)) at time zone s.zone <= ${at}) as day
        from mail_subscriber s where s.next_due_at <= ${at}
        order by s.next_due_at limit ${scheduledTogether} for update skip locked
      ), promised as (
        insert into mail_delivery (subscriber_id, day, kind, after_position, through_position, expires_at,
          next_attempt_at)
        select due.id, due.day, 'digest', least(due.position, feed.head), feed.head, due.next_due_at, clock_timestamp()
        from due cross join feed
        on conflict do nothing
      )
      update mail_subscriber s set next_due_at = due.next_due_at from due where s.id = due.id`.execute(trx),
  )
  return Number(numAffectedRows)
}

export type MailDelivery = Selectable<MailDeliveryTable>

/** The mails that are promised, and neither sent nor given up. */
export const mailOutbox: Outbox<MailDelivery> = {
  table: 'mail_delivery',
  key: ['subscriber_id', 'day', 'kind'],
  isOpen: sql`sent_at is null and skipped_at is null and failed_at is null`,
}

/** The reader of a mail, as it is now. */
export interface Recipient extends Selectable<MailSubscriberTable> {
  /** Whether an earlier digest may be on its way to the reader: it has to end first, so that no paper is in two. */
  readonly has_earlier: boolean
}

export async function recipientOf(db: Db, mail: MailDelivery): Promise<Recipient> {
  const { rows } = await sql<Recipient>`
    select s.*, exists (select from mail_delivery d
      where d.subscriber_id = s.id and d.kind = 'digest' and d.day < ${mail.day}::date
        and ${mailOutbox.isOpen} and d.claimed_until > clock_timestamp()) as has_earlier
    from mail_subscriber s where s.id = ${mail.subscriber_id}`.execute(db)
  const [recipient] = rows
  if (!recipient) throw new Error('A mail is deleted with its reader.')
  return recipient
}

/** What became of a mail. */
export type MailOutcome =
  | { readonly outcome: 'sent' | 'skipped' }
  | { readonly outcome: 'failed'; readonly failure: string }

/**
 * Records what became of a mail, within the transaction that ends its claim. Once it is sent, or there was nothing to
 * tell, its reader knows of everything that it covers.
 */
export async function recordMail(trx: Db, mail: MailDelivery, result: MailOutcome, now: Date): Promise<void> {
  const { outcome } = result
  await trx
    .updateTable('mail_delivery')
    .set((eb) => ({
      [`${outcome}_at`]: now,
      failure: result.outcome === 'failed' ? result.failure : null,
      attempts: eb('attempts', '+', 1),
    }))
    .where('subscriber_id', '=', mail.subscriber_id)
    .where('day', '=', mail.day)
    .where('kind', '=', mail.kind)
    .execute()
  if (mail.kind !== 'digest' || outcome === 'failed') return
  await trx
    .updateTable('mail_subscriber')
    .set({ position: sql<number>`greatest(position, ${mail.through_position}::bigint)` })
    .where('id', '=', mail.subscriber_id)
    .execute()
}

/** A mail is tried again later, within the transaction that ends its claim. */
export async function retryMail(
  trx: Db,
  mail: MailDelivery,
  { failure, delayMs }: { readonly failure: string; readonly delayMs: number },
): Promise<void> {
  await sql`
    update mail_delivery set failure = ${failure}, attempts = attempts + 1,
      next_attempt_at = clock_timestamp() + ${delayMs}::float8 * interval '1 millisecond'
    where subscriber_id = ${mail.subscriber_id} and day = ${mail.day} and kind = ${mail.kind}`.execute(trx)
}

/** Days in a row on which mail to a reader was refused for good. */
export async function refusedInARow(db: Db, subscriberId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(distinct day) from mail_delivery
    where subscriber_id = ${subscriberId} and failure ~ '^5\\d\\d'
      and day > coalesce((select max(day) from mail_delivery
        where subscriber_id = ${subscriberId} and sent_at is not null), '-infinity')`.execute(db)
  return rows[0]?.count ?? 0
}

/** Readers by status, as far as there are any, and the mails that wait. */
export interface MailBacklog {
  readonly readers: Readonly<Partial<Record<MailStatus, number>>>
  /** Mails that are due now. */
  readonly due: number
  /** Mails that are tried again later. */
  readonly retrying: number
  /** How long the mail that is due longest has been due. Null if none is. */
  readonly oldest_due_ms: number | null
}

export async function readMailBacklog(db: Db): Promise<MailBacklog> {
  const isDue = sql`next_attempt_at <= clock_timestamp()`
  const { rows } = await sql<MailBacklog>`
    select (select coalesce(jsonb_object_agg(status, readers), '{}')
        from (select status, count(*) as readers from mail_subscriber group by status) by_status) as readers,
      count(*) filter (where ${isDue}) as due, count(*) filter (where not (${isDue})) as retrying,
      extract(epoch from clock_timestamp() - min(next_attempt_at) filter (where ${isDue}))::float8 * 1000
        as oldest_due_ms
    from mail_delivery where ${mailOutbox.isOpen}`.execute(db)
  const [backlog] = rows
  if (!backlog) throw new Error('An aggregate without groups has one row.')
  return backlog
}

/** How much mail there is. Addresses are for nobody. */
export interface MailState {
  readonly active: number
  readonly pending: number
  readonly suppressed: number
  /** Mails that wait to be sent. */
  readonly due: number
  /** Since when the oldest of these waits. */
  readonly oldest_due_at: Date | null
  readonly sent: number
  readonly skipped: number
  readonly failed: number
}

export async function readMailState(db: Db): Promise<MailState> {
  const { rows } = await sql<MailState>`
    select s.*, d.* from (
      select count(*) filter (where status = 'active') as active, count(*) filter (where status = 'pending') as pending,
        count(*) filter (where status = 'suppressed') as suppressed from mail_subscriber) s
    cross join (
      select count(*) filter (where ${mailOutbox.isOpen}) as due,
        min(next_attempt_at) filter (where ${mailOutbox.isOpen}) as oldest_due_at,
        count(sent_at) as sent, count(skipped_at) as skipped, count(failed_at) as failed from mail_delivery) d`.execute(
    db,
  )
  const [state] = rows
  if (!state) throw new Error('An aggregate without groups has one row.')
  return state
}
