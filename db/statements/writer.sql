-- The statements that the functions of db send, written by tests/queries/printed-statements.test.ts.
-- After a change: npx vitest run tests/queries/printed-statements.test.ts --update

-- recordPapers, an edition with a new paper
start transaction isolation level read committed;

select pg_advisory_xact_lock(hashtext('daily_papers.writer'));

select "id", "arxiv_id", "merged_records"
from "paper"
where "arxiv_id" = any($1);

select "id", "arxiv_id", "merged_records", "title_key", "published_on"
from "paper"
where "title_key" = any($1)
union all select "paper"."id", "paper"."arxiv_id", "paper"."merged_records", "paper_alias"."title_key", "paper_alias"."published_on"
from "paper_alias"
inner join "paper" on "paper"."id" = "paper_alias"."paper_id"
where "paper_alias"."title_key" = any($2)
order by "id";

select nextval(pg_get_serial_sequence('paper', 'id')) as id
from generate_series(1, $1::int);

select *
from "edition_reading"
where "source" = $1 and "edition_date" = any($2::date[]);

select "arxiv_id", "author_count", "author_names", "organization_name", "keyword_keys", "title", "abstract", "published_at", "upvotes", "comment_count", "github_stars", "ai_summary", "ai_summary_model", "keywords", "github_repo", "github_repo_added_by", "project_page", "thumbnail_url", "media_urls", "discussion_id", "author_participating", "doi", "journal_ref", "comment", "primary_category", "categories", "arxiv_version", "revised_at", "withdrawn_at", "id", "title_key", "published_on", "authors_digest", "listed_on", "submitter_names", "first_listed_on", "last_listed_on", "provenance", "merged_records", "ingested_at", "updated_at", "text_changed_at"
from "paper"
where "id" = any($1::bigint[]);

select "listing".*, "reading"."source", "reading"."read_at"
from "listing"
left join "edition_reading" as "reading" on "reading"."edition_date" = "listing"."edition_date"
and listing.paper_id = any(reading.paper_ids)
where "listing"."paper_id" = any($1::bigint[]);

select *
from "account"
where "name" = any($1);

select *
from "organization"
where "name" = any($1);

insert into "organization" ("name", "hf_id", "full_name", "avatar_url", "observed_at")
select "name", "hf_id", "full_name", "avatar_url", "observed_at"
from json_populate_recordset(null::"organization", $1::json)
on conflict (name) do update set
"hf_id" = "excluded"."hf_id", "full_name" = "excluded"."full_name", "avatar_url" = "excluded"."avatar_url", "observed_at" = "excluded"."observed_at";

insert into "edition" select unnest($1::date[])
order by 1
on conflict do nothing;

insert into "paper" ("title", "abstract", "published_at", "upvotes", "comment_count", "github_stars", "ai_summary", "ai_summary_model", "keywords", "github_repo", "github_repo_added_by", "project_page", "thumbnail_url", "media_urls", "discussion_id", "author_participating", "doi", "journal_ref", "comment", "primary_category", "categories", "arxiv_version", "revised_at", "withdrawn_at", "id", "arxiv_id", "title_key", "author_count", "author_names", "authors_digest", "organization_name", "keyword_keys", "listed_on", "submitter_names", "first_listed_on", "last_listed_on", "provenance", "merged_records", "ingested_at", "updated_at", "text_changed_at", "search", "ranked_words")
select "title", "abstract", "published_at", "upvotes", "comment_count", "github_stars", "ai_summary", "ai_summary_model", "keywords", "github_repo", "github_repo_added_by", "project_page", "thumbnail_url", "media_urls", "discussion_id", "author_participating", "doi", "journal_ref", "comment", "primary_category", "categories", "arxiv_version", "revised_at", "withdrawn_at", "id", "arxiv_id", "title_key", "author_count", "author_names", "authors_digest", "organization_name", "keyword_keys", "listed_on", "submitter_names", "first_listed_on", "last_listed_on", "provenance", "merged_records", "ingested_at", "updated_at", "text_changed_at", "search", "ranked_words"
from json_populate_recordset(null::"paper", $1::json);

select "up_to"
from "term_census";

select "rarest"
from "term_census";

select term, rarity
from term_rarity
where term = any($1::text[]);

insert into "paper_term" ("paper_id", "weight", "term")
select "paper_id", "weight", "term" from json_populate_recordset(null::"paper_term", $1::json);

insert into "author" select unnest($1::text[])
order by 1
on conflict do nothing;

