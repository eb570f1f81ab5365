import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Db } from './database.ts'
import { prepared } from './prepared.ts'
import type { HistoryRow, Tables } from './tables.ts'

export type RevisionRow = Selectable<Tables['paper_revision']>

/** Earlier texts that a paper's `revisions` show at most. */
export const revisionsShown = 50

/** The newest `limit` points of each paper at or after `since`, oldest first. */
export async function historyByPaperIds(
  db: Db,
  ids: readonly number[],
  limit: number,
  since: Date | null,
): Promise<HistoryRow[]> {
  const { rows } = await sql<HistoryRow>`
    ${prepared}select h.* from unnest(${ids}::bigint[]) as k (key) cross join lateral (
      select h.* from paper_history h
      where h.paper_id = k.key and (${since}::timestamptz is null or h.observed_at >= ${since}::timestamptz)
      order by h.observed_at desc limit ${limit}) h
    order by h.paper_id, h.observed_at`.execute(db)
  return rows
}

/** The texts that later ones have replaced, the newest first. */
export async function revisionsByPaperIds(db: Db, ids: readonly number[]): Promise<RevisionRow[]> {
  const { rows } = await sql<RevisionRow>`
    ${prepared}select r.* from unnest(${ids}::bigint[]) as k (key) cross join lateral (
      select r.* from paper_revision r where r.paper_id = k.key
      order by r.replaced_at desc, r.seen_at desc limit ${revisionsShown}) r
    order by r.paper_id, r.replaced_at desc, r.seen_at desc`.execute(db)
  return rows
}
