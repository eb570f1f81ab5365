import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import { textQueryOf } from '../../db/search/text-query.ts'
import { readTyped } from '../../db/search/typed.ts'
import { paperTerms } from '../../db/tokens/document.ts'

/** Which of these texts, each the abstract of a paper, a typed text finds. */
export async function foundTexts(
  db: Db,
  typed: string,
  texts: readonly string[],
  authors: readonly string[] = [],
): Promise<string[]> {
  const papers = texts.map((text) => ({
    text,
    search: paperTerms({ title: 'Untitled', abstract: text, author_names: authors, keywords: [] }).search,
  }))
  const { rows } = await sql<{ text: string }>`
    select text from jsonb_to_recordset(${JSON.stringify(papers)}::jsonb) as paper (text text, search tsvector)
    where search @@ ${textQueryOf(readTyped(typed).text ?? '').query}::tsquery`.execute(db)
  const matches = new Set(rows.map(({ text }) => text))
  return texts.filter((text) => matches.has(text))
}
