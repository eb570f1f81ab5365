-- The statements that the functions of db send, written by tests/queries/printed-statements.test.ts.
-- After a change: npx vitest run tests/queries/printed-statements.test.ts --update

-- readMailKey
select "key"
from "mail_key";

-- knowsZone
select now() at time zone $1;

-- askForDigest
start transaction isolation level read committed;

select count(*) as "all", count(*) filter(where right(address_key, $1) = $2) as "ofDomain"
from "mail_subscriber"
where "status" = $3 and "asked_at" > $4::timestamptz - interval '1 hour';

select "id", "status"
from "mail_subscriber"
where "address_key" = $1 for update;

select "why"
from "mail_suppressed"
where "hash" = $1;

insert into "mail_subscriber" ("cadence", "weekday", "hour", "zone", "filter", "format", "address", "address_key", "status", "asked_at")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict ("address_key") do update
set "cadence" = $11, "weekday" = $12, "hour" = $13, "zone" = $14, "filter" = $15, "format" = $16, "address" = $17, "status" = $18, "asked_at" = $19, "asks" = case when "mail_subscriber"."status" = $20 then "mail_subscriber"."asks" + $21 else 1 end
where ("mail_subscriber"."status" = $22 or ("mail_subscriber"."asks" < $23
    and "mail_subscriber"."asked_at" < $24::timestamptz - interval '1 day'))
returning "id";

insert into mail_delivery (subscriber_id, day, kind, expires_at, next_attempt_at)
values ($1, ($2::timestamptz at time zone 'UTC')::date, $3, $4::timestamptz + interval '1 day', clock_timestamp())
on conflict do nothing;

-- findReader
select "id", "generation"
from "mail_subscriber";

select *
from "mail_subscriber"
where "id" = $1 and "generation" = $2;

-- findReaderByAddress
select "id"
from "mail_subscriber"
where "address_key" = $1;

-- confirmDigest
update "mail_subscriber" as "s"
set "status" = $1, "generation" = "s"."generation" + $2, "asks" = $3, "confirmed_at" = $4, "ended_at" = $5, "ended_why" = $6, "since_position" = (select "head"
  from "feed"), "position" = (select "head"
  from "feed"), "next_due_at" = (select min(due.at)
  from (
    select (day + make_time(s.hour, 0, 0)) at time zone s.zone as at
    from generate_series((($7::timestamptz) at time zone s.zone)::date::timestamp - interval '1 day', (($8::timestamptz) at time zone s.zone)::date::timestamp + interval '9 days', interval '1 day') as day
    where s.cadence = 'daily' or extract(isodow from day) = s.weekday
  ) due
  where due.at > ($9::timestamptz))
where "s"."id" = $10
and "s"."generation" = $11
and "s"."status" = $12
returning "s".*;

-- changeDigest
update "mail_subscriber"
set "cadence" = $1, "weekday" = $2, "hour" = $3, "zone" = $4, "format" = $5, "filter" = $6
where "id" = $7 and "generation" = $8;

update "mail_subscriber" as "s" set "next_due_at" = (select min(due.at) from (
    select (day + make_time(s.hour, 0, 0)) at time zone s.zone as at
    from generate_series((($1::timestamptz) at time zone s.zone)::date::timestamp - interval '1 day', (($2::timestamptz) at time zone s.zone)::date::timestamp + interval '9 days', interval '1 day') as day
    where s.cadence = 'daily' or extract(isodow from day) = s.weekday
  ) due where due.at > ($3::timestamptz)) where "s"."id" = $4 and "s"."status" = $5;

-- renewLinks
update "mail_subscriber"
set "generation" = "generation" + $1
where "id" = $2 and "generation" = $3 and "status" = $4
returning "id";

-- promiseMail

-- scheduleDigests
with due as (
  select s.id, s.position, (select min(due.at) from (
      select (day + make_time(s.hour, 0, 0)) at time zone s.zone as at
      from generate_series((($1::timestamptz) at time zone s.zone)::date::timestamp - interval '1 day', (($2::timestamptz) at time zone s.zone)::date::timestamp + interval '9 days', interval '1 day') as day
      where s.cadence = 'daily' or extract(isodow from day) = s.weekday
    ) due where due.at > ($3::timestamptz)) as next_due_at,
  (select max(day)::date
    from generate_series(($4::timestamptz at time zone s.zone)::date::timestamp - interval '7 days', ($5::timestamptz at time zone s.zone)::date::timestamp, interval '1 day') as day
    where (s.cadence = 'daily' or extract(isodow from day) = s.weekday)
    and (day + make_time(s.hour, 0, 0)) at time zone s.zone <= $6::timestamptz) as day
  from mail_subscriber s where s.next_due_at <= $7::timestamptz
  order by s.next_due_at limit $8 for update skip locked
), promised as (
  insert into mail_delivery (subscriber_id, day, kind, after_position, through_position, expires_at,
    next_attempt_at)
  select due.id, due.day, 'digest', least(due.position, feed.head), feed.head, due.next_due_at, clock_timestamp()
  from due cross join feed
  on conflict do nothing
)
update mail_subscriber s set next_due_at = due.next_due_at from due where s.id = due.id;

