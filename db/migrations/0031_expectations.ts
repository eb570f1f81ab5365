import { type Kysely, sql } from 'kysely'

/** How often a source is polled, so that it can be late; and how many papers a source listed on an edition. */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `alter table source add column poll_seconds integer`,
  `create table edition_count (
     edition_date date not null,
     source text not null references source on delete cascade,
     counted_at timestamptz(3) not null,
     expected integer not null,
     primary key (edition_date, source)
   )`,
]
