import { type Kysely, sql } from 'kysely'

/** When a paper last came onto each edition, for feeds in which an old edition that is added to comes first again. */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create index listing_by_arrival on listing (edition_date, recorded_at)`.execute(db)
}