-- recipientOf
select *
from "mail_delivery"
order by "day" desc;

select s.*, exists (select from mail_delivery d
  where d.subscriber_id = s.id and d.kind = 'digest' and d.day < $1::date
  and sent_at is null
  and skipped_at is null
  and failed_at is null
  and d.claimed_until > clock_timestamp()) as has_earlier
from mail_subscriber s where s.id = $2;

-- digestContent
select "pruned"
from "feed";

with listed as (
  select e.paper_id, max(e.edition_date) as edition_date from feed_event e
  where e.number > $1 and e.number <= $2 and e.kind = 'listed'
  group by e.paper_id)
select p.id, p.arxiv_id, p.title, p.abstract, p.author_names[1:4] as author_names, p.author_count,
coalesce(o.full_name, p.organization_name) as organization, p.upvotes, p.comment_count, listed.edition_date,
exists (select from listing l join feed_event e on e.paper_id = l.paper_id and e.kind = 'listed'
  and e.edition_date = l.edition_date
  where l.edition_date = listed.edition_date and e.number <= $3) as late,
(select max(e.number) from feed_event e
  where e.paper_id = p.id and e.kind = 'listed' and e.number <= $4) as listed_before
from listed join paper p on p.id = listed.paper_id left join organization o on o.name = p.organization_name
where p.withdrawn_at is null;

select p.id as "paperId", f.index as "filterIndex" from paper p join (
  select g.index, g."text"::tsquery as "text", g."arxivIds", g."authors", g."organizations", g."organizationWords", g."excludedOrganizationWords", g."keywords", g."submitters", g."categories", g."publishedFrom", g."publishedTo", g."notPublishedIn", g."editionFrom", g."editionTo", g."minUpvotes", g."hasCode", g."hasProjectPage", g."hasMedia", g."withdrawn"
  from jsonb_to_recordset($1::jsonb) as g (index integer, "arxivIds" text[], "text" text, "authors" text[], "organizations" text[], "organizationWords" text[], "excludedOrganizationWords" text[], "keywords" text[], "submitters" text[], "categories" text[], "publishedFrom" date, "publishedTo" date, "notPublishedIn" daterange[], "editionFrom" date, "editionTo" date, "minUpvotes" integer, "hasCode" boolean, "hasProjectPage" boolean, "hasMedia" boolean, "withdrawn" boolean) offset 0) as f on ((f."arxivIds" is null) or p.arxiv_id = any(f."arxivIds"))
and ((f."minUpvotes" is null) or p.upvotes >= f."minUpvotes")
and ((f."publishedFrom" is null) or p.published_at >= ((f."publishedFrom")::timestamp at time zone 'UTC'))
and ((f."publishedTo" is null) or p.published_at < ((f."publishedTo" + 1)::timestamp at time zone 'UTC'))
and ((f."hasCode" is null) or (p.github_repo is not null) = f."hasCode")
and ((f."hasProjectPage" is null) or (p.project_page is not null) = f."hasProjectPage")
and ((f."hasMedia" is null) or (p.media_urls <> '{}') = f."hasMedia")
and ((f."withdrawn" is null) or (p.withdrawn_at is not null) = f."withdrawn")
and ((f."organizations" is null) or p.organization_name = any(f."organizations"))
and ((f."organizationWords" is null) or exists (select
    from organization o
    where o.name = p.organization_name and exists (select from unnest(f."organizationWords") as wanted (words)
      where strpos((' ' || translate(folded(o.name || ' ' || coalesce(o.full_name, '')), '-_./', '    ') || ' '), (' ' || translate(folded(wanted.words), '-_./', '    ') || ' ')) > 0)))
and ((f."excludedOrganizationWords" is null) or not exists (select
    from organization o
    where o.name = p.organization_name and exists (select from unnest(f."excludedOrganizationWords") as wanted (words)
      where strpos((' ' || translate(folded(o.name || ' ' || coalesce(o.full_name, '')), '-_./', '    ') || ' '), (' ' || translate(folded(wanted.words), '-_./', '    ') || ' ')) > 0)))
and ((f."notPublishedIn" is null) or not exists (select
    from unnest(f."notPublishedIn") as excluded (days)
    where p.published_on <@ excluded.days))
