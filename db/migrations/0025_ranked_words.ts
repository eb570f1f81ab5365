import { type Kysely, sql } from 'kysely'

/**
 * The terms of title and keywords, by which searches are ranked, in the row itself: all terms of a paper are stored apart
 * from it, and fetching those of hundreds of papers took most of the time of a search. The server fills the column while
 * it serves (db/writer/rebuild-terms.ts).
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table paper add column ranked_words tsvector`.execute(db)
  // Of a long row other columns are moved out of it first.
  await sql`alter table paper alter column ranked_words set storage main`.execute(db)
}
