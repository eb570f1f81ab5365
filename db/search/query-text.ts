import { type RawBuilder, sql } from 'kysely'
import { anywhereTerm } from '../tokens/document.ts'
import type { Clause } from './phrases.ts'
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

/** Clauses of a text that are one condition: their order says little of how common they are, and to look that up takes time. */
const fewClauses = 3
/** Conditions that more clauses become at most, the rarest first, and those that excluded ones become besides. */
const mostConditions = { required: 4, excluded: 2 }

/**
 * Whether papers that the index returns have to be compared with the query: the index knows neither the places of
 * terms, for a phrase or a field, nor which papers lack many, and is not asked for all terms of a long text.
 */
export function needsRecheck(asked: AskedQuery, { maxWords }: SearchBudget): boolean {
  const [first, ...others] = asked.alternatives
  const clauses = first && others.length === 0 ? first.required.length : 0
  return isBeyondIndex(asked) || clauses > maxWords
}

/** Whether the index cannot tell even if it is asked for all terms. */
function isBeyondIndex({ alternatives, positive }: AskedQuery): boolean {
  const excluded = alternatives.flatMap((alternative) => alternative.excluded.flat())
  const required = alternatives.flatMap((alternative) => alternative.required)
  return positive === '' || excluded.length > maxExcludedWords || [...required, ...excluded].some(hasPlaces)
}

/** How the index is asked for a text. */
export interface SearchPlan {
  /** The common table expression `search_plan (parts)`, of one row: what each condition asks for. */
  readonly table: RawBuilder<unknown>
  /** The conditions of a paper `p`. */
  readonly condition: RawBuilder<unknown>
}

/**
 * How the index is asked for a text, or for the rarest words of one. Of `"sparse models" routing` with a `maxWords` of
 * 1, `parts` is `{'rout'}`, say.
 *
 * Several conditions cost less than one: where one fails, the index leaps to the next paper that may fulfil it, while of
 * a single one it looks up each of its terms for all papers that have the rarest.
 */
export function searchPlan(asked: AskedQuery, { maxWords }: SearchBudget): SearchPlan {
  const { alternatives, positive, query } = asked
  const [only, ...others] = alternatives
  const isExact = !isBeyondIndex(asked)
  // What only excludes words asks the index for none.
  if (positive === '') return planOf(sql`null::tsquery[]`, 0)
  if (!only || others.length > 0)
    return planOf(sql`array[${isExact ? query : alternatives.map(indexTextOfAll).join(' | ')}]::tsquery[]`, 1)
  const excluded = isExact ? only.excluded.map(excludedText) : []
  // One alone rules out so few papers that a condition of its own costs more.
  const [joined, apart] = [excluded.slice(0, 1), grouped(excluded.slice(1), mostConditions.excluded)]
  const required = distinctClauses(only)
  if (required.size <= Math.min(fewClauses, maxWords)) {
    const parts = [[indexTextOfAll(only), ...joined].join(' & '), ...apart]
    return excluded.length === 0 && isExact
      ? planOf(sql`array[${query}]::tsquery[]`, 1)
      : planOf(sql`${parts}::tsquery[]`, parts.length)
  }
  const last = Math.min(required.size, maxWords, mostConditions.required)
  const parts = sql`(select texts[:${sql.lit(last - 1)}]::tsquery[]
      || array_to_string(texts[${sql.lit(last)}:${sql.lit(maxWords)}] || ${joined}::text[], ' & ')::tsquery
      || ${apart}::tsquery[]
    from (${rarestFirst(asked.clauses ?? clausesText(required))}) rarest)`
  return planOf(parts, last + apart.length)
}

function planOf(parts: RawBuilder<unknown>, amount: number): SearchPlan {
  const conditions = Array.from(
    { length: amount },
    (_, index) => sql`p.search @@ (select parts[${sql.lit(index + 1)}] from search_plan)`,
  )
  return {
    table: sql`search_plan as materialized (select ${parts} as parts)`,
    condition: amount === 0 ? sql`true` : sql.join(conditions, sql` and `),
  }
}

function grouped(texts: readonly string[], most: number): string[] {
  return [...texts.slice(0, most - 1), texts.slice(most - 1).join(' & ')].filter((text) => text !== '')
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

function excludedText(clauses: readonly Clause[]): string {
  return `!(${clauses.map(indexTextOf).join(' & ')})`
}

/** By what they ask the index for, which is the same for a word that is typed twice. */
function distinctClauses({ required }: Alternative): Map<string, Clause> {
  return new Map(required.map((clause) => [indexTextOf(clause), clause]))
}

/**
 * Names how the index is asked for a text, if it is asked for others in the same way, by their `query` and their
 * `clauses`; undefined if the way depends on more.
 */
export function shapeOfPlan(asked: AskedQuery, budget: SearchBudget): 'few' | 'many' | undefined {
  const [only, ...others] = asked.alternatives
  if (!only || others.length > 0 || only.excluded.length > 0 || needsRecheck(asked, budget)) return undefined
  return distinctClauses(only).size <= fewClauses ? 'few' : 'many'
}

/** The clauses of a text of one alternative, as `search_plan` is given them. */
export function clausesOf({ alternatives: [only] }: AskedQuery): string {
  return only ? clausesText(distinctClauses(only)) : '[]'
}

function clausesText(required: ReadonlyMap<string, Clause>): string {
  const clauses = [...required].map(([text, clause]) => ({
    text,
    terms: [
      ...clause.terms,
      ...clause.phrases.map(([step]) => step?.terms[0] ?? ''),
      ...(clause.every?.[0]?.terms ?? []),
    ].map(anywhereTerm),
  }))
  return JSON.stringify(clauses)
}

/** What clauses ask the index for, those that the fewest papers fulfil first: the array `texts`, as SQL. */
function rarestFirst(clauses: string): RawBuilder<unknown> {
  // The writer has counted how rare a term is; of those that are too rare to be counted the longest tend to be the rarest.
  return sql`
    select array_agg(text order by share, length(text) desc, text) as texts from (
      select asked.text, coalesce(sum(1 / (exp(r.rarity) - 1)), 0) as share
      from jsonb_to_recordset(${clauses}::jsonb) as asked (text text, terms text[])
      left join term_rarity r on r.term = any(asked.terms) group by asked.text) counted`
}
