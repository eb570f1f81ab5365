import { sql, type Transaction } from 'kysely'
import { eventColumns } from '../feed/events.ts'
import type { PaperRow, Tables } from '../tables.ts'
import { fromRow } from './rows.ts'
import type { PaperState } from './state.ts'

/** The states of stored papers with their listings and what readings confirm of them, by id. */
export async function loadPapers(
  trx: Transaction<Tables>,
  ids: readonly number[],
): Promise<Map<number, PaperState>> {
  const states = new Map<number, PaperState>()
  if (ids.length === 0) return states
  const among = sql<number>`any(${ids}::bigint[])`
  const rows = await trx.selectFrom('paper').select(storedColumns).where('id', '=', among).execute()
  for (const row of rows) states.set(row.id, fromRow(row))
  const listings = await trx
    .selectFrom('listing')
    .leftJoin('edition_reading as reading', (join) =>
      join
        .onRef('reading.edition_date', '=', 'listing.edition_date')
        .on(sql<boolean>`listing.paper_id = any(reading.paper_ids)`),
    )
    .selectAll('listing')
    .select(['reading.source', 'reading.read_at'])
    .where('listing.paper_id', '=', among)
    .execute()
  for (const row of listings) {
    const state = states.get(row.paper_id)
    if (!state) continue
    state.listings.set(row.edition_date, {
      submitter: row.submitter_name,
      submittedAt: row.submitted_at?.toISOString() ?? null,
      observedAt: row.observed_at.toISOString(),
      firstObservedAt: row.first_observed_at.toISOString(),
      recordedAt: row.recorded_at.toISOString(),
    })
    const readAt = row.read_at?.toISOString()
    if (readAt === undefined) continue
    const authority = row.source === 'page' ? 'page' : 'huggingface'
    if (readAt > (state.confirmations[authority] ?? '')) state.confirmations[authority] = readAt
    if (authority === 'huggingface') state.listingConfirmations.set(row.edition_date, readAt)
  }
  return states
}

/** A whole row but its search vector: what events give of it, and what only the writer reads. */
const storedColumns = [
  ...eventColumns,
  'id',
  'title_key',
  'published_on',
  'authors_digest',
  'listed_on',
  'submitter_names',
  'first_listed_on',
  'last_listed_on',
  'provenance',
  'merged_records',
  'ingested_at',
  'updated_at',
  'text_changed_at',
] as const satisfies readonly (keyof PaperRow)[]
