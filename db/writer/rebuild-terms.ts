import { sql, type Transaction } from 'kysely'
import type { Db } from '../database.ts'
import type { Tables } from '../tables.ts'
import { paperTerms, searchedColumns, tokensVersion } from '../tokens/document.ts'
import { inSteps, type StepsOptions } from './in-steps.ts'
import { oneWriterAtATime } from './one-writer.ts'
import { storeRelatedTerms } from './related-terms.ts'

/** Papers of one transaction: it takes some tenths of a second, for which other writers wait. */
const papersAtOnce = 200

/**
 * Makes the terms of all papers anew if they are those of an older version of db/tokens. Returns how many were made.
 * Nobody who reads has to wait: papers are found by their old terms until then. Servers that do it at once share the
 * work, and it goes on where it was interrupted.
 */
export function rebuildTerms(db: Db, options: StepsOptions = {}): Promise<number> {
  return inSteps(db, rebuildSome, options)
}

/** Makes the terms of the next papers; undefined if there are none left. */
async function rebuildSome(trx: Transaction<Tables>): Promise<number | undefined> {
  const build = await trx.selectFrom('search_build').select(['version', 'built_to']).executeTakeFirst()
  if (!build || build.version > tokensVersion) return undefined
  if (build.version === tokensVersion && build.built_to === null) return undefined
  await oneWriterAtATime(trx)
  const { rows } = await sql<{ version: number; built_to: number | null }>`
    update search_build set version = ${tokensVersion}, built_to = case version when ${tokensVersion} then built_to else 0 end
    returning version, built_to`.execute(trx)
  // Another server made the last ones while this one waited for the lock.
  const from = rows[0]?.built_to
  if (from == null) return undefined
  const papers = await trx
    .selectFrom('paper')
    .select(['id', ...searchedColumns])
    .where('id', '>', from)
    .orderBy('id')
    .limit(papersAtOnce)
    .execute()
  const last = papers.at(-1)
  if (last) {
    const made = papers.map((paper) => ({ id: paper.id, isNew: false, ...paperTerms(paper) }))
    const terms = JSON.stringify(made.map(({ id, search, rankedWords }) => ({ id, search, rankedWords })))
    await sql`
      update paper set search = made.search, ranked_words = made."rankedWords"
      from json_to_recordset(${terms}::json) as made (id bigint, search tsvector, "rankedWords" tsvector)
      where paper.id = made.id
        and (paper.search <> made.search or paper.ranked_words is distinct from made."rankedWords")`.execute(
      trx,
    )
    await storeRelatedTerms(trx, made)
  }
  await trx
    .updateTable('search_build')
    .set({ built_to: last?.id ?? null })
    .execute()
  return papers.length
}
