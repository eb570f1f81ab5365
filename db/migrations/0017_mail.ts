import { type Kysely, sql } from 'kysely'

/**
 * Readers of the digest and what was mailed to them. A row of `mail_delivery` is the promise of one mail: its key makes
 * it single, however many servers schedule it. The key of the links is made here, as the epoch of the feed is.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `create table mail_key (
     "only" boolean primary key default true check ("only"),
     key bytea not null
   )`,
  `insert into mail_key (key) values (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))`,
  `create table mail_subscriber (
     id uuid primary key default gen_random_uuid(),
     address text not null,
     address_key text not null unique,
     status text not null check (status in ('pending', 'active', 'stopped', 'suppressed')),
     cadence text not null check (cadence in ('daily', 'weekly')),
     weekday smallint not null check (weekday between 1 and 7),
     hour smallint not null check (hour between 0 and 23),
     zone text not null,
     filter jsonb not null,
     format text not null check (format in ('both', 'text')),
     generation integer not null default 0,
     since_position bigint not null default 0,
     position bigint not null default 0,
     next_due_at timestamptz(3),
     asked_at timestamptz(3) not null,
     asks smallint not null default 1,
     confirmed_at timestamptz(3),
     ended_at timestamptz(3),
     ended_why text,
     check ((next_due_at is not null) = (status = 'active'))
   )`,
  `create index mail_subscriber_due on mail_subscriber (next_due_at) where next_due_at is not null`,
  `create index mail_subscriber_pending on mail_subscriber (asked_at) where status = 'pending'`,
  `create table mail_delivery (
     subscriber_id uuid not null references mail_subscriber on delete cascade,
     day date not null,
     kind text not null check (kind in ('digest', 'confirm', 'links')),
     after_position bigint,
     through_position bigint,
     expires_at timestamptz(3) not null,
     next_attempt_at timestamptz(3) not null,
     claimed_until timestamptz(3),
     fence integer not null default 0,
     attempts smallint not null default 0,
     sent_at timestamptz(3),
     skipped_at timestamptz(3),
     failed_at timestamptz(3),
     failure text,
     primary key (subscriber_id, day, kind),
     check (kind <> 'digest' or (after_position is not null and through_position is not null))
   )`,
  `create index mail_delivery_due on mail_delivery (next_attempt_at)
   where sent_at is null and skipped_at is null and failed_at is null`,
  `create table mail_suppressed (
     hash bytea primary key,
     why text not null,
     at timestamptz(3) not null
   )`,
]
