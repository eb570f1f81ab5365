import { type RawBuilder, sql } from 'kysely'
import type { Db } from './database.ts'
import { type CanonicalFilter, filterConditions } from './filter.ts'

type Sql = RawBuilder<unknown>

/** What the index `paper_search` intersects while it reads, and what most papers fulfil. */
const suited = new Set<string>([
  'text',
  'authors',
  'keywords',
  'submitters',
  'categories',
  'hasCode',
  'hasProjectPage',
  'hasMedia',
])

/**
 * Papers that are read at most to see whether they match, where the index cannot tell: it knows neither where words
 * stand, for a phrase, nor which papers are without one, for a text of nothing but words that must not be there.
 */
export const checkedAtMost = 2000

/**
 * The ids of the newest papers of a filter with a text, `most` at most, as SQL. A word may be in half of all papers,
 * and an index of words knows no dates: so time is searched period by period, the months of the last two years and
 * then year by year, until there are enough. That looks at no more than `most` matches and those of one period,
 * whatever the words are; a word that is nowhere costs one look into the index for each period. Of a text with a
 * phrase (a word with a hyphen is one) the newest `checkedAtMost` papers that hold all its words are read, and of one
 * that only refuses words the newest of all.
 */
export function newestMatches(filter: CanonicalFilter, most: number): Sql {
  // An id, a few days, many upvotes: these have indexes that lead to few papers, and Postgres finds which.
  if (!Object.keys(filter).every((name) => suited.has(name)))
    return sql`select p.id from paper p where ${sql.join(filterConditions(filter), sql` and `)}
      order by p.published_at desc, p.id desc limit ${sql.lit(most)}`
  const { text = '', ...rest } = filter
  const others = sql.join(
    filterConditions(rest).map((condition) => sql`${condition} and `),
    sql``,
  )
  return sql`
    with recursive typed as materialized (select websearch_to_tsquery('papers', ${text}::text) as query),
    search as materialized (
      select query, checked, case when tree = 'T' then null
          when checked then regexp_replace(tree, ${phraseSign}, '&', 'g')::tsquery else query end as words,
        case when checked then ${sql.lit(checkedAtMost)} else ${sql.lit(most)} end as enough
      from (select query, tree, tree = 'T' or query::text ~ ${phraseSign} as checked
        from typed, querytree(query) as tree) parsed),
    span as materialized (
      select extract(year from min(published_at) at time zone 'UTC')::integer as first,
        extract(year from max(published_at) at time zone 'UTC')::integer as last from paper),
    found as (
      select last * 100 + 13 as period, '{}'::bigint[] as ids, 0 as total from span
      union all
      select next.period, more.ids, found.total + cardinality(more.ids)
      from found cross join span cross join search
      cross join lateral (
        select case when found.period <= 9999 or found.period % 100 > 1 then found.period - 1
          when found.period / 100 = last then (last - 1) * 100 + 12 else last - 2 end as period) next
      cross join lateral (
        select coalesce(array_agg(newest.id order by newest.published_at desc, newest.id desc), '{}') as ids from (
          select matching.id, matching.published_at from (
            select p.id, p.published_at from paper p
            where ${others} p.search @@ search.words and publication_periods(p.published_at) @> array[next.period]
            union all
            select p.id, p.published_at from paper p
            where ${others} search.words is null and publication_periods(p.published_at) @> array[next.period]
            offset 0) matching
          order by matching.published_at desc, matching.id desc limit search.enough - found.total) newest) more
      where found.total < search.enough and next.period >= first)
    select newest.id from found cross join unnest(found.ids) with ordinality as newest (id, place) cross join search
    where not search.checked or exists (select from paper p where p.id = newest.id and p.search @@ search.query)
    order by found.total, newest.place limit ${sql.lit(most)}`
}

/** What stands between the words of a phrase in the text of a query: `<->`, or how many words apart they are. */
const phraseSign = '<(-|[0-9]+)>'

/** How many papers a filter with a text finds; `most` where there are at least so many. */
export async function countMatches(db: Db, filter: CanonicalFilter, most: number): Promise<number> {
  const { rows } = await sql<{ amount: number }>`
    select count(*)::integer as amount from (${newestMatches(filter, most)}) matches`.execute(db)
  return rows[0]?.amount ?? 0
}

/** Matches that are named one by one at most, and the texts of which that gives all: words, without signs. */
const namedAtMost = 5000
const plainWords = /^[\p{L}\p{N}\s]+$/u

/**
 * The ids of all papers of a filter with a text, where they are few; undefined where they are many, or cannot be
 * told. Postgres takes each word that it has no statistics of for rather common, and would read all papers in the
 * order of a list to find the few that hold a rare one.
 */
export async function fewMatches(db: Db, filter: CanonicalFilter): Promise<number[] | undefined> {
  if (typeof filter.text !== 'string' || !plainWords.test(filter.text)) return undefined
  const { rows } = await sql<{ id: number }>`${newestMatches(filter, namedAtMost + 1)}`.execute(db)
  return rows.length > namedAtMost ? undefined : rows.map(({ id }) => id)
}
