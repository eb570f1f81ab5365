import { sql } from 'kysely'
import type { Db } from '../database.ts'
import { titleKey } from '../model/text.ts'

/** A shorter text is no title that could have lost its signs. */
const shortest = 10
/** How much of a title the index is asked for. It has to leave few titles: thousands begin with "towards". */
const startLength = 14
/** Signs that may have stood between the letters of the start. */
const mostSigns = 2
/** Sorts behind all letters. */
const lastLetter = '\u{10fffd}'

/**
 * The title that a text is without its punctuation, `Motif 2 127B technical report` for `Motif 2 12.7B technical report`:
 * the keys of both have the same letters and digits. The index of keys is asked for each place in which the start of the
 * title may have had signs, one by one. Undefined if no paper has such a title.
 */
export async function unpunctuatedTitle(db: Db, text: string): Promise<string | undefined> {
  const key = titleKey(text)
  const letters = key.replaceAll(' ', '')
  if (letters.length < shortest) return undefined
  const { rows } = await sql<{ title: string }>`
    select found.title from unnest(${startsOf(key)}::text[]) as start
    cross join lateral (
      select p.title, p.id from paper p
      where p.title_key >= start collate "C" and p.title_key < (start || ${lastLetter}::text) collate "C"
        and replace(p.title_key, ' ', '') = ${letters}
      order by p.title_key, p.id desc limit 1) found
    order by found.id desc limit 1`.execute(db)
  return rows[0]?.title
}

/** The start of a key with up to `mostSigns` more spaces between its letters, each way. */
function startsOf(key: string): string[] {
  const places = Array.from({ length: startLength - 1 }, (_, index) => index + 1)
  let starts = [{ start: key.slice(0, startLength), from: 0 }]
  const all = new Set(starts.map(({ start }) => start))
  for (let signs = 0; signs < mostSigns; signs += 1) {
    starts = starts.flatMap(({ start, from }) =>
      places
        .filter((place) => place > from && /^\S\S$/u.test(start.slice(place - 1, place + 1)))
        .map((place) => ({ start: `${start.slice(0, place)} ${start.slice(place)}`, from: place + 1 })),
    )
    for (const { start } of starts) all.add(start)
  }
  return [...all]
}
