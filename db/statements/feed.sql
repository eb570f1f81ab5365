-- The statements that the functions of db send, written by tests/queries/printed-statements.test.ts.
-- After a change: npx vitest run tests/queries/printed-statements.test.ts --update

-- readLogState
select "epoch", "head", "pruned", "pruned_mark", "pruned_recorded_at", "terms", "marked_since", "number", "recorded_at", coalesce(mark,
  ('x' || left(md5(concat_ws(' ', number, paper_id, kind, extract(epoch
            from recorded_at))), 12))::bit(48)::bigint) as "mark"
from "feed"
left join "feed_event" on "number" = "head";

-- beginTerm
update "feed" set "terms" = coalesce(terms, '[]') || jsonb_build_object(
  'after', head, 'id', ('x' || left(md5(gen_random_uuid()::text), 6))::bit(24)::integer) returning "head";

-- eventsFrom
select /* prepared */ "number", "kind", "paper_id", "edition_date", "source", trunc(extract(epoch
    from recorded_at) * 1000)::bigint as "recorded_at_ms", coalesce(mark,
  ('x' || left(md5(concat_ws(' ', number, paper_id, kind, extract(epoch
            from recorded_at))), 12))::bit(48)::bigint) as "mark", case when kind <> 'ingested' then data::text end as "data", (select terms::text as "terms"
  from "feed") as "terms"
from "feed_event"
where "number" >= $1
order by "number"
limit $2;

-- positionsBetween
select "number", "recorded_at", coalesce(mark,
  ('x' || left(md5(concat_ws(' ', number, paper_id, kind, extract(epoch
            from recorded_at))), 12))::bit(48)::bigint) as "mark"
from "feed_event"
where "number" >= $1
and "number" <= $2
order by "number"
limit $3;

-- newestRecordedBy
select "number", "recorded_at", coalesce(mark,
  ('x' || left(md5(concat_ws(' ', number, paper_id, kind, extract(epoch
            from recorded_at))), 12))::bit(48)::bigint) as "mark"
from "feed_event"
where "number" <= $1
and "recorded_at" <= $2
order by "number" desc
limit $3;

-- positionAt

-- lastOf

-- lastShared

-- positionOfCursor

-- pruneLog, with events to prune
with first as (
  select number, recorded_at, recorded_at < now() - make_interval(hours => $1) as is_old,
  recorded_at < now() - make_interval(hours => $2) as is_past_holding
  from feed_event order by number limit 1000
)
select max(number) as last from first
where is_old and (is_past_holding or number <= coalesce(least(
      (select min(position) from webhook where disabled_at is null),
      (select min(position) from mail_subscriber where status = 'active')), 9007199254740991))
and number < coalesce(
  (select min(number) from first where not is_old and recorded_at <= now()), 9007199254740991);

start transaction isolation level read committed;

update feed set pruned = number, pruned_mark = coalesce(mark,
  ('x' || left(md5(concat_ws(' ', number, paper_id, kind, extract(epoch
            from recorded_at))), 12))::bit(48)::bigint), pruned_recorded_at = recorded_at
from feed_event where number = $1 and number > pruned;

delete
from "feed_event"
where "number" <= $1;
