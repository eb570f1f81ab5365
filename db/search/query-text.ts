import { type RawBuilder, sql } from 'kysely'

/** How much a search for a text may read. */
export interface SearchBudget {
  /** Matches to look for. */
  readonly maxMatches: number
  /** Words that the index is asked for, the rarest of the text. Its work is that of all their occurrences. */
  readonly maxWords: number
  /** Papers whose text is compared with the query, where the index cannot tell whether they match. */
  readonly maxRechecked: number
}

/** The operator between the words of a phrase in the text of a tsquery: `<->`, or `<2>` for words that are further apart. */
const phraseOperator = '<(-|[0-9]+)>'

/** Excluded words that the index is asked about; each is three nodes of a tsquery. */
const maxExcludedWords = 2

/** A text in the syntax of `websearch_to_tsquery` as the common table expression `search_query (query)`, of one row. */
export function searchQuery(text: string): RawBuilder<unknown> {
  return sql`search_query as materialized (select websearch_to_tsquery('papers', ${text}::text) as query)`
}

/**
 * How the query of `search_query` is run, as the common table expression `search_plan`, of one row: the `index_query`
 * to ask the index for, null for a text that only excludes words; `recheck`, whether the papers that the index returns
 * have to be compared with the query; and `scan_limit`, the number of these after which the search ends. The index
 * knows neither the positions of words, for a phrase, nor which papers lack a word.
 *
 * Of `"sparse models" routing` with a `maxWords` of 2, `index_query` is `'sparse' & 'rout'`, say, and `recheck` true.
 */
export function searchPlan({ maxMatches, maxWords, maxRechecked }: SearchBudget): RawBuilder<unknown> {
  // Postgres has counted how often its commonest words occur; of the others the longest tend to be the rarest.
  const rarestWords = sql`(
    select string_agg(rarest.word, ' & ')::tsquery from (
      select asked.word from unnest(string_to_array(all_words, ' & ')) as asked (word)
      left join (
        select common.word, common.share from pg_stats cross join lateral unnest(
          most_common_elems::text::text[], most_common_elem_freqs) as common (word, share)
        where tablename = 'paper' and attname = 'search' and schemaname = current_schema()) common
        on common.word = trim(both '''' from asked.word)
      group by asked.word order by coalesce(max(common.share), 0), length(asked.word) desc, asked.word
      limit ${sql.lit(maxWords)}) rarest)`
  return sql`
    search_plan as materialized (
      select recheck, case when positive = 'T' then null when not recheck then query
          when has_or then all_words::tsquery else ${rarestWords} end as index_query,
        case when recheck then ${sql.lit(maxRechecked)} else ${sql.lit(maxMatches)} end as scan_limit
      from (
        select query, positive, all_words, has_or, positive = 'T' or query::text ~ ${phraseOperator}
          or numnode(query) - numnode(positive::tsquery) > ${sql.lit(3 * maxExcludedWords)}
          or (not has_or and numnode(all_words::tsquery) > ${sql.lit(2 * maxWords - 1)}) as recheck
        from search_query cross join lateral (
          select positive, regexp_replace(positive, ${phraseOperator}, '&', 'g') as all_words,
            positive ~ '[|(]' as has_or
          from querytree(query) as positive) parts) parsed)`
}
