import { type Selectable, sql } from 'kysely'
import type { Db } from './database.ts'
import { anyOf } from './keys.ts'
import { prepared } from './prepared.ts'
import type { Tables } from './tables.ts'

export type PaperDetailRow = Selectable<Tables['paper_detail']>
export type PaperVoteRow = Selectable<Tables['paper_vote']>

/** Those of papers that were read by themselves, in any order. */
export function detailsByPaperIds(db: Db, ids: readonly number[]): Promise<PaperDetailRow[]> {
  return db
    .selectFrom('paper_detail')
    .modifyFront(prepared)
    .selectAll()
    .where('paper_id', '=', anyOf(ids))
    .execute()
}

/** Of each paper, the most votes first. */
export function votesByPaperIds(db: Db, ids: readonly number[]): Promise<PaperVoteRow[]> {
  return db
    .selectFrom('paper_vote')
    .modifyFront(prepared)
    .selectAll()
    .where('paper_id', '=', anyOf(ids))
    .orderBy('paper_id')
    .orderBy('votes', 'desc')
    .orderBy('site')
    .execute()
}

/**
 * The arXiv ids of papers that are due to be read by themselves: on an edition of `listedFrom` or later, and not read
 * since `readBefore`. Those never read come first, then the longest unread.
 */
export async function papersToReadAlone(
  db: Db,
  { listedFrom, readBefore, limit }: { listedFrom: string; readBefore: Date; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('paper as p')
    .leftJoin('paper_detail as d', 'd.paper_id', 'p.id')
    .select('p.arxiv_id')
    .where('p.id', 'in', (eb) =>
      eb.selectFrom('listing').select('paper_id').where('edition_date', '>=', listedFrom),
    )
    .where('p.arxiv_id', 'is not', null)
    .where((eb) => eb.or([eb('d.read_at', 'is', null), eb('d.read_at', '<', readBefore)]))
    .orderBy('d.read_at', (order) => order.asc().nullsFirst())
    .orderBy('p.last_listed_on', 'desc')
    .orderBy('p.id')
    .limit(sql.lit(limit))
    .execute()
  return rows.flatMap(({ arxiv_id }) => arxiv_id ?? [])
}
