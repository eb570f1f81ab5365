import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'

/** Words that are repaired at most: a longer search is no typing error. */
const wordsAtMost = 8

/**
 * The text with its words that stand in no title and no author's name replaced by the most alike in titles, or if
 * none is, in names (three tenths of their trigrams shared at least, the default of pg_trgm); undefined where there
 * is nothing to repair. Quotes, minus and `or` stay as they are.
 */
export async function repairText(db: Db, text: string): Promise<string | undefined> {
  const words = [...new Set(text.match(/\p{L}{4,40}/gu) ?? [])].slice(0, wordsAtMost)
  if (words.length === 0) return undefined
  const { rows } = await sql<{ typed: string; meant: string | null }>`
    select typed, coalesce(${mostAlike(sql`word`)}, ${mostAlike(sql`name_word`)}) as meant
    from unnest(${words}::text[]) as typed
    where not exists (select from word w where w.word = folded(typed))
      and not exists (select from name_word w where w.word = folded(typed))`.execute(db)
  const meant = new Map(rows.map(({ typed, meant }) => [typed, meant ?? typed]))
  const repaired = text.replace(/\p{L}{4,40}/gu, (word) => meant.get(word) ?? word)
  return repaired === text ? undefined : repaired
}

function mostAlike(table: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select w.word from ${table} w where w.word % folded(typed)
    order by similarity(w.word, folded(typed)) desc, abs(length(w.word) - length(typed)), w.word limit 1)`
}
