-- The statements that the functions of db send, written by tests/queries/printed-statements.test.ts.
-- After a change: npx vitest run tests/queries/printed-statements.test.ts --update

-- claimDue
start transaction isolation level read committed;

with due as materialized (
  select "id" from "webhook"
  where disabled_at is null and next_attempt_at <= clock_timestamp()
  and (claimed_until is null or claimed_until <= clock_timestamp())
  order by next_attempt_at limit $1
  for update skip locked)
update "webhook" as claimed
set claimed_until = clock_timestamp() + $2::float8 * interval '1 millisecond', fence = claimed.fence + 1
from due where "claimed"."id" = "due"."id"
returning claimed.*;

-- renewClaims
update "webhook" as claimed set claimed_until = clock_timestamp() + $1::float8 * interval '1 millisecond'
from jsonb_populate_recordset(null::"webhook", $2) as held
where "claimed"."id" = "held"."id" and claimed.fence = held.fence and claimed.claimed_until is not null
returning claimed.*;

-- settle
update "webhook" as claimed set claimed_until = null
from jsonb_populate_recordset(null::"webhook", $1) as held
where "claimed"."id" = "held"."id" and claimed.fence = held.fence and claimed.claimed_until is not null
returning 1;

-- deferClaim

-- stateOfOutbox
select count(*) filter (where next_attempt_at <= clock_timestamp()) as due,
count(*) filter (where claimed_until > clock_timestamp()) as claimed,
ceil(extract(epoch
    from clock_timestamp() - min(next_attempt_at) filter (where next_attempt_at <= clock_timestamp())) * 1000)::float8 as "oldestDueMs",
case when count(*) > 0 then
greatest(0, ceil(extract(epoch
      from min(greatest(next_attempt_at, claimed_until)) - clock_timestamp()) * 1000)::float8)
end as "nextInMs"
from "webhook" where disabled_at is null;
