import { sql, type Transaction } from 'kysely'
import type { Tables } from '../tables.ts'

/** Merging reads, decides and writes; two at once would decide on the same past. Freed when the transaction ends. */
export async function oneWriterAtATime(trx: Transaction<Tables>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('daily_papers.writer'))`.execute(trx)
}
