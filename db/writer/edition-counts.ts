import { sql, type Transaction } from 'kysely'
import type { Tables } from '../tables.ts'
import type { IngestBatch } from './batch.ts'

/** Stores how many papers a source listed on editions: of each the newest count. */
export async function storeEditionCounts(
  trx: Transaction<Tables>,
  { source, counts = [] }: Pick<IngestBatch, 'source' | 'counts'>,
): Promise<void> {
  if (counts.length === 0) return
  const newest = new Map(
    counts.toSorted((a, b) => (a.countedAt < b.countedAt ? -1 : 1)).map((c) => [c.date, c]),
  )
  const rows = [...newest.values()].map(({ date, countedAt, expected }) => ({
    ...{ edition_date: date, source, counted_at: countedAt, expected },
  }))
  await sql`
    insert into edition_count as old (edition_date, source, counted_at, expected)
    select edition_date, source, counted_at, expected
    from json_populate_recordset(null::edition_count, ${JSON.stringify(rows)}::json)
    on conflict (edition_date, source) do update set counted_at = excluded.counted_at, expected = excluded.expected
    where excluded.counted_at > old.counted_at
  `.execute(trx)
}
