-- The statements that the functions of db send, written by tests/queries/printed-statements.test.ts.
-- After a change: npx vitest run tests/queries/printed-statements.test.ts --update

-- insertWebhook
start transaction isolation level read committed;

select count(*) as "count"
from "webhook";

insert into "webhook" ("name", "url", "format", "kinds", "filter", "secret", "previous_secret", "previous_until", "cursor", "position", "delivered_cursor", "disabled_at", "disabled_why")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
on conflict ("name") do nothing
returning *;

-- claimDue
with due as materialized (
  select "id" from "webhook"
  where disabled_at is null and position <> (select head from feed) and next_attempt_at <= clock_timestamp()
  and (claimed_until is null or claimed_until <= clock_timestamp())
  order by next_attempt_at limit $1
  for update skip locked)
update "webhook" as claimed
set claimed_until = clock_timestamp() + $2::float8 * interval '1 millisecond', fence = claimed.fence + 1
from due where "claimed"."id" = "due"."id"
returning claimed.*;

-- deferClaim
select *
from "webhook";

update "webhook" as claimed set claimed_until = null
from jsonb_populate_recordset(null::"webhook", $1) as held
where "claimed"."id" = "held"."id" and claimed.fence = held.fence and claimed.claimed_until is not null
returning 1;

update "webhook" as claimed set next_attempt_at = clock_timestamp() + $1::float8 * interval '1 millisecond'
from jsonb_populate_recordset(null::"webhook", $2) as held where "claimed"."id" = "held"."id";

-- renewClaims
update "webhook" as claimed set claimed_until = clock_timestamp() + $1::float8 * interval '1 millisecond'
from jsonb_populate_recordset(null::"webhook", $2) as held
where "claimed"."id" = "held"."id" and claimed.fence = held.fence and claimed.claimed_until is not null
returning claimed.*;

-- recordOutcomes
with given as materialized (
  select * from jsonb_to_recordset($1) as given (
    id uuid, fence integer, delivered integer, due_in_ms float8, disabled_why text,
    cursor text, position bigint, delivered_cursor text, attempted boolean, failed boolean,
    event text, event_id text, status smallint, duration_ms integer, error text, answer text)),
recorded as (
  update webhook set
  cursor = coalesce(given.cursor, webhook.cursor),
  position = coalesce(given.position, webhook.position),
  delivered_cursor = coalesce(given.delivered_cursor, webhook.delivered_cursor),
  deliveries = deliveries + delivered,
  attempts = attempts + case when attempted then 1 else 0 end,
  failures = case when failed then failures + 1 when attempted then 0 else failures end,
  failing_since = case when failed then coalesce(failing_since, clock_timestamp())
  when attempted then null else failing_since end,
  claimed_until = case when due_in_ms is null then claimed_until end,
  next_attempt_at = coalesce(
    clock_timestamp() + due_in_ms * interval '1 millisecond', next_attempt_at),
  disabled_at = case when given.disabled_why is null then disabled_at else clock_timestamp() end,
  disabled_why = coalesce(given.disabled_why, webhook.disabled_why)
  from given
  where webhook.id = given.id and webhook.fence = given.fence and claimed_until is not null
  returning webhook.id, attempts),
noted as (
  insert into webhook_attempt
  (webhook_id, slot, number, attempted_at, event, event_id, status, duration_ms, error, answer)
  select id, attempts % 100, attempts, clock_timestamp(),
  event, event_id, status, duration_ms, error, answer
  from recorded join given using (id) where attempted
  on conflict (webhook_id, slot) do update set number = excluded.number, attempted_at = excluded.attempted_at,
  event = excluded.event, event_id = excluded.event_id, status = excluded.status,
  duration_ms = excluded.duration_ms, error = excluded.error, answer = excluded.answer)
select id from recorded;

-- settle

-- stateOfOutbox
select count(*) filter (where next_attempt_at <= clock_timestamp()) as due,
count(*) filter (where claimed_until > clock_timestamp()) as claimed,
ceil(extract(epoch
    from clock_timestamp() - min(next_attempt_at) filter (where next_attempt_at <= clock_timestamp())) * 1000)::float8 as "oldestDueMs",
case when count(*) > 0 then
greatest(0, ceil(extract(epoch
      from min(greatest(next_attempt_at, claimed_until)) - clock_timestamp()) * 1000)::float8)
end as "nextInMs"
from "webhook" where disabled_at is null and position <> (select head from feed);

-- allWebhooks
select *
from "webhook"
order by "name"
limit $1;

-- webhookByName
select *
from "webhook"
where "name" = $1;

-- noteAttempt
select "id"
from "webhook";

with counted as (update webhook set attempts = attempts + 1 where id = $1 returning id, attempts)
insert into webhook_attempt
(webhook_id, slot, number, attempted_at, event, event_id, status, duration_ms, error, answer)
select id, attempts % 100, attempts, clock_timestamp(), $2::text, $3::text,
$4::smallint, $5::integer, $6::text, $7::text
from counted
on conflict (webhook_id, slot) do update set number = excluded.number, attempted_at = excluded.attempted_at,
event = excluded.event, event_id = excluded.event_id, status = excluded.status,
duration_ms = excluded.duration_ms, error = excluded.error, answer = excluded.answer;

-- webhookById
select *
from "webhook"
where "id" = $1;

-- attemptsByWebhookIds
select "webhook_attempt".*
from "webhook_attempt"
inner join "webhook" on "webhook"."id" = "webhook_attempt"."webhook_id"
where "webhook_id" = any($1) and "number" > webhook.attempts - $2::integer
order by "number" desc;

-- changeWebhook, with another name
update "webhook"
set "name" = $1, "fence" = fence + 1, "claimed_until" = $2, "next_attempt_at" = clock_timestamp()
where "id" = $3
returning *;

-- countWebhooks
with named as (
  select w.*, w.disabled_at is null as is_on,
  w.disabled_at is null
  and w.position <> feed.head
  and w.next_attempt_at <= clock_timestamp() as is_due, feed.head
  from webhook w cross join feed)
select count(*) filter (where is_on and failing_since is null) as active,
count(*) filter (where is_on and failing_since is not null) as failing,
count(*) filter (where not is_on) as disabled,
count(*) filter (where is_due) as due,
count(*) filter (where is_on and claimed_until > clock_timestamp()) as claimed,
coalesce(greatest(0, max(head - position) filter (where is_on)), 0) as lag,
-- One that had nothing to do is due since there is something.
ceil(extract(epoch from clock_timestamp() - min(greatest(next_attempt_at, (
          select e.recorded_at from feed_event e where e.number > position order by e.number limit 1
    ))) filter (where is_due)) * 1000)::float8 as "oldestDueMs"
from named;

-- removeWebhook
delete
from "webhook"
where "id" = $1
returning *;
