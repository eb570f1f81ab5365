import { type Insertable, sql, type Updateable } from 'kysely'
import { write } from '../connection/write-queue.ts'
import type { Db } from '../database.ts'
import { anyOf } from '../keys.ts'
import type { WebhookAttemptRow, WebhookRow, WebhookTable } from '../webhook-tables.ts'

export type NewWebhook = Omit<
  Insertable<WebhookTable>,
  'claimed_until' | 'fence' | 'next_attempt_at' | 'attempts' | 'deliveries' | 'failures' | 'failing_since'
>

/** Stores an endpoint. Says so if another one has its name, or if there are `most` already. */
export function insertWebhook(
  db: Db,
  webhook: NewWebhook,
  most: number,
): Promise<WebhookRow | 'name taken' | 'too many'> {
  return write(db, async (trx) => {
    const { count } = await trx
      .selectFrom('webhook')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    if (count >= most) return 'too many'
    const row = await trx
      .insertInto('webhook')
      .values(webhook)
      .onConflict((conflict) => conflict.column('name').doNothing())
      .returningAll()
      .executeTakeFirst()
    return row ?? 'name taken'
  })
}

/** Endpoints by name, `limit` at most. */
export function allWebhooks(db: Db, limit: number): Promise<WebhookRow[]> {
  return db.selectFrom('webhook').selectAll().orderBy('name').limit(limit).execute()
}

export function webhookById(db: Db, id: string): Promise<WebhookRow | undefined> {
  return db.selectFrom('webhook').selectAll().where('id', '=', id).executeTakeFirst()
}

/** For people, who know endpoints by their names. */
export function webhookByName(db: Db, name: string): Promise<WebhookRow | undefined> {
  return db.selectFrom('webhook').selectAll().where('name', '=', name).executeTakeFirst()
}

/**
 * Changes an endpoint, and takes it from whoever delivers to it: what was sent before the change, and is not recorded
 * yet, is sent again after it. Undefined if there is no such endpoint, `name taken` if another one has the new name.
 */
export function changeWebhook(
  db: Db,
  id: string,
  changes: Updateable<WebhookTable>,
): Promise<WebhookRow | 'name taken' | undefined> {
  return write(db, async (trx) => {
    if (changes.name !== undefined) {
      const other = await webhookByName(trx, changes.name)
      if (other && other.id !== id) return 'name taken'
    }
    return trx
      .updateTable('webhook')
      .set({
        ...changes,
        fence: sql<number>`fence + 1`,
        claimed_until: null,
        next_attempt_at: sql<Date>`clock_timestamp()`,
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
  })
}

/** Returns what was deleted. */
export function removeWebhook(db: Db, id: string): Promise<WebhookRow | undefined> {
  return write(db, (trx) => trx.deleteFrom('webhook').where('id', '=', id).returningAll().executeTakeFirst())
}

/** The newest attempts of endpoints, `limit` of each at most, the newest first. */
export function attemptsByWebhookIds(
  db: Db,
  ids: readonly string[],
  limit: number,
): Promise<WebhookAttemptRow[]> {
  return db
    .selectFrom('webhook_attempt')
    .innerJoin('webhook', 'webhook.id', 'webhook_attempt.webhook_id')
    .selectAll('webhook_attempt')
    .where('webhook_id', '=', anyOf(ids))
    .whereRef('number', '>', sql<number>`webhook.attempts - ${limit}::integer`)
    .orderBy('number', 'desc')
    .execute()
}

/** Endpoints by their state, and how far those that are not disabled have been told. */
export interface WebhookCounts {
  readonly active: number
  readonly failing: number
  readonly disabled: number
  /** Endpoints with events to look at now, claimed ones included. */
  readonly due: number
  /** Endpoints that a server delivers to. */
  readonly claimed: number
  /** How long the endpoint that has waited longest is due. Null if none is. */
  readonly oldestDueMs: number | null
  /** Events between the position of the endpoint that is furthest behind and the head of the feed. */
  readonly lag: number
}

export async function countWebhooks(db: Db): Promise<WebhookCounts> {
  const { rows } = await sql<WebhookCounts>`
    with named as (
      select w.*, w.disabled_at is null as is_on,
        w.disabled_at is null and w.position <> feed.head and w.next_attempt_at <= clock_timestamp() as is_due, feed.head
      from webhook w cross join feed)
    select count(*) filter (where is_on and failing_since is null) as active,
      count(*) filter (where is_on and failing_since is not null) as failing,
      count(*) filter (where not is_on) as disabled,
      count(*) filter (where is_due) as due,
      count(*) filter (where is_on and claimed_until > clock_timestamp()) as claimed,
      coalesce(greatest(0, max(head - position) filter (where is_on)), 0) as lag,
      -- One that had nothing to do is due since there is something.
      ceil(extract(epoch from clock_timestamp() - min(greatest(next_attempt_at, (
        select e.recorded_at from feed_event e where e.number > position order by e.number limit 1
      ))) filter (where is_due)) * 1000)::float8 as "oldestDueMs"
    from named`.execute(db)
  const [counts] = rows
  if (!counts) throw new Error('An aggregate without groups has one row.')
  return counts
}
