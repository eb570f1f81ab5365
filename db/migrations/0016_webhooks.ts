import { type Kysely, sql } from 'kysely'

/**
 * Endpoints to which events are delivered, one row each, and the last hundred attempts of each. A delivery moves the
 * cursor of its row, so there is no queue of deliveries. The rows are updated all the time: space is left in their
 * pages for that, and no index holds what changes.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `create table webhook (
     id uuid primary key default gen_random_uuid(),
     name text not null unique,
     url text not null,
     format text not null check (format in ('standard', 'slack', 'discord')),
     secret text not null,
     previous_secret text,
     previous_until timestamptz(3),
     kinds text[],
     filter jsonb not null,
     cursor text not null,
     position bigint not null,
     delivered_cursor text not null,
     claimed_until timestamptz(3),
     fence integer not null default 0,
     next_attempt_at timestamptz(3) not null default now(),
     attempts bigint not null default 0,
     deliveries bigint not null default 0,
     failures integer not null default 0,
     failing_since timestamptz(3),
     disabled_at timestamptz(3),
     disabled_why text,
     created_at timestamptz(3) not null default now()
   ) with (fillfactor = 50)`,
  `create table webhook_attempt (
     webhook_id uuid not null references webhook on delete cascade,
     slot smallint not null check (slot between 0 and 99),
     number bigint not null,
     attempted_at timestamptz(3) not null,
     event text not null,
     event_id text not null,
     status smallint,
     duration_ms integer not null,
     error text,
     answer text,
     primary key (webhook_id, slot)
   ) with (fillfactor = 50)`,
]
