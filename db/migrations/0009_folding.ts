import { type Kysely, sql } from 'kysely'

/**
 * Letters are folded by rules of their own, and not by those of the database's language: Turkish makes `I` into `ı`.
 * Where both rules agree, only the functions change, at once and without touching a row. Where they do not, what was
 * folded by the old rule is folded anew: two indexes of names, and the words for repairing searches.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  const { rows } = await sql<{ rule: string; agrees: boolean | null }>`
    select quote_ident(collname) as rule, lower('IÀÉΑЖ') = 'iàéαж' and 'ж' ~ '[[:alpha:]]' as agrees
    from pg_collation
    where collnamespace = 'pg_catalog'::regnamespace and collname in ('pg_c_utf8', 'und-x-icu', 'C.utf8', 'C')
      and collencoding in (-1, pg_char_to_encoding(getdatabaseencoding()))
    order by array_position(array['pg_c_utf8', 'und-x-icu', 'C.utf8', 'C'], collname::text)
    limit 1`.execute(db)
  const { rule = '"C"', agrees = true } = rows[0] ?? {}
  for (const statement of functions(`pg_catalog.${rule}`)) await sql.raw(statement).execute(db)
  if (agrees) return
  for (const statement of renewal) await sql.raw(statement).execute(db)
}

const functions = (rule: string) => [
  `create or replace function folded(words text) returns text language sql immutable parallel safe strict
     return lower(unaccent('unaccent'::regdictionary, words) collate ${rule})`,
  // What a letter is depends on the language's rules too.
  `create or replace function folded_words(told text) returns setof text language sql stable strict
     begin atomic
       select distinct found.word from regexp_split_to_table(folded(told) collate ${rule}, '[^[:alpha:]]+') as found (word)
       where length(found.word) between 4 and 40;
     end`,
  collector('collect_words', 'word', 'told, folded_words(told.title)'),
  collector('collect_words_of_title', 'word', 'folded_words(new.title)'),
  collector('collect_words_of_names', 'name_word', 'told, folded_words(told.name)'),
]

const collector = (name: string, table: string, from: string) => `
  create or replace function ${name}() returns trigger language plpgsql as $$
  begin
    insert into ${table} select distinct found.word from ${from} as found (word) order by found.word
      on conflict do nothing;
    return null;
  end $$`

const renewal = [
  'reindex index author_by_part',
  'reindex index organization_by_part',
  'delete from word',
  'insert into word select distinct found.word from paper, folded_words(title) as found (word)',
  'delete from name_word',
  'insert into name_word select distinct found.word from author, folded_words(name) as found (word)',
]
