import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'

export type SuggestionKind = 'author' | 'keyword' | 'organization'

/** Something that what was typed so far may become. */
export interface Suggestion {
  kind: SuggestionKind
  /** The key of the author, keyword or organization. */
  key: string
  /** What to show and to search for. */
  text: string
}

/** Names of one kind whose papers are counted; if more match, the ones that were stored first. */
export const candidatesPerKind = 200
/** Papers that are counted of each: those that have more go by name. */
const countedPapers = sql.lit(300)

/**
 * What people may be about to type, for the last word of the text at least: names in which a word begins with it,
 * those with the most papers first within each kind, kinds by turns. A name that is all of it goes first. Nothing for a single sign that is no letter or digit.
 * Spellings of keywords are asked for in order, so that their index is used whatever share of all is expected.
 */
export async function suggestionsFor(db: Db, typed: string, limit: number): Promise<Suggestion[]> {
  const start = typed.normalize('NFC').replace(/\s+/gu, ' ').trim()
  if (!/[\p{L}\p{N}]|../u.test(start)) return []
  const pattern = likePattern(start)
  const loose = pattern.replace(
    /([aou])e|aa/giu,
    (two, letter: string | undefined) => `${letter ?? two.slice(1)}%`,
  )
  const isTranscription = loose !== pattern
  const { rows } = await sql<Suggestion>`
    with input as materialized (
      select folded(${pattern}::text) as pattern, folded(${loose}::text) as loose,
        ${withoutSeparators(sql`folded(${start}::text)`)} as solid),
    matching_authors as (
      select a.name from author a, input
      where ${nameBegins(sql`folded(a.name)`, sql`a.name`, isTranscription)}
      limit ${sql.lit(candidatesPerKind)}),
    matching_keywords as (
      (select k.key from keyword k, input
      where ${wordBegins(sql`k.key`)}
      limit ${sql.lit(candidatesPerKind)})
      union
      (select k.key from keyword k
      where ${withoutSeparators(sql`k.key`)} ~>=~ (select solid from input)
        and ${withoutSeparators(sql`k.key`)} ~<~ (select solid || ${lastLetter}::text from input)
        and length((select solid from input)) > 4
      order by ${withoutSeparators(sql`k.key`)} using ~<~
      limit ${sql.lit(candidatesPerKind)})),
    matching_organizations as (
      select o.name, coalesce(o.full_name, o.name) as text from organization o, input
      where ${nameBegins(
        sql`(folded(o.name) || ' ' || folded(coalesce(o.full_name, '')))`,
        sql`(o.name || ' ' || coalesce(o.full_name, ''))`,
        isTranscription,
      )}
      limit ${sql.lit(candidatesPerKind)}),
    ranked as (
      select 'author' as kind, name as key, name as text,
        row_number() over (order by (select count(*) from (select from paper_author pa where pa.author_name = name
          limit ${countedPapers}) c) desc, name) as position from matching_authors
      union all
      select 'keyword', key, key,
        row_number() over (order by (select count(*) from (select from paper_keyword pk where pk.keyword_key = key
          limit ${countedPapers}) c) desc, key) from matching_keywords
      union all
      select 'organization', name, text,
        row_number() over (order by (select count(*) from (select from paper p where p.organization_name = name
          limit ${countedPapers}) c) desc, name) from matching_organizations
    )
    select kind, key, text from ranked, input
    order by folded(text) like input.pattern desc, position, kind limit ${limit}`.execute(db)
  return rows
}

/**
 * Where what is typed begins a word of a name: of the name without its accents, which the index has, or of the name with
 * its umlauts written as two letters, as `mueller` for `Müller` (db/tokens/fold.ts has the same pairs).
 */
function nameBegins(
  folded: RawBuilder<unknown>,
  name: RawBuilder<unknown>,
  isTranscription: boolean,
): RawBuilder<unknown> {
  if (!isTranscription) return wordBegins(folded)
  const small = sql`translate(normalize(${name}), 'ÄÖÜØÅ', 'äöüøå')`
  const transcribed = sql`replace(replace(replace(replace(replace(${small},
    'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ø', 'oe'), 'å', 'aa')`
  return sql`(${wordBegins(folded)} or (${wordBegins(folded, sql`input.loose`)} and ${wordBegins(sql`folded(${transcribed})`)}))`
}

/** Where a pattern begins a word, a single letter has a trigram: the index answers both halves. */
function wordBegins(text: RawBuilder<unknown>, pattern = sql`input.pattern`): RawBuilder<unknown> {
  return sql`(${text} like ${pattern} || '%' or ${text} like '% ' || ${pattern} || '%')`
}

/** A text in one of its spellings: `fine-tuning`, `fine tuning`, `finetuning`. */
function withoutSeparators(text: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`translate(${text}, '-_./ ', '')`
}

/** Sorts behind all letters: what begins with a text is between the text and the text with it. */
const lastLetter = '\u{10fffd}'

/** The text inside a LIKE pattern: any sign may be where one that separates words is. */
function likePattern(text: string): string {
  const escaped = text.replace(/[\\%_]/g, '\\$&')
  return escaped.replace(/(?<=[\p{L}\p{N}])(?:[-./ ]|\\_)(?=[\p{L}\p{N}])/gu, '_')
}
