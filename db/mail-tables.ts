import type { ColumnType, Generated, JSONColumnType } from 'kysely'

type Instant = ColumnType<Date, Date | string, Date | string>
type Day = ColumnType<string, string, string>

/** The key of the signatures in mailed links. One row. */
export interface MailKeyTable {
  only: Generated<boolean>
  /** 32 random bytes. */
  key: Buffer
}

/** `pending`: asked for, not confirmed. `suppressed`: mail to the address failed for good, or was called spam. */
export const mailStatuses = ['pending', 'active', 'stopped', 'suppressed'] as const
export type MailStatus = (typeof mailStatuses)[number]
export const mailCadences = ['daily', 'weekly'] as const
export type MailCadence = (typeof mailCadences)[number]
/** Plain text beside HTML, or alone. */
export const mailFormats = ['both', 'text'] as const
export type MailFormat = (typeof mailFormats)[number]

/** A reader of the digest. */
export interface MailSubscriberTable {
  id: Generated<string>
  /** As typed; mail is sent to this. */
  address: string
  /** In lower case: one subscription an address. */
  address_key: string
  status: MailStatus
  cadence: MailCadence
  /** Of a weekly digest, 1 is Monday. */
  weekday: number
  /** Of the day in `zone`, 0 to 23. */
  hour: number
  /** As Postgres and the time zone database name it, e.g. `Europe/Berlin`. */
  zone: string
  /** A `PaperFilter`. */
  filter: JSONColumnType<object>
  format: MailFormat
  /** Part of every link: one more, and all links mailed so far are dead. */
  generation: Generated<number>
  /** The head of the log when it was confirmed: earlier listings are never mailed. */
  since_position: Generated<number>
  /** The number of the last event that the reader has been told of, or that the filter kept back. */
  position: Generated<number>
  /** Null unless active. */
  next_due_at: Instant | null
  asked_at: Instant
  /** Mails that asked for confirmation. */
  asks: Generated<number>
  confirmed_at: Instant | null
  ended_at: Instant | null
  ended_why: string | null
}

export const mailKinds = ['digest', 'confirm', 'links'] as const
export type MailKind = (typeof mailKinds)[number]

/** One mail that is to be sent, was sent, or cannot be sent. */
export interface MailDeliveryTable {
  subscriber_id: string
  /** Of a digest, the reader's local day; of other mails, the UTC day. */
  day: Day
  kind: MailKind
  /** Of a digest: it tells of the events after this number … */
  after_position: number | null
  /** … up to and including this one. */
  through_position: number | null
  /** What was not sent by then is never sent; the next digest tells of it. */
  expires_at: Instant
  next_attempt_at: Instant
  claimed_until: Instant | null
  fence: Generated<number>
  /** Times that a server was asked to take it. */
  attempts: Generated<number>
  sent_at: Instant | null
  /** There was nothing to tell. */
  skipped_at: Instant | null
  failed_at: Instant | null
  failure: string | null
}

/** An address that must not be mailed to, as a keyed hash. */
export interface MailSuppressedTable {
  hash: Buffer
  why: string
  at: Instant
}
