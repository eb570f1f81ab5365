import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'
import { atomsIn } from '../tokens/scan.ts'

/** The number of words that are repaired at most: a longer text has other reasons to find nothing. */
const wordsAtMost = 8

/**
 * Replaces each word that no title and no author's name contains: by two words of titles that it is made of
 * (`flashattention`), or else, at the end of the text, by the commonest word that begins with it (somebody may be typing
 * still), or else by the most similar word of a title, or, if there is none, of a name (at least three tenths of their
 * trigrams are equal, the default of pg_trgm). A number behind a word is no longer taken for its
 * version. Operators stay as they are. Returns undefined if there is nothing to repair.
 */
export async function repairText(db: Db, text: string): Promise<string | undefined> {
  const all = atomsIn(text)
  const isUnfinished = ({ end }: { readonly end: number }) => end === text.length
  // A short word may be a whole one: it is completed if it alone finds nothing.
  const isLong = all.length === 1 ? /^\p{L}{2,40}$/u : /^\p{L}{4,40}$/u
  const atoms = all.filter((atom) => isLong.test(atom.text) && !atom.unspaced)
  const words = [...new Set(atoms.map((atom) => atom.text))].slice(0, wordsAtMost)
  const unfinished = atoms.find(isUnfinished)?.text ?? null
  const { rows } = await sql<{ typed: string; correction: string | null }>`
    select typed, coalesce(${twoWords}, case when typed = ${unfinished}::text then ${completedWord} end,
      case when length(typed) > 3 then coalesce(${mostSimilarWord(sql`word`)}, ${mostSimilarWord(sql`name_word`)}) end)
      as correction
    from unnest(${words}::text[]) as typed
    where not exists (select from word w where w.word = typed)
      and not exists (select from name_word w where w.word = typed)`.execute(db)
  const corrections = new Map(rows.map(({ typed, correction }) => [typed, correction]))
  let repaired = ''
  let from = 0
  for (const { text: word, start, end } of atoms) {
    const correction = corrections.get(word)
    if (correction == null || start < from) continue
    repaired += text.slice(from, start) + correction
    from = end
  }
  repaired += text.slice(from)
  const loosened = repaired.replace(/(?<=\p{L}) (?=\p{Nd}+(?:\.\p{Nd}+)*(?:\s|$))/gu, ', ')
  return loosened === text ? undefined : loosened
}

const twoWords = sql`(select left(typed, at) || ' ' || substr(typed, at + 1)
  from generate_series(4, length(typed) - 4) as at
  where exists (select from word w where w.word = left(typed, at))
    and exists (select from word w where w.word = substr(typed, at + 1))
  order by abs(length(typed) - 2 * at), at limit 1)`

/** Terms are the beginnings of words, and the shortest word with the beginning of the commonest is one of that. */
const completedWord = sql`(select whole.word
  from (
    (select r.term as start, r.rarity from term_rarity r where ${beginsWith(sql`r.term`, sql`typed`)}
      order by r.rarity, r.term limit 1)
    union all select typed, null) begun
  cross join lateral (
    select w.word from word w where ${beginsWith(sql`w.word`, sql`begun.start`)}
    order by length(w.word), w.word limit 1) whole
  order by begun.rarity limit 1)`

/** By an index whose letters go by their code points. */
function beginsWith(text: RawBuilder<unknown>, start: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(${text} >= ${start} and ${text} < ${start} || ${sql.lit('\u{10fffd}')})`
}

function mostSimilarWord(table: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select w.word from ${table} w where w.word % typed
    order by similarity(w.word, typed) desc, abs(length(w.word) - length(typed)), w.word limit 1)`
}
