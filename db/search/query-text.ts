import { type RawBuilder, sql } from 'kysely'

/** How a text is sought: what the index is asked for, and how many papers are read for the rest. */
export interface Effort {
  /** Matches that are wanted at most. */
  readonly most: number
  /** Words that the index is asked for at most, the rarest. Its work is that of all their occurrences. */
  readonly words: number
  /** Papers that are read at most to see whether they match, where the index cannot tell. */
  readonly checked: number
}

/** What stands between the words of a phrase in the text of a query: `<->`, or how many words apart they are. */
const phraseSign = '<(-|[0-9]+)>'

/** Words that must not be there, of which the index is asked; each is three nodes of a query. */
const refusedAtMost = 2

/** A text in the syntax of `websearch_to_tsquery` as the common table expression `typed`: one row with its `query`. */
export function typedText(text: string): RawBuilder<unknown> {
  return sql`typed as materialized (select websearch_to_tsquery('papers', ${text}::text) as query)`
}

/**
 * How the query of `typed` is sought, as the common table expression `sought`. Its one row has the `words` that the
 * index is to be asked for, null for a text of nothing but refusals; whether what it finds has to be `checked` against
 * the query; and how many of those are `enough`. The index knows neither where words stand, for a phrase, nor which
 * papers are without one.
 */
export function soughtOf({ most, words, checked }: Effort): RawBuilder<unknown> {
  // How often a word is, Postgres has counted for its commonest ones; of the others the longest tend to be the rarest.
  const rarest = sql`(
    select string_agg(one.word, ' & ')::tsquery from (
      select asked.word from unnest(string_to_array(holding, ' & ')) as asked (word)
      left join (
        select known.word, known.share from pg_stats cross join lateral unnest(
          most_common_elems::text::text[], most_common_elem_freqs) as known (word, share)
        where tablename = 'paper' and attname = 'search' and schemaname = current_schema()) common
        on common.word = trim(both '''' from asked.word)
      group by asked.word order by coalesce(max(common.share), 0), length(asked.word) desc, asked.word
      limit ${sql.lit(words)}) one)`
  return sql`
    sought as materialized (
      select checked, case when tree = 'T' then null when not checked then query
          when either then holding::tsquery else ${rarest} end as words,
        case when checked then ${sql.lit(checked)} else ${sql.lit(most)} end as enough
      from (
        select query, tree, holding, either, tree = 'T' or query::text ~ ${phraseSign}
          or numnode(query) - numnode(tree::tsquery) > ${sql.lit(3 * refusedAtMost)}
          or (not either and numnode(holding::tsquery) > ${sql.lit(2 * words - 1)}) as checked
        from typed cross join lateral (
          select tree, regexp_replace(tree, ${phraseSign}, '&', 'g') as holding, tree ~ '[|(]' as either
          from querytree(query) as tree) positive) parsed)`
}
