import { type Kysely, sql } from 'kysely'

/**
 * Tokens with which clients prove their rights, created by the command line. Only the SHA-256 of a token is stored. A
 * revoked one stays, so that its holder can be told why it no longer works; its name may be used again.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `create table access_token (
     id bigint generated always as identity primary key,
     name text not null,
     role text not null check (role in ('read', 'ingest', 'admin')),
     hash text not null unique,
     created_at timestamptz(3) not null,
     expires_at timestamptz(3),
     revoked_at timestamptz(3),
     last_used_at timestamptz(3)
   )`,
  `create unique index access_token_name on access_token (name) where revoked_at is null`,
]
