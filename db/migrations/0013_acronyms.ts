import { type Kysely, sql } from 'kysely'

/**
 * What acronyms stand for, as titles and abstracts define them: "Mixture-of-Experts (MoE)". One row for each spelling of
 * a pair, with the number of papers that define it so. The writer counts; papers that are here already are counted by
 * db/writer/learn-acronyms.ts while servers run, in the order of their ids.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `create table acronym (
     key text collate "C" not null,
     long_key text collate "C" not null,
     acronym text collate "C" not null,
     long_form text collate "C" not null,
     papers integer not null,
     primary key (key, long_key, acronym, long_form)
   ) with (fillfactor = 70)`,
  `create index acronym_by_long_key on acronym (long_key, key)`,
  // The papers up to this id are counted; null means all.
  `create table acronym_build (built_to bigint)`,
  `insert into acronym_build select case when exists (select from paper) then 0 end`,
]
