import { type Kysely, sql } from 'kysely'

/** Which records a paper already holds, so that one which is read again is known without comparing its fields. */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table paper add column merged_records text[] not null default '{}'`.execute(db)
}
