import { sql } from 'kysely'
import type { Db } from './database.ts'

/**
 * arXiv ids of papers that arXiv has not completed, the newest first. It names categories for every paper, and no
 * other source does, so a paper without any has not been described by it.
 */
export async function papersArxivLacks(db: Db, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('paper')
    .select('arxiv_id')
    .where('arxiv_id', 'is not', null)
    .where(sql<boolean>`categories = '{}'`)
    .orderBy('published_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.flatMap((row) => row.arxiv_id ?? [])
}
