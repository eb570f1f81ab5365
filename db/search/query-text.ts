import { type RawBuilder, sql } from 'kysely'
import { anywhereTerm } from '../tokens/document.ts'
import type { Clause } from './phrases.ts'
import { type Alternative, type AskedQuery, indexTextOf } from './text-query.ts'

/** So many clauses are enough that so small a share of all papers may have them, and no fewer than so many. */
export interface Enough {
  readonly clauses: number
  readonly share: number
  /** Of the papers that have a term, the part that is searched: those with it in the title, say. */
  readonly partOf: number
}

/** How much a search for a text may read. */
export interface SearchBudget {
  /** Matches to look for. */
  readonly maxMatches: number
  /** Clauses that the index is asked for, the rarest of the text. Its work is that of all their occurrences. */
  readonly maxWords: number
  /** Papers whose text is compared with the query, where the index cannot tell whether they match. */
  readonly maxRechecked: number
  /** When no more clauses are asked for: where comparing a paper costs little, the rarest leave few enough. */
  readonly enough?: Enough | undefined
}

/** The share of papers that a term is taken to be in which is in fewer than are counted (db/writer/related-terms.ts). */
const uncountedShare = 0.002

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
export function needsRecheck(asked: AskedQuery, { maxWords, enough }: SearchBudget): boolean {
  const [first, ...others] = asked.alternatives
  const clauses = first && others.length === 0 ? first.required.length : 0
  return isBeyondIndex(asked) || clauses > (enough?.clauses ?? maxWords)
}

/** Whether the index cannot tell even if it is asked for all terms. */
function isBeyondIndex({ alternatives, positive }: AskedQuery): boolean {
  const excluded = alternatives.flatMap((alternative) => alternative.excluded.flat())
  const required = alternatives.flatMap((alternative) => alternative.required)
  return positive === '' || excluded.length > maxExcludedWords || [...required, ...excluded].some(hasPlaces)
}

/**
 * How the query of `search_query` is run where the papers that the index returns have to be compared with it, as the
 * common table expression `search_plan`, of one row: the `index_query` to ask the index for, null for a text that only
 * excludes words, and whether the index tells all by it.
 *
 * Of `"sparse models" routing` with a `maxWords` of 1, `index_query` is `'rout'`, say.
 */
export function searchPlan(asked: AskedQuery, budget: SearchBudget): RawBuilder<unknown> {
  const { alternatives, positive } = asked
  const [first] = alternatives
  const isWhole = sql.lit(
    !isBeyondIndex(asked) && alternatives.every(({ excluded }) => excluded.length === 0),
  )
  const plan =
    positive === ''
      ? sql`select null::tsquery as index_query, false as is_whole`
      : alternatives.length === 1 && first
        ? sql`select index_query, is_whole and ${isWhole} as is_whole from (${rarestClauses(first, budget)}) rarest`
        : sql`select ${alternatives.map(indexTextOfAll).join(' | ')}::tsquery as index_query, ${isWhole} as is_whole`
  return sql`search_plan as materialized (${plan})`
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

function rarestClauses(
  alternative: Alternative,
  { maxWords, enough = { clauses: maxWords, share: 1, partOf: 1 } }: SearchBudget,
): RawBuilder<unknown> {
  const { required } = alternative
  if (required.length <= enough.clauses)
    return sql`select ${indexTextOfAll(alternative)}::tsquery as index_query, true as is_whole`
  const clauses = required.map((clause) => ({
    text: indexTextOf(clause),
    terms: [
      ...clause.terms,
      ...clause.phrases.map(([step]) => step?.terms[0] ?? ''),
      ...(clause.every?.[0]?.terms ?? []),
    ].map(anywhereTerm),
  }))
  // The writer has counted how rare a term is; of those that are too rare to be counted the longest tend to be the rarest.
  return sql`
    with clause as (
      select asked.text, coalesce(sum(1 / (exp(r.rarity) - 1)), 0) as share
      from jsonb_to_recordset(${JSON.stringify(clauses)}::jsonb) as asked (text text, terms text[])
      left join term_rarity r on r.term = any(asked.terms) group by asked.text),
    rarest as (
      select text, row_number() over rarer as place,
        exp(coalesce(sum(ln(least(1, greatest(share, ${sql.lit(uncountedShare)})) * ${sql.lit(enough.partOf)}))
          over (rarer rows between unbounded preceding and 1 preceding), 0)) as share_of_rarer
      from clause window rarer as (order by share, length(text) desc, text))
    select string_agg(text, ' & ')::tsquery as index_query, count(*) = ${sql.lit(clauses.length)} as is_whole
    from rarest where place <= ${sql.lit(maxWords)}
      and (place <= ${sql.lit(enough.clauses)} or share_of_rarer > ${sql.lit(enough.share)})`
}
