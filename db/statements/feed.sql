-- The statements that the functions of db send, written by tests/queries/printed-statements.test.ts.
-- After a change: npx vitest run tests/queries/printed-statements.test.ts --update

-- readLogState
select "epoch", "head", "pruned"
from "feed";

-- eventsAfter
select "number", "kind", "paper_id", "edition_date", "source", "recorded_at", data::text as "data"
from "feed_event"
where "number" > $1
order by "number"
limit $2;

-- pruneLog, with events to prune
select "recorded_at"
from "feed_event"
order by "number"
limit $1;

update feed set pruned = greatest(pruned, coalesce((
      select max(number) from (
        select number, recorded_at from feed_event order by number limit 1000
      ) oldest where recorded_at < $1
), 0)) returning pruned;

delete
from "feed_event"
where "number" <= $1;
