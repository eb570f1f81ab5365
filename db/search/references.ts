import { sql } from 'kysely'
import type { Db } from '../database.ts'
import { titleKey } from '../model/text.ts'

/** A longer text is no entry of a list of references. */
const longestReference = 800
/** Places where a title may begin and end that are tried at most. */
const most = { starts: 50, ends: 12 }
/** A shorter title is also a part of many sentences. */
const fewestWords = 3

/** What only entries of lists of references have. */
const marks = /\b(?:19|20)\d\d\b|\barxiv\b|\bpreprint\b|\bproceedings\b|\bproc\.|\bin [A-Z]{3,}|\bet al\b/u

/**
 * The title in an entry of a list of references, `S. Lee and A. Ray. Sparse Models of Speech. arXiv preprint, 2026`: the
 * longest part of it that is the title of a paper here, or else its longest sentence. Undefined for other texts.
 */
export async function titleInReference(db: Db, text: string): Promise<string | undefined> {
  if (text.length > longestReference) return undefined
  const keys = partsOf(text)
    .map(titleKey)
    .filter((key) => key.split(' ').length >= fewestWords)
  if (keys.length === 0) return undefined
  const { rows } = await sql<{ title: string }>`
    select title from paper where title_key = any(${[...new Set(keys)]}::text[])
    order by length(title_key) desc, id desc limit 1`.execute(db)
  return rows[0]?.title ?? (marks.test(text) ? longestSentence(text) : undefined)
}

/** From each of its words to each sign at which a title may end. */
function partsOf(text: string): string[] {
  const starts = Array.from(text.matchAll(/(?<![\p{L}\p{N}])[\p{L}\p{N}$"]/gu), ({ index }) => index)
  const ends = Array.from(text.matchAll(/[.,;?!"](?=["\s]|$)|\s\(|$/gu), ({ index }) => index)
  const tried = ends.slice(-most.ends)
  return starts
    .slice(0, most.starts)
    .flatMap((start) => tried.filter((end) => end > start).map((end) => text.slice(start, end)))
}

function longestSentence(text: string): string | undefined {
  const sentences = text.split(/"|(?<=[\p{L}\p{N})][.?!])\s+/u).map((part) => part.trim())
  const [longest = ''] = sentences.toSorted((a, b) => b.length - a.length)
  const isPart = sentences.length > 1 && longest.split(/\s+/u).length > fewestWords
  return isPart ? longest.replace(/[.,]+$/u, '') : undefined
}