insert into "paper_author" ("paper_id", "position", "author_name", "account_name", "claim_status", "claim_changed_at", "hidden")
select "paper_id", "position", "author_name", "account_name", "claim_status", "claim_changed_at", "hidden"
from json_populate_recordset(null::"paper_author", $1::json);

insert into "keyword" select unnest($1::text[])
order by 1
on conflict do nothing;

insert into "paper_keyword" ("paper_id", "keyword_key")
select "paper_id", "keyword_key" from json_populate_recordset(null::"paper_keyword", $1::json);

insert into listing (
  edition_date, paper_id, submitter_name, submitted_at, observed_at, first_observed_at, recorded_at)
select edition_date, paper_id, submitter_name, submitted_at, observed_at, first_observed_at, recorded_at
from json_populate_recordset(null::listing, $1::json)
on conflict (edition_date, paper_id) do update set
submitter_name = excluded.submitter_name, submitted_at = excluded.submitted_at,
observed_at = excluded.observed_at, first_observed_at = excluded.first_observed_at;

insert into "paper_history" ("paper_id", "observed_at", "upvotes", "comment_count", "github_stars")
select "paper_id", "observed_at", "upvotes", "comment_count", "github_stars"
from json_populate_recordset(null::"paper_history", $1::json);

insert into "edition_reading" ("edition_date", "source", "read_at", "paper_ids")
values ($1, $2, $3, $4)
on conflict ("edition_date", "source") do update
set "read_at" = "excluded"."read_at", "paper_ids" = "excluded"."paper_ids";

select feed_append($1::jsonb);

-- recordPapers, texts, authors and keywords that changed
update paper
set "title" = "given"."title", "abstract" = "given"."abstract", "published_at" = "given"."published_at", "upvotes" = "given"."upvotes", "comment_count" = "given"."comment_count", "github_stars" = "given"."github_stars", "ai_summary" = "given"."ai_summary", "ai_summary_model" = "given"."ai_summary_model", "keywords" = "given"."keywords", "github_repo" = "given"."github_repo", "github_repo_added_by" = "given"."github_repo_added_by", "project_page" = "given"."project_page", "thumbnail_url" = "given"."thumbnail_url", "media_urls" = "given"."media_urls", "discussion_id" = "given"."discussion_id", "author_participating" = "given"."author_participating", "doi" = "given"."doi", "journal_ref" = "given"."journal_ref", "comment" = "given"."comment", "primary_category" = "given"."primary_category", "categories" = "given"."categories", "arxiv_version" = "given"."arxiv_version", "revised_at" = "given"."revised_at", "withdrawn_at" = "given"."withdrawn_at", "arxiv_id" = "given"."arxiv_id", "title_key" = "given"."title_key", "author_count" = "given"."author_count", "author_names" = "given"."author_names", "authors_digest" = "given"."authors_digest", "organization_name" = "given"."organization_name", "keyword_keys" = "given"."keyword_keys", "listed_on" = "given"."listed_on", "submitter_names" = "given"."submitter_names", "first_listed_on" = "given"."first_listed_on", "last_listed_on" = "given"."last_listed_on", "provenance" = "given"."provenance", "merged_records" = "given"."merged_records", "updated_at" = "given"."updated_at", "text_changed_at" = "given"."text_changed_at", "search" = "given"."search", "ranked_words" = "given"."ranked_words"
from json_populate_recordset(null::paper, $1::json) as given
where paper.id = given.id;

delete
from paper_term
where paper_id = any($1::bigint[]);

delete
from "paper_author"
where paper_id = any($1::bigint[]);

delete
from "paper_keyword"
where paper_id = any($1::bigint[]);

insert into "paper_revision" ("paper_id", "seen_at", "replaced_at", "source", "title", "abstract")
select "paper_id", "seen_at", "replaced_at", "source", "title", "abstract"
from json_populate_recordset(null::"paper_revision", $1::json)
on conflict do nothing;

insert into "paper_alias" ("title_key", "published_on", "paper_id")
select "title_key", "published_on", "paper_id" from json_populate_recordset(null::"paper_alias", $1::json)
on conflict do nothing;

-- recordPapers, votes that changed
update paper
set "upvotes" = "given"."upvotes", "comment_count" = "given"."comment_count", "github_stars" = "given"."github_stars", "provenance" = "given"."provenance", "merged_records" = "given"."merged_records", "updated_at" = "given"."updated_at"
from json_populate_recordset(null::paper, $1::json) as given
where paper.id = given.id;

-- recordPapers, an observation that comes late
select *
from "paper_history"
where "paper_id" = any($1::bigint[]);

