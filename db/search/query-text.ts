import { type RawBuilder, sql } from 'kysely'
import type { Clause } from './clauses.ts'
import { type Alternative, type AskedQuery, indexTextOf } from './text-query.ts'

/** How much a search for a text may read. */
export interface SearchBudget {
  /** Matches to look for. */
  readonly maxMatches: number
  /** Clauses that the index is asked for, the rarest of the text. Its work is that of all their occurrences. */
  readonly maxWords: number
  /** Papers whose text is compared with the query, where the index cannot tell whether they match. */
  readonly maxRechecked: number
}

/** Excluded words that the index is asked about. */
const maxExcludedWords = 8

/** A text as the common table expression `search_query (query)`, of one row. */
export function searchQuery({ query }: AskedQuery): RawBuilder<unknown> {
  return sql`search_query as materialized (select ${query}::tsquery as query)`
}

/**
 * Whether papers that the index returns have to be compared with the query: the index knows neither the places of
 * terms, for a phrase or a field, nor which papers lack many, and is not asked for all terms of a long text.
 */
export function needsRecheck({ alternatives, positive }: AskedQuery, { maxWords }: SearchBudget): boolean {
  const excluded = alternatives.flatMap((alternative) => alternative.excluded.flat())
  const required = alternatives.flatMap((alternative) => alternative.required)
  return (
    positive === '' ||
    excluded.length > maxExcludedWords ||
    [...required, ...excluded].some(hasPlaces) ||
    (alternatives.length === 1 && required.length > maxWords)
  )
}

/**
 * How the query of `search_query` is run where the papers that the index returns have to be compared with it, as the
 * common table expression `search_plan`, of one row: the `index_query` to ask the index for, null for a text that only
 * excludes words.
 *
 * Of `"sparse models" routing` with a `maxWords` of 1, `index_query` is `'rout'`, say.
 */
export function searchPlan(
  { alternatives, positive }: AskedQuery,
  { maxWords }: SearchBudget,
): RawBuilder<unknown> {
  const [first] = alternatives
  const indexQuery =
    positive === ''
      ? sql`null::tsquery`
      : alternatives.length === 1 && first
        ? rarestClauses(first, maxWords)
        : sql`${alternatives.map(indexTextOfAll).join(' | ')}::tsquery`
  return sql`search_plan as materialized (select ${indexQuery} as index_query)`
}

/** Whether a text wants words side by side that no one word stands for, as `LLM` does for "large language model". */
export function isOfPhrases({ alternatives }: AskedQuery): boolean {
  const isPhrase = ({ terms, phrases, every }: Clause) => terms.length === 0 && phrases.length > 0 && !every
  return alternatives.some(({ required }) => required.some(isPhrase))
}

function hasPlaces({ phrases, weights, every = [] }: Clause): boolean {
  return phrases.length > 0 || weights !== undefined || every.some(hasPlaces)
}

function indexTextOfAll({ required }: Alternative): string {
  return `(${required.map(indexTextOf).join(' & ')})`
}

function rarestClauses(alternative: Alternative, most: number): RawBuilder<unknown> {
  const { required } = alternative
  if (required.length <= most) return sql`${indexTextOfAll(alternative)}::tsquery`
  const clauses = required.map((clause) => ({
    text: indexTextOf(clause),
    terms: [
      ...clause.terms,
      ...clause.phrases.map(([step]) => step?.terms[0] ?? ''),
      ...(clause.every?.[0]?.terms ?? []),
    ],
  }))
  // Postgres has counted how often its commonest words occur; of the others the longest tend to be the rarest.
  return sql`(
    select string_agg(rarest.text, ' & ')::tsquery from (
      select asked.text from jsonb_to_recordset(${JSON.stringify(clauses)}::jsonb) as asked (text text, terms text[])
      left join (
        select common.word, common.share from pg_stats cross join lateral unnest(
          most_common_elems::text::text[], most_common_elem_freqs) as common (word, share)
        where tablename = 'paper' and attname = 'search' and schemaname = current_schema()) common
        on common.word = any(asked.terms)
      group by asked.text order by coalesce(sum(common.share), 0), length(asked.text) desc, asked.text
      limit ${sql.lit(most)}) rarest)`
}
