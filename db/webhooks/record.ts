import { sql } from 'kysely'
import { write } from '../connection/write-queue.ts'
import type { Db } from '../database.ts'
import type { WebhookAttemptRow, WebhookRow } from '../webhook-tables.ts'

/** Attempts of an endpoint that are kept. */
export const keptAttempts = 100

/** A request to an endpoint, and what became of it. */
export type AttemptRecord = Pick<
  WebhookAttemptRow,
  'event' | 'event_id' | 'status' | 'duration_ms' | 'error' | 'answer'
>

/** What a claim of an endpoint came to, as far as it is to be recorded. */
export interface WebhookOutcome {
  readonly claim: Pick<WebhookRow, 'id' | 'fence'>
  /** How far the endpoint has been told; absent where it has not moved on. */
  readonly movedTo?: MovedTo
  readonly attempt?: AttemptRecord
  /** Events that the endpoint has accepted with this attempt. */
  readonly delivered?: number
  /** Ends the claim; the endpoint is due again after that many milliseconds, if there is something for it. */
  readonly dueInMs?: number
  /** Why the endpoint gets nothing more. */
  readonly disabledWhy?: string
}

export interface MovedTo {
  readonly cursor: string
  readonly position: number
  /** The cursor of the event that it was told last. */
  readonly deliveredCursor: string
}

/**
 * Records outcomes of claims in one statement, each with its attempt and its new position. Returns the ids of those that
 * counted; a claim that was lost counts for nothing.
 */
export async function recordOutcomes(db: Db, outcomes: readonly WebhookOutcome[]): Promise<Set<string>> {
  const given = outcomes.map(({ claim, movedTo, attempt, delivered = 0, dueInMs, disabledWhy }) => ({
    ...{ id: claim.id, fence: claim.fence, delivered, due_in_ms: dueInMs, disabled_why: disabledWhy },
    ...{ cursor: movedTo?.cursor, position: movedTo?.position },
    delivered_cursor: movedTo?.deliveredCursor,
    ...(attempt && { attempted: true, ...attempt, failed: attempt.error !== null }),
  }))
  const { rows } = await write(db, (trx) =>
    sql<{ id: string }>`
      with given as materialized (
        select * from jsonb_to_recordset(${JSON.stringify(given)}) as given (
          id uuid, fence integer, delivered integer, due_in_ms float8, disabled_why text,
          cursor text, position bigint, delivered_cursor text, attempted boolean, failed boolean,
          event text, event_id text, status smallint, duration_ms integer, error text, answer text)),
      recorded as (
        update webhook set
          cursor = coalesce(given.cursor, webhook.cursor),
          position = coalesce(given.position, webhook.position),
          delivered_cursor = coalesce(given.delivered_cursor, webhook.delivered_cursor),
          deliveries = deliveries + delivered,
          attempts = attempts + case when attempted then 1 else 0 end,
          failures = case when failed then failures + 1 when attempted then 0 else failures end,
          failing_since = case when failed then coalesce(failing_since, clock_timestamp())
            when attempted then null else failing_since end,
          claimed_until = case when due_in_ms is null then claimed_until end,
          next_attempt_at = coalesce(
            clock_timestamp() + due_in_ms * interval '1 millisecond', next_attempt_at),
          disabled_at = case when given.disabled_why is null then disabled_at else clock_timestamp() end,
          disabled_why = coalesce(given.disabled_why, webhook.disabled_why)
        from given
        where webhook.id = given.id and webhook.fence = given.fence and claimed_until is not null
        returning webhook.id, attempts),
      noted as (
        insert into webhook_attempt
          (webhook_id, slot, number, attempted_at, event, event_id, status, duration_ms, error, answer)
        select id, attempts % ${sql.lit(keptAttempts)}, attempts, clock_timestamp(),
          event, event_id, status, duration_ms, error, answer
        from recorded join given using (id) where attempted
        ${overwrite})
      select id from recorded`.execute(trx),
  )
  return new Set(rows.map(({ id }) => id))
}

/** Notes an attempt that was made outside of the order of events. */
export async function noteAttempt(db: Db, id: string, attempt: AttemptRecord): Promise<void> {
  const { event, event_id, status, duration_ms, error, answer } = attempt
  await write(db, (trx) =>
    sql`
      with counted as (update webhook set attempts = attempts + 1 where id = ${id} returning id, attempts)
      insert into webhook_attempt
        (webhook_id, slot, number, attempted_at, event, event_id, status, duration_ms, error, answer)
      select id, attempts % ${sql.lit(keptAttempts)}, attempts, clock_timestamp(), ${event}::text, ${event_id}::text,
        ${status}::smallint, ${duration_ms}::integer, ${error}::text, ${answer}::text
      from counted
      ${overwrite}`.execute(trx),
  )
}

/** The oldest attempt gives its place to the newest. */
const overwrite = sql`
  on conflict (webhook_id, slot) do update set number = excluded.number, attempted_at = excluded.attempted_at,
    event = excluded.event, event_id = excluded.event_id, status = excluded.status,
    duration_ms = excluded.duration_ms, error = excluded.error, answer = excluded.answer`
