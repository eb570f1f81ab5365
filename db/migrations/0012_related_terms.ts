import { type Kysely, sql } from 'kysely'

/**
 * What each paper is about, as the few terms that tell it from others, for finding related papers. They are made with
 * the terms that search uses; those of stored papers come with the background work that makes those anew.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // No foreign key: a check of each of some twenty rows of a paper would cost more than the rows.
  `create table paper_term (
     paper_id bigint not null,
     weight smallint not null check (weight > 0),
     term text collate "C" not null check (term <> '')
   )`,
  // Read backwards, the papers of a term from the one that is most about it: from the index alone.
  `create index paper_term_by_weight on paper_term (term, weight, paper_id)`,
  `create index paper_term_by_paper on paper_term (paper_id)`,
  `create function forget_terms() returns trigger language plpgsql as $$
   begin
     delete from paper_term using gone where paper_term.paper_id = gone.id;
     return null;
   end $$`,
  `create trigger forget_terms after delete on paper
     referencing old table as gone for each statement execute function forget_terms()`,
  // Terms of so many papers that it matters. All others are as rare as `rarest` of the census says.
  `create table term_rarity (
     term text collate "C" primary key,
     rarity real not null check (rarity > 0)
   )`,
  `create table term_census (
     "only" boolean primary key default true check ("only"),
     rarest real not null,
     up_to bigint not null
   )`,
  `insert into term_census (rarest, up_to) values (3, 0)`,
  // The background work begins anew where it was done before this migration.
  `update search_build set version = 0, built_to = null`,
  `create index paper_by_repository on paper (lower(github_repo), id) where github_repo is not null`,
]
