import type { Selectable } from 'kysely'
import type { Db } from './database.ts'
import { keyTable } from './keys.ts'
import { prepared } from './prepared.ts'
import type { HistoryRow, Tables } from './tables.ts'

export type RevisionRow = Selectable<Tables['paper_revision']>

/** The number of earlier texts that a paper's `revisions` show at most. */
export const maxRevisionsPerPaper = 50

/** The newest `limit` points of each paper at or after `since`, oldest first. */
export function historyByPaperIds(
  db: Db,
  ids: readonly number[],
  limit: number,
  since: Date | null,
): Promise<HistoryRow[]> {
  return db
    .selectFrom(keyTable(ids, 'bigint'))
    .crossJoinLateral((eb) =>
      eb
        .selectFrom('paper_history as h')
        .selectAll()
        .whereRef('h.paper_id', '=', 'k.key')
        .$if(since !== null, (query) => query.where('h.observed_at', '>=', since as Date))
        .orderBy('h.observed_at', 'desc')
        .limit(limit)
        .as('newest'),
    )
    .modifyFront(prepared)
    .selectAll('newest')
    .orderBy('newest.paper_id')
    .orderBy('newest.observed_at')
    .execute()
}

/** The texts that later ones have replaced, the newest first. */
export function revisionsByPaperIds(db: Db, ids: readonly number[]): Promise<RevisionRow[]> {
  return db
    .selectFrom(keyTable(ids, 'bigint'))
    .crossJoinLateral((eb) =>
      eb
        .selectFrom('paper_revision as r')
        .selectAll()
        .whereRef('r.paper_id', '=', 'k.key')
        .orderBy('r.replaced_at', 'desc')
        .orderBy('r.seen_at', 'desc')
        .limit(maxRevisionsPerPaper)
        .as('newest'),
    )
    .modifyFront(prepared)
    .selectAll('newest')
    .orderBy('newest.paper_id')
    .orderBy('newest.replaced_at', 'desc')
    .orderBy('newest.seen_at', 'desc')
    .execute()
}
