import { type Kysely, sql } from 'kysely'

/**
 * The terms of a paper are made by the program (db/tokens) and no longer by Postgres, whose parser cuts text by rules
 * of its own and of the database's language. The column and its index stay as they are, at once and without touching
 * a row: papers are found by their old terms until the server has made them anew (db/writer/rebuild-terms.ts).
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `alter table paper alter column search drop expression`,
  // A server of an older version that still writes leaves it out.
  `alter table paper alter column search set default ''`,
  `create table search_build (
     "only" boolean primary key default true check ("only"),
     version integer not null,
     built_to bigint
   )`,
  // Keywords begin with what is typed in each spelling: `finetu`, `fine-tu`.
  `create index keyword_by_spelling on keyword (translate(key, '-_./ ', '') text_pattern_ops)`,
  `insert into search_build (version, built_to) select 0, 0`,
]
