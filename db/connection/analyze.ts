import { sql } from 'kysely'
import type { Db } from '../database.ts'
import type { Tables } from '../tables.ts'

/** What searches, lists and suggestions are read from. */
const analyzed = [
  ...(['paper', 'paper_author', 'paper_keyword', 'paper_history', 'listing', 'author', 'keyword'] as const),
  ...(['account', 'organization', 'word', 'name_word', 'paper_term', 'term_rarity'] as const),
] satisfies (keyof Tables)[]

/**
 * Lets Postgres tidy up and count anew after a large load. By itself it does so within some minutes, and plans by
 * guesses until then: a suggestion reads all names. Leaves out tables that somebody has locked or that are not ours.
 */
export async function analyzeTables(db: Db): Promise<void> {
  const tables = sql.join(analyzed.map((name) => sql.table(name)))
  await sql`vacuum (analyze, skip_locked) ${tables}`.execute(db)
}
