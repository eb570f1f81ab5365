import { type Kysely, sql } from 'kysely'

/** When each listing was first observed: what was trending at a past instant rests on what was known by then. */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `alter table listing add column first_observed_at timestamptz(3)`,
  // Of listings that are here already only the last observation is known; the votes of their papers tell the first.
  `update listing l set first_observed_at = least(l.observed_at, (
     select min(h.observed_at) from paper_history h
     where h.paper_id = l.paper_id and h.observed_at >= l.edition_date::timestamp at time zone 'UTC'))`,
  `alter table listing alter column first_observed_at set not null`,
]