delete from paper_history using json_populate_recordset(null::paper_history, $1::json) as gone
where paper_history.paper_id = gone.paper_id and paper_history.observed_at = gone.observed_at;

-- recordPapers, a paper without an arXiv id
delete
from term_rarity;

with size as materialized (
  select count(*) + 20 as papers from (select from paper limit 5000) p),
stored as (
  insert into term_rarity select counted.word, ln(1 + size.papers::float8 / counted.ndoc)
  from size, ts_stat($1, 'AD') counted
  where counted.ndoc * 500 > size.papers)
update term_census set up_to = $2,
rarest = (select ln(1 + least(size.papers, 500)::float8) from size);

-- recordPapers, votes of other sites and what a call for a single paper gave
insert into edition_count as old (edition_date, source, counted_at, expected)
select edition_date, source, counted_at, expected
from json_populate_recordset(null::edition_count, $1::json)
on conflict (edition_date, source) do update set counted_at = excluded.counted_at, expected = excluded.expected
where excluded.counted_at > old.counted_at;

insert into paper_detail as old (paper_id, read_at,
  models, model_count, datasets, dataset_count, spaces, space_count, comments)
select p.id, g.read_at, g.models, g.model_count, g.datasets, g.dataset_count, g.spaces, g.space_count, g.comments
from json_to_recordset($1::json) as g (arxiv_id text, read_at timestamptz,
  models jsonb, model_count integer, datasets jsonb, dataset_count integer, spaces jsonb, space_count integer,
  comments jsonb)
join paper p on p.arxiv_id = g.arxiv_id
on conflict (paper_id) do update set
read_at = excluded.read_at,
models = coalesce(excluded.models, old.models),
model_count = coalesce(excluded.model_count, old.model_count),
datasets = coalesce(excluded.datasets, old.datasets),
dataset_count = coalesce(excluded.dataset_count, old.dataset_count),
spaces = coalesce(excluded.spaces, old.spaces),
space_count = coalesce(excluded.space_count, old.space_count),
comments = coalesce(excluded.comments, old.comments)
where excluded.read_at >= old.read_at;

insert into paper_vote as old (paper_id, site, votes, observed_at)
select paper_id, site, votes, observed_at
from json_populate_recordset(null::paper_vote, $1::json)
on conflict (paper_id, site) do update set votes = excluded.votes, observed_at = excluded.observed_at
where excluded.observed_at >= old.observed_at and excluded.votes <> old.votes
returning paper_id;

-- recordPapers, an acronym instead of another
insert into acronym (key, long_key, acronym, long_form, papers)
select key, long_key, acronym, long_form, sum(amount)
from json_to_recordset($1::json) as said (
  paper_id bigint, key text, long_key text, acronym text, long_form text, amount integer)
where not exists (select from acronym_build where said.paper_id > built_to)
group by key, long_key, acronym, long_form having sum(amount) <> 0
order by key, long_key, acronym, long_form
on conflict (key, long_key, acronym, long_form) do update set papers = acronym.papers + excluded.papers;

delete
from acronym
where key = any($1::text[]) and papers <= 0;

-- learnAcronyms, of papers from before
update "acronym_build"
set "built_to" = $1;

select "built_to"
from "acronym_build";

select "id", "title", "abstract"
from "paper"
where "id" > $1
order by "id"
limit $2;

-- rebuildTerms, of an older version
update "search_build"
set "version" = $1;

select "version", "built_to"
from "search_build";

update search_build set version = $1, built_to = case version when $2 then built_to else 0 end
returning version, built_to;

select "id", "title", "abstract", "author_names", "keywords"
from "paper"
where "id" > $1
order by "id"
limit $2;

update paper set search = made.search, ranked_words = made."rankedWords"
from json_to_recordset($1::json) as made (id bigint, search tsvector, "rankedWords" tsvector)
where paper.id = made.id
and (paper.search <> made.search or paper.ranked_words is distinct from made."rankedWords");

update "search_build"
set "built_to" = $1;

-- notePolling
update "source"
set "poll_seconds" = $1
where "name" = $2;

-- noteReading
update "source"
set "last_read_at" = clock_timestamp(), "last_success_at" = clock_timestamp(), "records_read" = "records_read" + $1, "papers_new" = "papers_new" + $2, "papers_changed" = "papers_changed" + $3, "records_rejected" = "records_rejected" + $4
where "name" = $5;

-- noteFailure
update "source"
set "last_read_at" = clock_timestamp(), "last_error_at" = clock_timestamp(), "last_error" = $1
where "name" = $2;
