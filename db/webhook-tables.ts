import type { ColumnType, Generated, JSONColumnType, Selectable } from 'kysely'

type Instant = ColumnType<Date, Date | string, Date | string>

export const webhookFormats = ['standard', 'slack', 'discord'] as const
export type WebhookFormat = (typeof webhookFormats)[number]

/** An endpoint to which events are delivered. */
export interface WebhookTable {
  id: Generated<string>
  name: string
  url: string
  format: WebhookFormat
  /** Of signatures, as its owner has it: `whsec_` and base64. */
  secret: string
  /** The one before it, with which deliveries are signed too until the instant. */
  previous_secret: string | null
  previous_until: Instant | null
  /** Of events, as in `feed_event`; null for all. */
  kinds: string[] | null
  filter: JSONColumnType<Record<string, unknown>>
  /** Everything up to there was delivered, or is not wanted. */
  cursor: string
  /** The number in it. */
  position: number
  /** Of the event that was delivered last; at first, where it began. */
  delivered_cursor: string
  /** See db/outbox/claims.ts. */
  claimed_until: Instant | null
  fence: Generated<number>
  next_attempt_at: Generated<Date>
  /** All so far: the number of the last row in `webhook_attempt`. */
  attempts: Generated<number>
  /** Events that were accepted so far. */
  deliveries: Generated<number>
  /** Attempts that failed since one succeeded. */
  failures: Generated<number>
  failing_since: Instant | null
  /** Null while it is active. */
  disabled_at: Instant | null
  /** A sentence. */
  disabled_why: string | null
  created_at: Generated<Date>
}

/** One of the last hundred attempts of an endpoint; `slot` is the number modulo 100. */
export interface WebhookAttemptTable {
  webhook_id: string
  slot: number
  number: number
  attempted_at: Instant
  /** What was sent, e.g. `paper.listed`. */
  event: string
  /** The header `webhook-id`. */
  event_id: string
  /** The HTTP status; null without an answer. */
  status: number | null
  duration_ms: number
  /** Why it failed; null if it succeeded. */
  error: string | null
  /** The start of the body of the answer. */
  answer: string | null
}

export type WebhookRow = Selectable<WebhookTable>
export type WebhookAttemptRow = Selectable<WebhookAttemptTable>
