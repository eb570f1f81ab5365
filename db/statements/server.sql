-- The statements that the functions of db send, written by tests/queries/printed-statements.test.ts.
-- After a change: npx vitest run tests/queries/printed-statements.test.ts --update

-- allSources
select *, poll_seconds is not null and coalesce(
  last_success_at < clock_timestamp() - 3 * poll_seconds * interval '1 second',
  last_error_at is not null) as "late" from "source" order by "name";

-- countStored
select (select count(*) as "papers"
  from "paper") as "papers", (select count(*) as "editions"
  from "edition") as "editions";

-- readVersion
select /* prepared */ concat_ws(' ', pg_current_snapshot(), pg_postmaster_start_time()) as "version";

-- versionReader

-- databaseFacts
select split_part(current_setting('server_version'), ' ', 1) as version,
pg_encoding_to_char(d.encoding) as encoding
from pg_catalog.pg_database d where d.datname = current_database();

-- isStandby
select pg_is_in_recovery() as standby;

-- takeLease
select "fence"
from "lease"
where "name" = $1 and "held_until" > clock_timestamp();

insert into lease (name, owner, fence, held_until)
values ($1, $2, 1, clock_timestamp() + $3::integer * interval '1 millisecond')
on conflict (name) do update
set owner = excluded.owner, fence = lease.fence + 1, held_until = excluded.held_until
where lease.held_until <= clock_timestamp()
returning fence;

-- renewLease
update "lease"
set "held_until" = clock_timestamp() + $1::integer * interval '1 millisecond'
where "name" = $2 and "owner" = $3 and "fence" = $4;

-- releaseLease
update "lease"
set "held_until" = 'epoch'::timestamptz
where "name" = $1 and "owner" = $2 and "fence" = $3;

-- holdsLease
select "fence"
from "lease"
where "name" = $1 and "owner" = $2 and "fence" = $3 and "held_until" > clock_timestamp() for share;

-- createAccessToken
start transaction isolation level read committed;

insert into "access_token" ("name", "role", "hash", "created_at", "expires_at")
values ($1, $2, $3, clock_timestamp(), $4)
on conflict ("name")
where "revoked_at" is null do nothing
returning *;

-- allAccessTokens
select *
from "access_token"
order by "id";

-- revokeAccessToken
update "access_token"
set "revoked_at" = clock_timestamp()
where "name" = $1 and "revoked_at" is null;

-- noteTokenUses
update access_token set last_used_at = greatest(access_token.last_used_at, used.at)
from unnest($1::bigint[], $2::timestamptz[]) as used (id, at)
where access_token.id = used.id;

-- answersWithin
select;

-- analyzeTables
vacuum (analyze, skip_locked) "paper", "paper_author", "paper_keyword", "paper_history", "listing", "author", "keyword", "account", "organization", "word", "name_word", "paper_term", "term_rarity";
