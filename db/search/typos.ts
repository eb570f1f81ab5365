import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'

/** The number of words that are repaired at most: a longer text has other reasons to find nothing. */
const wordsAtMost = 8

/**
 * Replaces each word that no title and no author's name contains by the most similar word of a title, or, if there is
 * none, of a name (at least three tenths of their trigrams are equal, the default of pg_trgm). Quotes, minus and `or`
 * stay as they are. Returns undefined if there is nothing to repair.
 */
export async function repairText(db: Db, text: string): Promise<string | undefined> {
  const words = [...new Set(text.match(/\p{L}{4,40}/gu) ?? [])].slice(0, wordsAtMost)
  if (words.length === 0) return undefined
  const { rows } = await sql<{ typed: string; correction: string | null }>`
    select typed, coalesce(${mostSimilarWord(sql`word`)}, ${mostSimilarWord(sql`name_word`)}) as correction
    from unnest(${words}::text[]) as typed
    where not exists (select from word w where w.word = folded(typed))
      and not exists (select from name_word w where w.word = folded(typed))`.execute(db)
  const corrections = new Map(rows.map(({ typed, correction }) => [typed, correction ?? typed]))
  const repaired = text.replace(/\p{L}{4,40}/gu, (word) => corrections.get(word) ?? word)
  return repaired === text ? undefined : repaired
}

function mostSimilarWord(table: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select w.word from ${table} w where w.word % folded(typed)
    order by similarity(w.word, folded(typed)) desc, abs(length(w.word) - length(typed)), w.word limit 1)`
}
