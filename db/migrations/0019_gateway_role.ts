import { type Kysely, sql } from 'kysely'

/** The role of gateways, whose tokens name the clients for which they ask. */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  'alter table access_token drop constraint access_token_role_check',
  `alter table access_token add constraint access_token_role_check
     check (role in ('read', 'gateway', 'ingest', 'admin'))`,
]
