import { sql } from 'kysely'
import type { Db } from '../database.ts'
import type { CanonicalFilter } from './filter.ts'
import { newestMatches } from './matches.ts'

/** Papers with the words before the last one that are looked at, the newest. */
const lookedAt = 100
/** The last word, behind a blank or a hyphen, and all before it. Of quotes and fields nobody knows where they end. */
const lastWord = /^(?<before>[^"“”:]*[\p{L}\p{N}](?:\s+|-))(?<begun>\p{L}{1,40})$/u
const operator = /^or$/iu

/**
 * Completes the last word of a text that nothing has: by the word that begins with it in the most papers that match the
 * words before it, in the title, a keyword or an author's name. A word that stands right behind the one before it as in
 * the text goes first, and a single letter is completed by no other. Returns the text; undefined if no word of these
 * papers begins so.
 */
export async function completeText(db: Db, filter: CanonicalFilter): Promise<string | undefined> {
  const { before, begun } = lastWord.exec(String(filter.text ?? ''))?.groups ?? {}
  if (before === undefined || begun === undefined || operator.test(begun)) return undefined
  const previous = /[\p{L}\p{N}]+(?=[\s-]+$)/u.exec(before)?.[0] ?? ''
  const others = { ...filter, text: before.replace(/[\s-]+$/u, '') }
  // Texts are folded together, and only parts of them that have the letters are taken apart, which costs the most.
  const { rows } = await sql<{ word: string }>`
    with part as materialized (
      select p.id, translate(part.text, ${separators}, ${' '.repeat(separators.length)}) as text, part.place
      from paper p, string_to_table(folded(
        concat_ws(E'\\n', p.title, array_to_string(p.keyword_keys, E'\\n'), array_to_string(p.author_names, E'\\n'))),
        E'\\n') with ordinality as part (text, place)
      where p.id = any(array(${newestMatches(others, lookedAt)}))
        and part.text ~ ('\\m' || folded(${begun}::text))),
    paper_word as materialized (
      select part.id, found.word,
        lag(found.word) over (partition by part.id, part.place order by found.place) as previous
      from part, string_to_table(part.text, ' ') with ordinality as found (word, place) where found.word <> ''),
    completion as (
      select word, count(distinct id) filter (where previous = folded(${previous}::text)) as beside,
        count(distinct id) as papers
      from paper_word
      where starts_with(word, folded(${begun}::text)) and word ~ '^[[:alpha:]]+$' and word <> folded(${begun}::text)
      group by word)
    select word from completion where beside > 0 or ${begun.length}::integer > 1
    order by beside desc, papers desc, word limit 1`.execute(db)
  const [completed] = rows
  return completed && before + completed.word
}

/** What may stand between words, beside blanks. */
const separators = '-\u2010\u2011\u2013\u2014/_:;,.?!()[]{}\'"’‘“”\t'
