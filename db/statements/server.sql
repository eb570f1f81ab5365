-- The statements that the functions of db send, written by tests/queries/printed-statements.test.ts.
-- After a change: npx vitest run tests/queries/printed-statements.test.ts --update

-- allSources
select *
from "source"
order by "name";

-- countStored
select (select count(*) as "papers"
  from "paper") as "papers", (select count(*) as "editions"
  from "edition") as "editions";

-- readVersion
select /* prepared */ concat_ws(' ', pg_current_snapshot(), pg_postmaster_start_time()) as "version";

-- serverVersion
show server_version;

-- answersWithin
select;

-- analyzeTables
vacuum (analyze, skip_locked) "paper", "paper_author", "paper_keyword", "paper_history", "listing", "author", "keyword", "account", "organization", "word", "name_word";
