import type { Db } from '../../db/database.ts'
import { claimDue, deferClaim, renewClaims, settle, stateOfOutbox } from '../../db/outbox/claims.ts'
import type { WebhookRow } from '../../db/webhook-tables.ts'
import {
  allWebhooks,
  attemptsByWebhookIds,
  changeWebhook,
  countWebhooks,
  insertWebhook,
  type NewWebhook,
  removeWebhook,
  webhookById,
  webhookByName,
} from '../../db/webhooks/endpoints.ts'
import { webhookOutbox } from '../../db/webhooks/outbox.ts'
import { noteAttempt, recordOutcomes } from '../../db/webhooks/record.ts'

const place = { cursor: 'a', position: -1, delivered_cursor: 'a' }
const secrets = { secret: 'whsec_', previous_secret: null, previous_until: null }
const webhook: NewWebhook = {
  ...{
    name: 'hook',
    url: 'https://x.test',
    format: 'standard' as const,
    kinds: null,
    filter: '{}',
    ...secrets,
  },
  ...{ ...place, disabled_at: null, disabled_why: null },
}
const attempt = {
  ...{ event: 'paper.listed', event_id: 'evt_a', status: 200, duration_ms: 1, error: null, answer: '' },
}

async function claimed(db: Db): Promise<WebhookRow> {
  const [claim] = await claimDue(db, webhookOutbox, { limit: 10, leaseMs: 30_000 })
  if (!claim) throw new Error('There is no webhook to claim.')
  return claim
}

/** Calls of the outbox, and of the webhooks in it, whose statements are printed. */
export const outboxCases: Record<string, (db: Db) => Promise<unknown>> = {
  insertWebhook: (db) => insertWebhook(db, webhook, 10),
  claimDue: claimed,
  deferClaim: async (db) => {
    const row = await db.selectFrom('webhook').selectAll().executeTakeFirstOrThrow()
    await deferClaim(db, webhookOutbox, row, 0)
  },
  renewClaims: async (db) => renewClaims(db, webhookOutbox, [await claimed(db)], 30_000),
  recordOutcomes: async (db) => {
    const row = await db.selectFrom('webhook').selectAll().executeTakeFirstOrThrow()
    await recordOutcomes(db, [{ claim: row, attempt, dueInMs: 0 }])
  },
  settle: async (db) => settle(db, webhookOutbox, await claimed(db), async () => {}),
  stateOfOutbox: (db) => stateOfOutbox(db, webhookOutbox),
  allWebhooks: (db) => allWebhooks(db, 100),
  webhookByName: (db) => webhookByName(db, 'hook'),
  noteAttempt: async (db) => noteAttempt(db, await hookId(db), attempt),
  webhookById: async (db) => webhookById(db, await hookId(db)),
  attemptsByWebhookIds: async (db) => attemptsByWebhookIds(db, [await hookId(db)], 10),
  'changeWebhook, with another name': async (db) => changeWebhook(db, await hookId(db), { name: 'other' }),
  countWebhooks,
  removeWebhook: async (db) => removeWebhook(db, await hookId(db)),
}

async function hookId(db: Db): Promise<string> {
  return (await db.selectFrom('webhook').select('id').executeTakeFirstOrThrow()).id
}
