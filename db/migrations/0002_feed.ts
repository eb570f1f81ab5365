import { type Kysely, sql } from 'kysely'

/**
 * The feed: a log in commit order. `feed_append` takes the numbers by updating the one row of `feed`; that row
 * stays locked until the transaction ends, so whoever gets the next numbers commits later, and a rolled back
 * transaction leaves no hole. The notification has no payload: it only wakes readers, who read the log.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `create table feed (
     "only" boolean primary key default true check ("only"),
     epoch text not null default substr(md5(gen_random_uuid()::text), 1, 8),
     head bigint not null default 0 check (head >= 0),
     pruned bigint not null default 0 check (pruned between 0 and head)
   )`,
  `insert into feed default values`,
  `create table feed_event (
     number bigint primary key,
     kind text not null check (kind in ('ingested', 'updated', 'listed', 'withdrawn')),
     paper_id bigint not null references paper,
     edition_date date check ((kind = 'listed') = (edition_date is not null)),
     source text not null,
     recorded_at timestamptz(3) not null,
     data jsonb not null
   )`,
  `create index feed_event_by_paper on feed_event (paper_id, number)`,
  // Any writer may call it, psql included:
  // select feed_append('[{"kind": "withdrawn", "paper_id": 7, "source": "client", "data": {}}]')
  `create function feed_append(events jsonb) returns bigint language plpgsql as $$
   declare
     amount integer := jsonb_array_length(events);
     last bigint;
   begin
     if amount = 0 then return (select head from feed); end if;
     update feed set head = head + amount returning head into last;
     insert into feed_event (number, kind, paper_id, edition_date, source, recorded_at, data)
       select last - amount + place, event->>'kind', (event->>'paper_id')::bigint,
              (event->>'edition_date')::date, event->>'source', clock_timestamp(), coalesce(event->'data', '{}')
       from jsonb_array_elements(events) with ordinality as item (event, place);
     perform pg_notify('daily_papers_feed', '');
     return last;
   end $$`,
]
