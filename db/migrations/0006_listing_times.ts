import { type Kysely, sql } from 'kysely'

/** When each listing was first observed: what was trending at a past instant rests on what was known by then. */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `alter table listing add column first_observed_at timestamptz(3)`,
  `update listing set first_observed_at = observed_at`,
  `alter table listing alter column first_observed_at set not null`,
]
