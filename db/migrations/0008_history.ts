import { type Kysely, sql } from 'kysely'

/**
 * What tells one history of the feed from another after a restore, a failover or a copy. Each event gets a random
 * mark, so that an event of another history never has both its number and its mark. And a new term of the log
 * begins with the first event that is appended in another place, because from there on two histories may exist.
 *
 * Events that are here already get no mark: rewriting a million rows would block writers. Theirs is computed from
 * the row when it is read; see db/feed/log.ts.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // A number of 48 bits: JavaScript holds it exactly.
  `alter table feed_event add column mark bigint`,

  // The cluster, its timeline (another one after each promotion and recovery) and the database in it. A user without
  // the right to ask for the first two, whom a restored database may meet later, goes by the database alone.
  `create function feed_place() returns text language plpgsql volatile as $$
   declare
     database text := (select oid from pg_database where datname = current_database());
   begin
     return (select system_identifier from pg_control_system()) || ' ' ||
            left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) || ' ' || database;
   exception when others then
     return database;
   end $$`,
  `alter table feed
     add column pruned_mark bigint not null default 0,
     add column pruned_recorded_at timestamptz(3),
     add column place text,
     add column terms jsonb,
     add column marked_since timestamptz`,
  `update feed set place = feed_place(), marked_since = now()`,

  `create or replace function feed_append(events jsonb) returns bigint language plpgsql as $$
   declare
     amount integer := jsonb_array_length(events);
     here text := feed_place();
     last bigint;
   begin
     if amount = 0 then return (select head from feed); end if;
     update feed set
       head = head + amount,
       terms = case when place = here then terms else coalesce(terms, '[]') || jsonb_build_object(
         'after', head, 'id', ('x' || left(md5(gen_random_uuid()::text), 6))::bit(24)::integer) end,
       place = here
     returning head into last;
     insert into feed_event (number, kind, paper_id, edition_date, source, recorded_at, data, mark)
       select last - amount + place, event->>'kind', (event->>'paper_id')::bigint,
              (event->>'edition_date')::date, event->>'source', clock_timestamp(), coalesce(event->'data', '{}'),
              ('x' || left(md5(gen_random_uuid()::text), 12))::bit(48)::bigint
       from jsonb_array_elements(events) with ordinality as item (event, place);
     perform pg_notify('daily_papers_feed', '');
     return last;
   end $$`,
]
