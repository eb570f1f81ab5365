import type { Transaction } from 'kysely'
import type { Db } from '../database.ts'
import type { Tables } from '../tables.ts'
import { countAcronyms } from './acronyms.ts'
import { inSteps, type StepsOptions } from './in-steps.ts'
import { oneWriterAtATime } from './one-writer.ts'

/** Papers of one transaction, for which other writers wait. */
const papersAtOnce = 500

/**
 * Counts the acronyms of the papers that were stored before there was a count. Returns the number of these papers.
 * Servers that do it at once share the work, and it goes on where it was interrupted.
 */
export function learnAcronyms(db: Db, options: StepsOptions = {}): Promise<number> {
  return inSteps(db, learnSome, options)
}

async function learnSome(trx: Transaction<Tables>): Promise<number | undefined> {
  const builtTo = async () =>
    (await trx.selectFrom('acronym_build').select('built_to').executeTakeFirst())?.built_to ?? null
  // Without the lock first: usually there is nothing to do, and nobody has to wait to learn that.
  if ((await builtTo()) === null) return undefined
  await oneWriterAtATime(trx)
  const from = await builtTo()
  if (from === null) return undefined
  const papers = await trx
    .selectFrom('paper')
    .select(['id', 'title', 'abstract'])
    .where('id', '>', from)
    .orderBy('id')
    .limit(papersAtOnce)
    .execute()
  // First the mark, then the count: it leaves out what is beyond the mark.
  const last = papers.length < papersAtOnce ? undefined : papers.at(-1)
  await trx
    .updateTable('acronym_build')
    .set({ built_to: last?.id ?? null })
    .execute()
  await countAcronyms(
    trx,
    papers.map(({ id, ...after }) => ({ id, before: null, after })),
  )
  return papers.length
}
