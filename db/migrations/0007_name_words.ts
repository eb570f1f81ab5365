import { type Kysely, sql } from 'kysely'

/** Words of authors' names, for repairing a search for one: apart from those of titles, which are meant more often. */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const wordsOf = (told: string) => `
  insert into name_word
    select distinct found.word from ${told}, regexp_split_to_table(folded(told.name), '[^[:alpha:]]+') as found (word)
    where length(found.word) between 4 and 40 order by found.word
    on conflict do nothing`

const statements = [
  `create table name_word (word text collate "C" primary key check (word <> ''))`,
  wordsOf('author told'),
  `create index name_word_by_part on name_word using gin (word gin_trgm_ops)`,
  `create function collect_words_of_names() returns trigger language plpgsql as $$
   begin
     ${wordsOf('told')};
     return null;
   end $$`,
  `create trigger collect_words_of_names after insert on author
     referencing new table as told for each statement execute function collect_words_of_names()`,
]
