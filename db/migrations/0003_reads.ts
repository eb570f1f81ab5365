import { type Kysely, sql } from 'kysely'

/** What reading needs beyond the rows: an index for each order of papers, and the words that a search may have meant. */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // One index per order, each ending in the key; coalesce, because a keyset compares rows and null is in no order.
  `create index paper_by_edition on paper
     ((coalesce(last_listed_on, '0001-01-01'::date)) desc, upvotes desc, id desc)`,
  `create index paper_by_upvotes on paper (upvotes desc, id desc)`,
  `create index paper_by_comments on paper (comment_count desc, id desc)`,
  `create index paper_by_stars on paper ((coalesce(github_stars, -1)) desc, id desc)`,
  `create index paper_by_submitter on paper using gin (submitter_names)`,
  `create index paper_by_category on paper using gin (categories)`,
  `create index paper_by_listings on paper using gist (daterange(first_listed_on, last_listed_on, '[]'))
     where first_listed_on is not null`,
  // Sums over days are answered from the index alone.
  `create index paper_by_first_listing on paper (first_listed_on) include (upvotes, comment_count)
     where first_listed_on is not null`,

  // unaccent is only "stable" because its dictionary can be changed; ours is named and stays.
  `create function folded(words text) returns text language sql immutable parallel safe strict
     return lower(unaccent('unaccent'::regdictionary, words))`,
  `create index author_by_part on author using gin (folded(name) gin_trgm_ops)`,
  `create index organization_by_part on organization
     using gin ((folded(name) || ' ' || folded(coalesce(full_name, ''))) gin_trgm_ops)`,
  `create index keyword_by_part on keyword using gin (key gin_trgm_ops)`,

  // Words of titles, for repairing a search that finds nothing. It only grows: a word once printed stays a word.
  `create table word (word text collate "C" primary key check (word <> ''))`,
  `create index word_by_part on word using gin (word gin_trgm_ops)`,
  `create function collect_words() returns trigger language plpgsql as $$
   begin
     insert into word
       select distinct found.word from told, regexp_split_to_table(folded(told.title), '[^[:alpha:]]+') as found (word)
       where length(found.word) between 4 and 40 order by found.word
       on conflict do nothing;
     return null;
   end $$`,
  `create trigger collect_words_of_new after insert on paper
     referencing new table as told for each statement execute function collect_words()`,
  // A retitled paper; votes move far more often, and must not pay for this.
  `create function collect_words_of_title() returns trigger language plpgsql as $$
   begin
     insert into word
       select distinct found.word from regexp_split_to_table(folded(new.title), '[^[:alpha:]]+') as found (word)
       where length(found.word) between 4 and 40 order by found.word
       on conflict do nothing;
     return null;
   end $$`,
  `create trigger collect_words_of_changed after update of title on paper
     for each row when (old.title <> new.title) execute function collect_words_of_title()`,
  `insert into word
     select distinct found.word from paper, regexp_split_to_table(folded(title), '[^[:alpha:]]+') as found (word)
     where length(found.word) between 4 and 40`,
]