and ((f."editionFrom" is null
    and f."editionTo" is null) or (p.first_listed_on is not null
    and daterange(p.first_listed_on, p.last_listed_on, '[]') && case when f."editionFrom" > f."editionTo" then 'empty' else daterange(f."editionFrom", f."editionTo", '[]') end
    and exists (select from unnest(p.listed_on) as listed (day)
      where listed.day <@ case when f."editionFrom" > f."editionTo" then 'empty' else daterange(f."editionFrom", f."editionTo", '[]') end)))
and ((f."authors" is null) or p.author_names && f."authors")
and ((f."keywords" is null) or p.keyword_keys && f."keywords")
and ((f."submitters" is null) or p.submitter_names && f."submitters")
and ((f."categories" is null) or p.categories && f."categories")
and ((f."text" is null) or p.search @@ f."text")
where p.id = any($2::bigint[]) order by p.id, f.index;

select p.id, t.as_of, origin.since, trend.*
from (select $1::timestamptz as as_of, $2::timestamptz as known_at) t
cross join paper p
cross join lateral (
  select coalesce(min(l.edition_date)::timestamp at time zone 'UTC', p.published_at) as since,
  max(l.edition_date) as last_listed_on
  from listing l
  where l.paper_id = p.id
  and l.edition_date <= (t.as_of at time zone 'UTC')::date
  and l.first_observed_at <= t.known_at) origin
cross join lateral (
  select coalesce(sum(gain * power(2, greatest(-1000,
          extract(epoch from dated - t.as_of)::float8 / 86400))), 0) as score,
  coalesce(sum(gain), 0)::integer as upvotes,
  coalesce(sum(gain) filter (where dated > t.as_of - interval '24 hours'), 0)::integer as gained
  from (
    select h.upvotes - coalesce(lag(h.upvotes) over earlier, 0) as gain,
    least(t.as_of, case when lag(h.upvotes) over earlier is not null then h.observed_at
      else least(h.observed_at, origin.since) end) as dated
    from paper_history h
    where h.paper_id = p.id and h.observed_at <= t.known_at and h.upvotes is not null
    window earlier as (order by h.observed_at)
) gains) trend where p.id = any($3::bigint[]);

-- rangeOfDay
select coalesce(min(number) - 1, 0) as after, coalesce(max(number), 0) as through
from feed_event where kind = 'listed' and edition_date = $1;

-- refusedInARow
select count(distinct day) from mail_delivery
where subscriber_id = $1 and failure ~ '^5\d\d'
and day > coalesce((select max(day) from mail_delivery
    where subscriber_id = $2 and sent_at is not null), '-infinity');

-- deliveriesOf
select *
from "mail_delivery"
where "subscriber_id" = $1
order by "day", "kind";

-- allReaders
select "address", "status", "cadence", "hour", "zone", "filter", "position"
from "mail_subscriber"
order by "asked_at", "id";

-- readMailState
select s.*, d.* from (
  select count(*) filter (where status = 'active') as active, count(*) filter (where status = 'pending') as pending,
  count(*) filter (where status = 'suppressed') as suppressed from mail_subscriber) s
cross join (
  select count(*) filter (where sent_at is null and skipped_at is null and failed_at is null) as due,
  min(next_attempt_at) filter (where sent_at is null
    and skipped_at is null
    and failed_at is null) as oldest_due_at,
  count(sent_at) as sent, count(skipped_at) as skipped, count(failed_at) as failed from mail_delivery) d;

-- readMailBacklog
select (select coalesce(jsonb_object_agg(status, readers), '{}')
  from (select status, count(*) as readers from mail_subscriber group by status) by_status) as readers,
count(*) filter (where next_attempt_at <= clock_timestamp()) as due, count(*) filter (where not (next_attempt_at <= clock_timestamp())) as retrying,
extract(epoch
  from clock_timestamp() - min(next_attempt_at) filter (where next_attempt_at <= clock_timestamp()))::float8 * 1000
as oldest_due_ms
from mail_delivery where sent_at is null and skipped_at is null and failed_at is null;

-- stopDigest
update "mail_subscriber"
set "status" = $1, "next_due_at" = $2, "ended_at" = $3, "ended_why" = $4
where "id" = $5 and "generation" = $6 and "status" in ($7, $8);

-- suppressReader
update "mail_subscriber"
set "status" = $1, "next_due_at" = $2, "ended_at" = $3, "ended_why" = $4
where "id" = $5 and "status" <> $6;

-- forgetOldMail
delete
from "mail_subscriber"
where "status" = $1 and "asked_at" < $2::timestamptz - 7 * interval '1 day';

delete
from "mail_delivery"
where "expires_at" < $1::timestamptz - interval '90 days';

-- forgetReader
delete
from "mail_subscriber"
where "id" = $1 and "generation" = $2
returning "address_key";

insert into "mail_suppressed" ("hash", "why", "at")
values ($1, $2, $3)
on conflict ("hash") do nothing;
