import { sql, type Transaction } from 'kysely'
import { acronymKey, acronymsIn, longFormKey } from '../model/acronyms.ts'
import type { Tables } from '../tables.ts'

interface Texts {
  readonly title: string
  readonly abstract: string | null
}

/** A paper that is new (`before` is null), or whose texts may have changed. */
export interface CountedPaper {
  readonly id: number
  readonly before: Texts | null
  readonly after: Texts
}

/**
 * Counts what acronyms stand for in these papers, and no longer counts what they said before. A paper is counted once
 * for each pair, in its last spelling. Papers that `learnAcronyms` has still to come to are left to it.
 */
export async function countAcronyms(
  trx: Transaction<Tables>,
  papers: readonly CountedPaper[],
): Promise<void> {
  const moved = papers.filter(
    ({ before, after }) => before?.title !== after.title || before.abstract !== after.abstract,
  )
  const gone = moved.flatMap(({ id, before }) => (before ? rowsOf(id, before, -1) : []))
  const rows = [...gone, ...moved.flatMap(({ id, after }) => rowsOf(id, after, 1))]
  if (rows.length === 0) return
  await sql`
    insert into acronym (key, long_key, acronym, long_form, papers)
    select key, long_key, acronym, long_form, sum(amount)
    from json_to_recordset(${JSON.stringify(rows)}::json) as said (
      paper_id bigint, key text, long_key text, acronym text, long_form text, amount integer)
    where not exists (select from acronym_build where said.paper_id > built_to)
    group by key, long_key, acronym, long_form having sum(amount) <> 0
    order by key, long_key, acronym, long_form
    on conflict (key, long_key, acronym, long_form) do update set papers = acronym.papers + excluded.papers
  `.execute(trx)
  if (gone.length === 0) return
  const keys = [...new Set(gone.map(({ key }) => key))]
  await sql`delete from acronym where key = any(${keys}::text[]) and papers <= 0`.execute(trx)
}

function rowsOf(paperId: number, { title, abstract }: Texts, amount: 1 | -1) {
  return acronymsIn(`${title}\n${abstract ?? ''}`).map(({ acronym, longForm }) => ({
    paper_id: paperId,
    key: acronymKey(acronym),
    long_key: longFormKey(longForm),
    acronym,
    long_form: longForm.toLowerCase(),
    amount,
  }))
}
