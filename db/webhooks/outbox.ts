import { sql } from 'kysely'
import type { Outbox } from '../outbox/claims.ts'
import type { WebhookRow } from '../webhook-tables.ts'

/**
 * The endpoints that have not been told of everything. In a log that was put back, the head may be before the position:
 * then they are to be told of that.
 */
export const webhookOutbox: Outbox<WebhookRow> = {
  table: 'webhook',
  key: ['id'],
  isOpen: sql`disabled_at is null and position <> (select head from feed)`,
}
