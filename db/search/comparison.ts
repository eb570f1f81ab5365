import { type RawBuilder, sql } from 'kysely'
import { weights } from '../tokens/document.ts'
import { hasFacet } from './facets.ts'
import type { Clause } from './phrases.ts'
import type { AskedQuery, TextQuery } from './text-query.ts'

type Sql = RawBuilder<unknown>

/**
 * Whether a paper `p` of the period `next.period` is what a text asks for, where the index cannot tell. Fetching all terms
 * of a paper takes 30 µs, so it is asked of less where less tells:
 *
 * - whether title and keywords have a phrase, of the terms of these, which are in the paper's own row,
 * - whether a paper lacks what a text only excludes, of the papers of the period that have it, which the index knows.
 */
export function comparison(text: TextQuery, asked: AskedQuery): Sql {
  const compared = sql`p.search @@ (select query from search_query)`
  if (comparesTitles(text, asked)) return sql`p.ranked_words @@ (select ${text.query}::tsquery)`
  if (text.excluded === '' || asked.alternatives.some(({ required }) => required.length > 0)) return compared
  const having = sql`select p.id from paper p
    where p.search @@ (select ${text.excluded}::tsquery) and ${hasFacet(sql`next.period`)}`
  return sql`case when next.period is null then ${compared} else p.id not in (${having}) end`
}

/** Whether papers are compared by what their own rows have. */
export function comparesTitles(text: TextQuery, asked: AskedQuery): boolean {
  return asked === text.prominent && isOfTitleAndKeywords(asked)
}

function isOfTitleAndKeywords({ alternatives }: AskedQuery): boolean {
  const isElsewhere = ({ weights: places, every = [] }: Clause): boolean =>
    places === weights.authors || places === weights.abstract || every.some(isElsewhere)
  return alternatives.every(({ required, excluded }) => excluded.length === 0 && !required.some(isElsewhere))
}
