import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import {
  claimDue,
  deferClaim,
  type Outbox,
  type OutboxRow,
  renewClaims,
  settle,
  stateOfOutbox,
} from '../../db/outbox/claims.ts'

interface WorkRow extends OutboxRow {
  readonly id: string
}
const outbox: Outbox<WorkRow> = { table: 'webhook', key: ['id'], isOpen: sql`disabled_at is null` }
const claim: WorkRow = {
  id: '00000000-0000-0000-0000-000000000000',
  ...{ claimed_until: null, fence: 1, next_attempt_at: new Date(0) },
}

/** Calls of the outbox whose statements are printed. */
export const outboxCases: Record<string, (db: Db) => Promise<unknown>> = {
  claimDue: (db) => claimDue(db, outbox, { limit: 10, leaseMs: 30_000 }),
  renewClaims: (db) => renewClaims(db, outbox, [claim], 30_000),
  settle: (db) => settle(db, outbox, claim, async () => {}),
  deferClaim: (db) => deferClaim(db, outbox, claim, 1_000),
  stateOfOutbox: (db) => stateOfOutbox(db, outbox),
}
